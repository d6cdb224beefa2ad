// SPDX-License-Identifier: Apache-2.0
import type { ContainerId } from '../../base/ids.ts';
import type { Images } from '../images/index.ts';
import type { Volumes } from '../volumes/index.ts';
import type { Container } from './container.ts';
import type { Ledger } from './ledger.ts';
import { hasProcess } from './state.ts';

/** What lower rooms must not remove while a container exists: its image and its volumes. */
export class Holds {
  readonly #held = new Map<ContainerId, DisposableStack>();
  readonly #deps: {
    readonly images: Pick<Images, 'hold'>;
    readonly volumes: Pick<Volumes, 'hold'>;
    readonly ledger: Pick<Ledger, 'get'>;
  };

  constructor(deps: {
    readonly images: Pick<Images, 'hold'>;
    readonly volumes: Pick<Volumes, 'hold'>;
    readonly ledger: Pick<Ledger, 'get'>;
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
      if (type === 'volume') held.use(this.#deps.volumes.hold(name, id));
      if (mounted !== undefined)
        held.use(this.#deps.images.hold(mounted, { container: id, isRunning: () => this.#isRunning(id) }));
    }
    this.#held.set(id, held.move());
    return { [Symbol.dispose]: () => this.release(id) };
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
