// SPDX-License-Identifier: Apache-2.0
import type { LogFiles } from '../../adapters/logfiles/index.ts';
import { EngineError } from '../../base/errors.ts';
import type { LogDriver } from './driver.ts';
import { createJsonFileDriver } from './json-file/driver.ts';
import { createLocalDriver } from './local/driver.ts';
import { noneDriver } from './none.ts';
import type { RemoteDeps } from './remote/remote-deps.ts';
import { createRemoteDrivers } from './remote/remote-drivers.ts';

/** What the built-in drivers need. */
export interface DriverDeps {
  readonly files: LogFiles;
  readonly remote: RemoteDeps;
}

/** The drivers by name. */
export class Drivers {
  readonly #byName: ReadonlyMap<string, LogDriver>;

  constructor(drivers: readonly LogDriver[]) {
    this.#byName = new Map(drivers.map((driver) => [driver.name, driver]));
  }

  /** All that can be chosen, sorted: Docker does not list that nothing can. */
  get names(): readonly string[] {
    return [...this.#byName.keys()].filter((name) => name !== noneDriver.name).toSorted();
  }

  get(name: string): LogDriver | undefined {
    return this.#byName.get(name);
  }

  /** @throws invalid-argument in dockerd's words */
  find(name: string): LogDriver {
    const driver = this.get(name);
    if (driver) return driver;
    throw new EngineError(
      'invalid-argument',
      `error looking up logging plugin ${name}: plugin "${name}" not found`,
    );
  }
}

/** The built-in drivers, one each of their kind. */
export const createDrivers = (deps: DriverDeps): Drivers =>
  new Drivers([
    createJsonFileDriver(deps.files),
    createLocalDriver(deps.files),
    noneDriver,
    ...createRemoteDrivers(deps.remote),
  ]);
