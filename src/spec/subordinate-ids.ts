// SPDX-License-Identifier: Apache-2.0
import { EngineError } from '../base/errors.ts';
import type { IdRange } from './id-maps.ts';

/** A line of subuid(5) or subgid(5): whose, and which host ids. */
export interface SubordinateRange {
  readonly owner: string;
  readonly start: number;
  readonly size: number;
}

const numberOf = (text: string | undefined): number | undefined =>
  /^\d{1,10}$/.test(text ?? '') ? Number(text) : undefined;

const parseLine = (line: string, path: string): SubordinateRange => {
  const fields = line.split(':');
  const [owner = '', start, size] = fields;
  if (fields.length !== 3)
    throw new EngineError(
      'invalid-argument',
      `Cannot parse subuid/gid information: Format not correct for ${path} file`,
    );
  const from = numberOf(start);
  const length = numberOf(size);
  if (from === undefined || length === undefined)
    throw new EngineError(
      'invalid-argument',
      `String to int conversion failed during subuid/gid parsing of ${path}: "${line}"`,
    );
  return { owner, start: from, size: length };
};

/** Reads /etc/subuid or /etc/subgid; `path` is for the complaint. Empty lines and comments say nothing. @throws invalid-argument */
export const parseSubordinateIds = (text: string, path: string): readonly SubordinateRange[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => parseLine(line, path));

/** The ranges of one owner, by start, as a namespace numbers them: one behind the other from 0 on. */
export const idRangesOf = (all: readonly SubordinateRange[], owner: string): readonly IdRange[] => {
  let containerId = 0;
  return all
    .filter((range) => range.owner === owner && range.size > 0)
    .toSorted((one, other) => one.start - other.start)
    .map(({ start, size }) => {
      const range = { containerId, hostId: start, size };
      containerId += size;
      return range;
    });
};

/** Where subordinate ids of a new owner begin, and how many it gets (useradd's SUB_UID_MIN and SUB_UID_COUNT). */
const FIRST = 100_000;
const COUNT = 65_536;

/** A run of ids that nobody has yet. */
export const freeSubordinateRange = (
  all: readonly SubordinateRange[],
): { readonly first: number; readonly last: number } => {
  let first = FIRST;
  for (const { start, size } of all.toSorted((one, other) => one.start - other.start))
    if (start < first + COUNT && start + size > first) first = start + size;
  return { first, last: first + COUNT - 1 };
};
