// SPDX-License-Identifier: Apache-2.0
// Writes docs/network-coverage.md from the record of the conformance suite's last run; exits 1 when a row is shown by
// nothing.
import { writeFromRecord } from '../test/conformance/coverage/write.ts';
import { networkCoverage } from '../test/conformance/rows/networks.ts';

await writeFromRecord(networkCoverage);
