// SPDX-License-Identifier: Apache-2.0
// Writes docs/container-coverage.md from the record of the conformance suite's last run; exits 1 when a row is shown by
// nothing.
import { stderr } from 'node:process';
import { writeCoverage } from '../test/conformance/coverage/check.ts';
import { readRecord } from '../test/conformance/coverage/record.ts';
import { containerCoverage } from '../test/conformance/rows/index.ts';

const record = await readRecord();
if (record.size === 0) {
  stderr.write('there is no record of a run: run npm run test:conformance first\n');
  process.exitCode = 1;
} else {
  const missing = await writeCoverage(containerCoverage, record);
  for (const name of missing) stderr.write(`nothing shows ${name}\n`);
  process.exitCode = missing.length === 0 ? 0 : 1;
}
