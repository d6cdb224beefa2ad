// SPDX-License-Identifier: Apache-2.0
import type { CoverageDocument } from '../coverage/row.ts';
import { volumeExtensions } from './volumes/extensions.ts';
import { localDriver } from './volumes/local-driver.ts';
import { volumeMounts } from './volumes/mounts.ts';
import { volumePlugins } from './volumes/plugins.ts';
import { volumeEndpoints } from './volumes/requests.ts';
import { volumeService } from './volumes/service.ts';

/** Everything of volumes. How rows are added is told at `networkCoverage`. Then `npm run volumes:coverage`. */
export const volumeCoverage: CoverageDocument = {
  title: 'Coverage of volumes',
  file: 'docs/volume-coverage.md',
  command: 'npm run volumes:coverage',
  sections: [volumeEndpoints, volumeService, localDriver, volumeMounts, volumePlugins, volumeExtensions],
};
