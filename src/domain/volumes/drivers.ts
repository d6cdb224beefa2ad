// SPDX-License-Identifier: Apache-2.0
import { EngineError } from '../../base/errors.ts';
import type { VolumeDriver, VolumeDrivers } from './driver.ts';

/** The engine's own driver. */
export const createDrivers = (local: VolumeDriver): VolumeDrivers => ({
  get: async (name) => {
    if (name === local.name) return Promise.resolve(local);
    throw new EngineError('not-found', `error looking up volume plugin ${name}: plugin "${name}" not found`);
  },
  all: async () => Promise.resolve({ drivers: [local], warnings: [] }),
});
