// SPDX-License-Identifier: Apache-2.0
import type { CoverageDocument } from '../coverage/row.ts';
import { volumeEndpoints } from './volumes/requests.ts';

/** Everything of volumes. How rows are added is told at `networkCoverage`. Then `npm run volumes:coverage`. */
export const volumeCoverage: CoverageDocument = {
  title: 'Coverage of volumes',
  file: 'docs/volume-coverage.md',
  command: 'npm run volumes:coverage',
  sections: [volumeEndpoints],
};
