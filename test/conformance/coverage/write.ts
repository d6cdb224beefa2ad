// SPDX-License-Identifier: Apache-2.0
import { stderr } from 'node:process';
import { writeCoverage } from './check.ts';
import { readRecord } from './record.ts';
import type { CoverageDocument } from './row.ts';

/** Writes the page of a document from the record of the last run, and tells of rows that nothing shows: the process exits with 1 then. */
export async function writeFromRecord(document: CoverageDocument): Promise<void> {
  const record = await readRecord();
  if (record.size === 0) {
    stderr.write('there is no record of a run: run npm run test:conformance first\n');
    process.exitCode = 1;
    return;
  }
  const missing = await writeCoverage(document, record);
  for (const name of missing) stderr.write(`nothing shows ${name}\n`);
  process.exitCode = missing.length === 0 ? 0 : 1;
}
