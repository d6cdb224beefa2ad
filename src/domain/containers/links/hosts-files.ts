// SPDX-License-Identifier: Apache-2.0
import type { ContainerStore } from '../../../adapters/store/index.ts';
import { KeyedMutex } from '../../../base/async.ts';
import { isKind } from '../../../base/errors.ts';
import type { ContainerId } from '../../../base/ids.ts';

/** The hosts files of containers that run. They are mounted: a file is written over, never replaced. */
export class HostsFiles {
  readonly #store: Pick<ContainerStore, 'readFile' | 'writeFile'>;
  readonly #mutex = new KeyedMutex<ContainerId>();

  constructor(store: Pick<ContainerStore, 'readFile' | 'writeFile'>) {
    this.#store = store;
  }

  /** One change after the other; a file that is gone is left so. @throws insufficient-storage */
  async change(id: ContainerId, change: (text: string) => string): Promise<void> {
    using _lock = await this.#mutex.lock(id);
    const text = await this.#read(id);
    if (text === undefined) return;
    const next = change(text);
    if (next !== text) await this.#store.writeFile(id, 'hosts', next);
  }

  async #read(id: ContainerId): Promise<string | undefined> {
    try {
      return await this.#store.readFile(id, 'hosts');
    } catch (error) {
      if (isKind(error, 'not-found')) return undefined;
      throw error;
    }
  }
}
