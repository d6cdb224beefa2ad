// SPDX-License-Identifier: Apache-2.0
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Measure, RunRecord, StepResult } from './record.ts';
import type { CoverageDocument, NamedTest, Row } from './row.ts';

/** A step by its group and name. */
export interface Witness extends StepResult {
  readonly noun: string;
}

/** What is known of a row after a run. */
export interface Judgement {
  readonly row: Row;
  /** `open`: said to be; `missing`: nothing shows it, though something should. */
  readonly state: Measure | 'test' | 'open' | 'missing';
  /** The steps that passed. */
  readonly witnesses: readonly Witness[];
}

const ROOT = join(import.meta.dirname, '../../..');
const ORDER: readonly Measure[] = ['dockerd', 'newer', 'specification'];

function witnessesOf(record: RunRecord): ReadonlyMap<string, readonly Witness[]> {
  const found = new Map<string, Witness[]>();
  for (const [noun, results] of record)
    for (const result of results)
      for (const name of result.covers) found.set(name, [...(found.get(name) ?? []), { ...result, noun }]);
  return found;
}

async function hasTest({ file, name }: NamedTest): Promise<boolean> {
  const text = await readFile(join(ROOT, file), 'utf8').catch(() => '');
  return text.includes(`'${name}'`) || text.includes(`"${name}"`);
}

async function judgeRow(row: Row, all: readonly Witness[]): Promise<Judgement> {
  const witnesses = all.filter(({ verdict }) => verdict === 'passed');
  const best = ORDER.find((measure) => witnesses.some((witness) => witness.measure === measure));
  if (best !== undefined) return { row, state: best, witnesses };
  if (row.test !== undefined && (await hasTest(row.test))) return { row, state: 'test', witnesses };
  return { row, state: row.open === undefined ? 'missing' : 'open', witnesses };
}

/** What a run says of each row of a document. */
export async function judgeRows(
  document: CoverageDocument,
  record: RunRecord,
): Promise<ReadonlyMap<string, Judgement>> {
  const witnesses = witnessesOf(record);
  const rows = document.sections.flatMap((section) => section.rows);
  const judged = await Promise.all(rows.map((row) => judgeRow(row, witnesses.get(row.name) ?? [])));
  return new Map(judged.map((judgement) => [judgement.row.name, judgement]));
}

/** Names that steps cover and no document has a row for; rows of one name. */
export function findUnknownNames(
  documents: readonly CoverageDocument[],
  record: RunRecord,
): readonly string[] {
  const names = documents.flatMap(({ sections }) =>
    sections.flatMap(({ rows }) => rows.map((row) => row.name)),
  );
  const known = new Set(names);
  const twice = names.filter((name, index) => names.indexOf(name) !== index);
  return [...twice, ...[...witnessesOf(record).keys()].filter((name) => !known.has(name))].toSorted();
}
