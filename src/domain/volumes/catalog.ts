// SPDX-License-Identifier: Apache-2.0
import type { RemoteVolumeStore, StagedVolume, VolumeStore } from '../../adapters/store/index.ts';
import { KeyedMutex } from '../../base/async.ts';
import { EngineError, messageOf } from '../../base/errors.ts';
import type { ContainerId } from '../../base/ids.ts';
import type { Log } from '../../base/log.ts';
import type { EventPublisher } from '../events/index.ts';
import { decodeRemoteVolume, decodeVolume, encodeVolume } from './volume-file.ts';
import type { VolumeHolder } from './volume-holder.ts';
import type { Volume } from './volumes.ts';

/** The name of the engine's own driver. */
export const LOCAL = 'local';

/** The label by which Docker tells an anonymous volume from a named one. */
export const ANONYMOUS = 'com.docker.volume.anonymous';

/** Docker's answer for a volume that is not there. */
export const noSuchVolume = (name: string): EngineError =>
  new EngineError('not-found', `${name === '' ? 'get' : `get ${name}`}: no such volume`);

/** True for a directory of ours and nothing else. */
export const isPlain = ({ driver, options }: Volume): boolean =>
  driver === LOCAL && Object.keys(options ?? {}).length === 0;

/** Whether a volume has no files before it is mounted. One with a `size` alone is a directory of ours all the same. */
export const needsMount = ({ driver, options }: Volume): boolean =>
  driver !== LOCAL || (options?.['device'] ?? '') !== '' || (options?.['type'] ?? '') !== '';

/** Whether a volume's record says what its directory does not. Without one it is found again, as a volume without either. */
const isWorthKeeping = ({ anonymous, labels, options }: Volume): boolean =>
  !anonymous && (Object.keys(labels ?? {}).length > 0 || Object.keys(options ?? {}).length > 0);

export interface CatalogDeps {
  readonly store: VolumeStore;
  readonly remoteStore: RemoteVolumeStore;
  readonly events: EventPublisher;
  readonly log: Log;
}

const moveKey = <Value>(map: Map<string, Value>, from: string, to: string): void => {
  const value = map.get(from);
  if (value === undefined) return;
  map.delete(from);
  map.set(to, value);
};

/** All volumes on record, who has them and who uses them. A change is saved, then visible, then told. */
export class VolumeCatalog {
  /** One a volume: held over every change. */
  readonly locks = new KeyedMutex<string>();
  readonly #deps: CatalogDeps;
  readonly #volumes = new Map<string, Volume>();
  readonly #holders = new Map<string, Map<symbol, VolumeHolder>>();
  readonly #users = new Map<string, Map<string, string>>();
  readonly #readers = new Map<string, number>();
  /** Names that volumes had and that some container may still know them by. */
  readonly #former = new Map<string, string>();

  constructor(deps: CatalogDeps) {
    this.#deps = deps;
  }

  /** Reads what is on disk. */
  async load(): Promise<void> {
    const { store, remoteStore } = this.#deps;
    for (const [former, name] of await store.formerNames()) this.#former.set(former, name);
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
    return this.#volumes.get(this.#nameOf(name));
  }

  /** The name that a volume has now. */
  #nameOf(name: string): string {
    return this.#volumes.has(name) ? name : (this.#former.get(name) ?? name);
  }

  /** Names that volumes had, with those that they have now: renames of which not everybody has heard. */
  former(): ReadonlyMap<string, string> {
    return new Map(this.#former);
  }

  /** Nobody knows the volume by this name any more. */
  async forget(former: string): Promise<void> {
    await this.#deps.store.forget(former);
    this.#former.delete(former);
  }

  /** @throws not-found */
  get(name: string): Volume {
    const volume = this.find(name);
    if (!volume) throw noSuchVolume(name);
    return volume;
  }

  /** `prepare` comes when the files are there; when it fails they go. */
  async add(volume: Volume, prepare: (volume: Volume) => void): Promise<void> {
    const { store, remoteStore } = this.#deps;
    const document = encodeVolume(volume);
    const durable = isWorthKeeping(volume);
    if (volume.driver === LOCAL) await store.create(volume.name, document, { durable });
    else await remoteStore.write(volume.name, document);
    try {
      prepare(volume);
    } catch (error) {
      if (volume.driver === LOCAL) await store.remove(volume.name);
      throw error;
    }
    this.#volumes.set(volume.name, volume);
    this.publish('create', volume);
  }

  /** Adds a volume whose files are there already. */
  async keep(volume: Volume, staged: StagedVolume): Promise<void> {
    await staged.keep(volume.name, encodeVolume(volume), { durable: true });
    this.#volumes.set(volume.name, volume);
    this.publish('create', volume);
  }

  /** Gives a local volume another name; who has it still knows it by the old one, which is understood until `forget`. */
  async rename(volume: Volume, renamed: Volume): Promise<void> {
    const { store } = this.#deps;
    // The document does not say the name: a crash between the two leaves a volume with the old one.
    await store.write(volume.name, encodeVolume(renamed));
    await store.rename(volume.name, renamed.name);
    this.#former.set(volume.name, renamed.name);
    this.#volumes.delete(volume.name);
    this.#volumes.set(renamed.name, renamed);
    moveKey(this.#holders, volume.name, renamed.name);
    moveKey(this.#users, volume.name, renamed.name);
    const users = this.users(renamed.name);
    for (const user of users.keys()) users.set(user, renamed.mountpoint);
    this.publish('rename', renamed, { oldName: volume.name });
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
    this.publish('destroy', volume);
  }

  hold(name: string, holder: VolumeHolder): Disposable {
    const key = this.#nameOf(name);
    const holders = this.#holders.get(key) ?? new Map<symbol, VolumeHolder>();
    this.#holders.set(key, holders);
    const hold = Symbol(key);
    holders.set(hold, holder);
    return {
      [Symbol.dispose]: () => {
        holders.delete(hold);
        if (holders.size === 0 && this.#holders.get(key) === holders) this.#holders.delete(key);
      },
    };
  }

  /** Who has the volume, each once. */
  holding(name: string): readonly VolumeHolder[] {
    const holders = [...(this.#holders.get(this.#nameOf(name))?.values() ?? [])];
    return [...new Map(holders.map((holder) => [holder.container, holder])).values()];
  }

  holders(name: string): readonly ContainerId[] {
    return this.holding(name).map(({ container }) => container);
  }

  /** While the result lives, the volume's files are read as a whole and must not go. */
  read(name: string): Disposable {
    this.#readers.set(name, (this.#readers.get(name) ?? 0) + 1);
    return {
      [Symbol.dispose]: () => {
        const left = (this.#readers.get(name) ?? 1) - 1;
        if (left === 0) this.#readers.delete(name);
        else this.#readers.set(name, left);
      },
    };
  }

  isRead(name: string): boolean {
    return this.#readers.has(name);
  }

  /** Paths by user. */
  users(name: string): Map<string, string> {
    const key = this.#nameOf(name);
    const users = this.#users.get(key) ?? new Map<string, string>();
    this.#users.set(key, users);
    return users;
  }

  publish(action: string, { name, driver }: Volume, more: Readonly<Record<string, string>> = {}): void {
    this.#deps.events.publish({ type: 'volume', action, actor: name, attributes: { driver, ...more } });
  }
}
