// SPDX-License-Identifier: Apache-2.0
import { formatRfc3339Nano } from '../../base/time.ts';
import type { PathChange, PathStat } from '../../domain/containers/index.ts';
import { goFileMode } from '../../spec/file-mode.ts';

/** The header that describes the path of an archive. */
export const PATH_STAT_HEADER = 'X-Docker-Container-Path-Stat';

/** JSON in base64, as the header carries it. */
export const encodePathStat = ({ name, size, mode, modifiedAt, linkTarget }: PathStat): string => {
  const stat = { name, size, mode: goFileMode(mode), mtime: formatRfc3339Nano(modifiedAt), linkTarget };
  return Buffer.from(JSON.stringify(stat)).toString('base64');
};

/** Docker's numbers of the kinds of change. */
const KINDS: Readonly<Record<PathChange['kind'], number>> = { modified: 0, added: 1, deleted: 2 };

/** `null` when nothing changed. */
export const encodeChanges = (changes: readonly PathChange[]): unknown =>
  changes.length === 0 ? null : changes.map(({ path, kind }) => ({ Path: path, Kind: KINDS[kind] }));
