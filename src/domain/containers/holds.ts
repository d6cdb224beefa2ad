// SPDX-License-Identifier: Apache-2.0
import type { ContainerId } from '../../base/ids.ts';
import type { Images } from '../images/index.ts';
import type { VolumeHolder, Volumes } from '../volumes/index.ts';
import type { Container } from './container.ts';
import type { Ledger } from './ledger.ts';
import { followRename } from './rename-volume.ts';
import { hasProcess } from './state.ts';

/** What lower rooms must not remove while a container exists: its image and its volumes. */
export class Holds {
  readonly #held = new Map<ContainerId, DisposableStack>();
  readonly #deps: {
    readonly images: Pick<Images, 'hold'>;
    readonly volumes: Pick<Volumes, 'hold'>;
    readonly ledger: Pick<Ledger, 'get' | 'lock' | 'record'>;
  };

  constructor(deps: {
    readonly images: Pick<Images, 'hold'>;
    readonly volumes: Pick<Volumes, 'hold'>;
    readonly ledger: Pick<Ledger, 'get' | 'lock' | 'record'>;
  }) {
    this.#deps = deps;
  }

  /** Holds for as long as the container exists. */
  take(container: Pick<Container, 'id' | 'imageId' | 'mountPoints'>): Disposable {
    const { id, imageId, mountPoints } = container;
    this.release(id);
    using held = new DisposableStack();
    if (imageId !== '') {
      held.use(this.#deps.images.hold(imageId, { container: id, isRunning: () => this.#isRunning(id) }));
    }
    for (const { type, name, imageId: mounted } of mountPoints) {
      if (type === 'volume') held.use(this.#deps.volumes.hold(name, this.#holderOf(id)));
      if (mounted !== undefined)
        held.use(this.#deps.images.hold(mounted, { container: id, isRunning: () => this.#isRunning(id) }));
    }
    this.#held.set(id, held.move());
    return { [Symbol.dispose]: () => this.release(id) };
  }

  #holderOf(container: ContainerId): VolumeHolder {
    const { ledger } = this.#deps;
    return {
      container,
      isSettled: () => ledger.get(container) !== undefined,
      renamed: async (change) => followRename({ ledger }, container, change),
    };
  }

  #isRunning(id: ContainerId): boolean {
    const state = this.#deps.ledger.get(id)?.state;
    return state !== undefined && hasProcess(state);
  }

  release(id: ContainerId): void {
    this.#held.get(id)?.dispose();
    this.#held.delete(id);
  }
}
