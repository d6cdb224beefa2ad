// SPDX-License-Identifier: Apache-2.0
import type { PluginAddress, PluginSockets } from '../../adapters/plugin-sockets/index.ts';
import { EngineError, messageOf } from '../../base/errors.ts';
import { decodeDocument, slice, string, struct } from '../../base/go-json.ts';
import type { Log } from '../../base/log.ts';
import { seconds } from '../../base/time.ts';
import type { VolumeDriver, VolumeDrivers } from './driver.ts';
import { createRemoteDriver, IN_A_LIST } from './remote-driver.ts';

export interface DriversDeps {
  readonly local: VolumeDriver;
  readonly sockets: PluginSockets;
  readonly log: Log;
}

const INTERFACE = 'VolumeDriver';
const ALONE = { patience: seconds(30), retry: true };

const manifest = struct('Manifest', { implements: slice(string) });

/** The engine's own driver, and plugins as they are found: each is asked once what it can. */
class Drivers implements VolumeDrivers {
  readonly #deps: DriversDeps;
  /** By name and address: a plugin that moved is another one. Absent of those that are no volume drivers. */
  readonly #known = new Map<string, VolumeDriver | undefined>();

  constructor(deps: DriversDeps) {
    this.#deps = deps;
  }

  async get(name: string): Promise<VolumeDriver> {
    const { local, sockets } = this.#deps;
    if (name === local.name) return local;
    const looking = `error looking up volume plugin ${name}`;
    // Refused at once, where dockerd waits some 15 s for one to appear: what is written down but not up yet is waited for.
    const address = await sockets.find(name);
    if (!address) throw new EngineError('not-found', `${looking}: plugin "${name}" not found`);
    const driver = await this.#activate(address, ALONE).catch((cause: unknown) => {
      throw new EngineError('internal', `${looking}: ${messageOf(cause)}`, { cause });
    });
    if (driver) return driver;
    throw new EngineError('not-found', `${looking}: Plugin does not implement the requested driver`);
  }

  async all(): Promise<{ readonly drivers: readonly VolumeDriver[]; readonly warnings: readonly string[] }> {
    const { local, sockets, log } = this.#deps;
    const addresses = await sockets.list();
    const found = await Promise.all(
      addresses.map(async (address) =>
        this.#activate(address, IN_A_LIST).catch((error: unknown) => {
          log.warn('a plugin does not answer', { plugin: address.name, reason: messageOf(error) });
          return undefined;
        }),
      ),
    );
    return { drivers: [local, ...found.filter((driver) => driver !== undefined)], warnings: [] };
  }

  async #activate(address: PluginAddress, options: typeof ALONE): Promise<VolumeDriver | undefined> {
    const key = `${address.name} ${address.url}`;
    if (this.#known.has(key)) return this.#known.get(key);
    const answer = await this.#deps.sockets.call(address, 'Plugin.Activate', {}, options);
    const can = decodeDocument(manifest, answer).implements ?? [];
    const driver = can.includes(INTERFACE)
      ? await createRemoteDriver({ sockets: this.#deps.sockets, address }, options)
      : undefined;
    this.#known.set(key, driver);
    return driver;
  }
}

/** The drivers of this host. */
export const createDrivers = (deps: DriversDeps): VolumeDrivers => new Drivers(deps);
