// SPDX-License-Identifier: Apache-2.0
import { disposable } from '../../base/disposal.ts';
import type { ChainId, ImageId } from '../../spec/digest.ts';
import type { ImageHolder } from './images.ts';

interface Hold {
  readonly holder: ImageHolder;
  /** The layers beneath the holder: they stay when the image goes. */
  readonly chains: readonly ChainId[];
}

/** Which containers use which image. */
export class Holders {
  readonly #byImage = new Map<ImageId, Set<Hold>>();

  hold(id: ImageId, holder: ImageHolder, chains: readonly ChainId[]): Disposable {
    const hold: Hold = { holder, chains };
    const holds = this.#byImage.get(id) ?? new Set();
    this.#byImage.set(id, holds.add(hold));
    return disposable(() => {
      holds.delete(hold);
      if (holds.size === 0 && this.#byImage.get(id) === holds) this.#byImage.delete(id);
    });
  }

  count(id: ImageId): number {
    return this.#byImage.get(id)?.size ?? 0;
  }

  /** Some holder of the image, of any kind or of those that run or do not. */
  find(id: ImageId, wanted: 'any' | 'running' | 'stopped' = 'any'): ImageHolder | undefined {
    const holders = [...(this.#byImage.get(id) ?? [])].map(({ holder }) => holder);
    if (wanted === 'any') return holders[0];
    return holders.find((holder) => holder.isRunning() === (wanted === 'running'));
  }

  /** Layers that lie beneath some container. */
  heldChains(): ReadonlySet<ChainId> {
    const holds = [...this.#byImage.values()].flatMap((set) => [...set]);
    return new Set(holds.flatMap(({ chains }) => chains));
  }
}
