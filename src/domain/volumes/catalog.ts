// SPDX-License-Identifier: Apache-2.0
import type { RemoteVolumeStore, VolumeStore } from '../../adapters/store/index.ts';
import { KeyedMutex } from '../../base/async.ts';
import { EngineError, messageOf } from '../../base/errors.ts';
import type { ContainerId } from '../../base/ids.ts';
import type { Log } from '../../base/log.ts';
import type { EventPublisher } from '../events/index.ts';
import { decodeRemoteVolume, decodeVolume, encodeVolume } from './volume-file.ts';
import type { Volume } from './volumes.ts';

/** The name of the engine's own driver. */
export const LOCAL = 'local';

/** The label by which Docker tells an anonymous volume from a named one. */
export const ANONYMOUS = 'com.docker.volume.anonymous';

/** Docker's answer for a volume that is not there. */
export const noSuchVolume = (name: string): EngineError =>
  new EngineError('not-found', `get ${name}: no such volume`);

/** True for a directory of ours and nothing else. */
export const isPlain = ({ driver, options }: Volume): boolean =>
  driver === LOCAL && Object.keys(options ?? {}).length === 0;

/** Whether a volume has no files before it is mounted. One with a `size` alone is a directory of ours all the same. */
export const needsMount = ({ driver, options }: Volume): boolean =>
  driver !== LOCAL || (options?.['device'] ?? '') !== '';

export interface CatalogDeps {
  readonly store: VolumeStore;
  readonly remoteStore: RemoteVolumeStore;
  readonly events: EventPublisher;
  readonly log: Log;
}

/** All volumes on record, who has them and who uses them. A change is saved, then visible, then told. */
export class VolumeCatalog {
  /** One a volume: held over every change. */
  readonly locks = new KeyedMutex<string>();
  readonly #deps: CatalogDeps;
  readonly #volumes = new Map<string, Volume>();
  readonly #holders = new Map<string, Map<symbol, ContainerId>>();
  readonly #users = new Map<string, Map<string, string>>();

  constructor(deps: CatalogDeps) {
    this.#deps = deps;
  }

  /** Reads what is on disk. */
  async load(): Promise<void> {
    const { store, remoteStore } = this.#deps;
    for (const { name, document } of await store.load())
      this.#read(name, () => decodeVolume(name, store.mountpoint(name), document));
    for (const document of await remoteStore.load())
      this.#read('of a plugin', () => decodeRemoteVolume(document));
  }

  #read(name: string, decode: () => Volume): void {
    try {
      const volume = decode();
      this.#volumes.set(volume.name, volume);
    } catch (error) {
      this.#deps.log.warn('a volume could not be read and is left alone', {
        volume: name,
        reason: messageOf(error),
      });
    }
  }

  all(): readonly Volume[] {
    return [...this.#volumes.values()];
  }

  find(name: string): Volume | undefined {
    return this.#volumes.get(name);
  }

  /** @throws not-found */
  get(name: string): Volume {
    const volume = this.#volumes.get(name);
    if (!volume) throw noSuchVolume(name);
    return volume;
  }

  async add(volume: Volume): Promise<void> {
    const { store, remoteStore } = this.#deps;
    const document = encodeVolume(volume);
    if (volume.driver === LOCAL) await store.create(volume.name, document);
    else await remoteStore.write(volume.name, document);
    this.#volumes.set(volume.name, volume);
    this.#publish('create', volume);
  }

  /** Saves a volume that is there. */
  async change(volume: Volume): Promise<void> {
    const { store, remoteStore } = this.#deps;
    const target = volume.driver === LOCAL ? store : remoteStore;
    await target.write(volume.name, encodeVolume(volume));
    this.#volumes.set(volume.name, volume);
  }

  /** Its record goes and, of a local one, its files. */
  async remove(volume: Volume): Promise<void> {
    const { store, remoteStore } = this.#deps;
    const target = volume.driver === LOCAL ? store : remoteStore;
    await target.remove(volume.name);
    this.#volumes.delete(volume.name);
    this.#users.delete(volume.name);
    this.#publish('destroy', volume);
  }

  hold(name: string, container: ContainerId): Disposable {
    const holders = this.#holders.get(name) ?? new Map<symbol, ContainerId>();
    this.#holders.set(name, holders);
    const hold = Symbol(name);
    holders.set(hold, container);
    return {
      [Symbol.dispose]: () => {
        holders.delete(hold);
        if (holders.size === 0 && this.#holders.get(name) === holders) this.#holders.delete(name);
      },
    };
  }

  holders(name: string): readonly ContainerId[] {
    return [...new Set(this.#holders.get(name)?.values())];
  }

  /** Paths by user. */
  users(name: string): Map<string, string> {
    const users = this.#users.get(name) ?? new Map<string, string>();
    this.#users.set(name, users);
    return users;
  }

  #publish(action: string, { name, driver }: Volume): void {
    this.#deps.events.publish({ type: 'volume', action, actor: name, attributes: { driver } });
  }
}
