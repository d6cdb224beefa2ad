// SPDX-License-Identifier: Apache-2.0
import { EngineError } from '../../../base/errors.ts';
import type { LogOptions } from '../driver.ts';

/** Source: docs.docker.com, "Google Cloud Logging driver". */
const OPTIONS: ReadonlySet<string> = new Set([
  'env',
  'env-regex',
  'labels',
  'labels-regex',
  'gcp-project',
  'gcp-log-cmd',
  'gcp-meta-zone',
  'gcp-meta-name',
  'gcp-meta-id',
]);

/** @throws invalid-argument in dockerd's words */
export const checkGcplogsOptions = (options: LogOptions): void => {
  for (const name of Object.keys(options)) {
    if (!OPTIONS.has(name))
      throw new EngineError(
        'invalid-argument',
        `${JSON.stringify(name)} is not a valid option for the gcplogs driver`,
      );
  }
};
