// SPDX-License-Identifier: Apache-2.0
import { EngineError, messageOf } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import { seconds } from '../../base/time.ts';
import type { NamedPlugin, Plugin, PluginDirectory } from '../plugins/index.ts';
import type { VolumeDriver, VolumeDrivers } from './driver.ts';
import { createRemoteDriver, IN_A_LIST } from './remote-driver.ts';

export interface DriversDeps {
  readonly local: VolumeDriver;
  readonly plugins: PluginDirectory;
  readonly log: Log;
}

const ALONE = { patience: seconds(30), retry: true };

/** The engine's own driver, and plugins as they are found: each is asked once what its volumes are. */
class Drivers implements VolumeDrivers {
  readonly #deps: DriversDeps;
  readonly #known = new WeakMap<Plugin, VolumeDriver>();

  constructor(deps: DriversDeps) {
    this.#deps = deps;
  }

  async get(name: string): Promise<VolumeDriver> {
    const { local, plugins } = this.#deps;
    if (name === local.name) return local;
    const looking = `error looking up volume plugin ${name}`;
    // Refused at once, where dockerd waits some 15 s for one to appear: what is written down but not up yet is waited for.
    const named = await plugins.lookUp(name);
    if (!named) throw new EngineError('not-found', `${looking}: plugin "${name}" not found`);
    const driver = await this.#driverOf(named, ALONE).catch((cause: unknown) => {
      throw new EngineError('internal', `${looking}: ${messageOf(cause)}`, { cause });
    });
    if (driver) return driver;
    throw new EngineError('not-found', `${looking}: Plugin does not implement the requested driver`);
  }

  async all(): Promise<{ readonly drivers: readonly VolumeDriver[]; readonly warnings: readonly string[] }> {
    const { local, plugins, log } = this.#deps;
    const all = await plugins.list();
    const found = await Promise.all(
      all.map(async (named) =>
        this.#driverOf(named, IN_A_LIST).catch((error: unknown) => {
          log.warn('a plugin does not answer', { plugin: named.name, reason: messageOf(error) });
          return undefined;
        }),
      ),
    );
    return { drivers: [local, ...found.filter((driver) => driver !== undefined)], warnings: [] };
  }

  /** `undefined` of those that are no volume drivers. */
  async #driverOf(named: NamedPlugin, options: typeof ALONE): Promise<VolumeDriver | undefined> {
    const plugin = await named.as('VolumeDriver', options);
    if (!plugin) return undefined;
    const driver = this.#known.get(plugin) ?? (await createRemoteDriver(plugin, options));
    this.#known.set(plugin, driver);
    return driver;
  }
}

/** The drivers of this host. */
export const createDrivers = (deps: DriversDeps): VolumeDrivers => new Drivers(deps);
