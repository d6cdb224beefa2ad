// SPDX-License-Identifier: Apache-2.0
import type { VolumeStore } from '../../adapters/store/index.ts';
import { KeyedMutex } from '../../base/async.ts';
import { EngineError, messageOf } from '../../base/errors.ts';
import { type ContainerId, randomId } from '../../base/ids.ts';
import type { Log } from '../../base/log.ts';
import { now } from '../../base/time.ts';
import type { EventPublisher } from '../events/index.ts';
import { decodeVolume, encodeVolume } from './volume-file.ts';
import { checkVolumeName } from './volume-name.ts';
import type { Volume, VolumeRequest, Volumes } from './volumes.ts';

export interface VolumesDeps {
  readonly store: VolumeStore;
  readonly events: EventPublisher;
  readonly log: Log;
}

/** The label by which Docker tells an anonymous volume from a named one. */
const ANONYMOUS = 'com.docker.volume.anonymous';

const noSuchVolume = (name: string): EngineError =>
  new EngineError('not-found', `get ${name}: no such volume`);

class LocalVolumes implements Volumes {
  readonly #deps: VolumesDeps;
  readonly #volumes = new Map<string, Volume>();
  readonly #holders = new Map<string, Map<symbol, ContainerId>>();
  readonly #locks = new KeyedMutex<string>();

  constructor(deps: VolumesDeps) {
    this.#deps = deps;
  }

  async restore(): Promise<void> {
    for (const { name, document } of await this.#deps.store.load()) {
      try {
        this.#volumes.set(name, decodeVolume(name, this.#deps.store.mountpoint(name), document));
      } catch (error) {
        this.#deps.log.warn('a volume could not be read and is left alone', {
          volume: name,
          reason: messageOf(error),
        });
      }
    }
  }

  list(): readonly Volume[] {
    return [...this.#volumes.values()];
  }

  get(name: string): Volume {
    const volume = this.#volumes.get(name);
    if (!volume) throw noSuchVolume(name);
    return volume;
  }

  async create(request: VolumeRequest): Promise<Volume> {
    const anonymous = (request.name ?? '') === '';
    const name = request.name || randomId<string>();
    if ((request.driver || 'local') !== 'local') {
      throw new EngineError(
        'not-found',
        `create ${name}: error looking up volume plugin ${request.driver}: plugin "${request.driver}" not found`,
      );
    }
    checkVolumeName(name);
    if (Object.keys(request.options ?? {}).length > 0)
      throw new EngineError('not-implemented', 'options of the local volume driver are not supported yet');
    using _lock = await this.#locks.lock(name);
    return this.#volumes.get(name) ?? (await this.#make(name, anonymous, request));
  }

  async delete(name: string, options: { readonly force: boolean }): Promise<void> {
    using _lock = await this.#locks.lock(name);
    if (!this.#volumes.has(name)) {
      if (options.force) return;
      throw noSuchVolume(name);
    }
    const holders = this.holders(name);
    if (holders.length > 0) {
      throw new EngineError('conflict', `remove ${name}: volume is in use - [${holders.join(', ')}]`);
    }
    await this.#deps.store.remove(name);
    this.#volumes.delete(name);
    this.#publish('destroy', name);
  }

  async keep(name: string): Promise<void> {
    using _lock = await this.#locks.lock(name);
    const volume = this.#volumes.get(name);
    if (volume?.createdFor === undefined) return;
    const { createdFor: _, ...kept } = volume;
    await this.#deps.store.write(name, encodeVolume(kept));
    this.#volumes.set(name, kept);
  }

  hold(name: string, container: ContainerId): Disposable {
    const holders = this.#holders.get(name) ?? new Map<symbol, ContainerId>();
    this.#holders.set(name, holders);
    const hold = Symbol(name);
    holders.set(hold, container);
    return { [Symbol.dispose]: () => void holders.delete(hold) };
  }

  holders(name: string): readonly ContainerId[] {
    return [...new Set(this.#holders.get(name)?.values())];
  }

  async #make(name: string, anonymous: boolean, request: VolumeRequest): Promise<Volume> {
    const labels = anonymous ? { [ANONYMOUS]: '', ...request.labels } : request.labels;
    const volume: Volume = {
      name,
      driver: 'local',
      mountpoint: this.#deps.store.mountpoint(name),
      created: now(),
      anonymous,
      ...(anonymous && request.createdFor !== undefined && { createdFor: request.createdFor }),
      ...(labels && { labels }),
    };
    await this.#deps.store.create(name, encodeVolume(volume));
    this.#volumes.set(name, volume);
    this.#publish('create', name);
    return volume;
  }

  #publish(action: string, name: string): void {
    this.#deps.events.publish({ type: 'volume', action, actor: name, attributes: { driver: 'local' } });
  }
}

/** The volumes room. `restore` reads what is on disk and comes before anything else. */
export const createVolumes = (deps: VolumesDeps): Volumes & { restore(): Promise<void> } =>
  new LocalVolumes(deps);
