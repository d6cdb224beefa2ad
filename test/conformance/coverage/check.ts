// SPDX-License-Identifier: Apache-2.0
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findUnknownNames, judgeRows } from './judge.ts';
import { writePage } from './page.ts';
import type { RunRecord } from './record.ts';
import type { CoverageDocument } from './row.ts';

const ROOT = join(import.meta.dirname, '../../..');

/** Writes the page of a document as a run has it. @returns the names of rows that nothing shows. */
export async function writeCoverage(
  document: CoverageDocument,
  record: RunRecord,
): Promise<readonly string[]> {
  const judged = await judgeRows(document, record);
  await writeFile(join(ROOT, document.file), writePage(document, judged));
  return [...judged.values()].filter(({ state }) => state === 'missing').map(({ row }) => row.name);
}

/** What is wrong with a document after a whole run: rows that nothing shows, names without a row, an old page. */
export async function checkCoverage(
  document: CoverageDocument,
  all: readonly CoverageDocument[],
  record: RunRecord,
): Promise<readonly string[]> {
  const judged = await judgeRows(document, record);
  const missing = [...judged.values()].filter(({ state }) => state === 'missing');
  const page = await readFile(join(ROOT, document.file), 'utf8').catch(() => '');
  return [
    ...missing.map(({ row }) => `nothing shows ${row.name}`),
    ...findUnknownNames(all, record).map((name) => `${name} is covered and has no row of its own`),
    ...(page === writePage(document, judged) ? [] : [`${document.file} is old: ${document.command}`]),
  ];
}
