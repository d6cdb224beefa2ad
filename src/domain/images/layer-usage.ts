// SPDX-License-Identifier: Apache-2.0
import type { Image } from './image.ts';

/** What images take of the disk together: a layer that several of them have counts once. Bytes. */
export interface LayerUsage {
  readonly total: number;
  /** Of layers that other images have, too; by image. */
  readonly shared: ReadonlyMap<Image, number>;
}

interface Layer {
  /** All digests down to the bottom: the same changes on other ones are another layer. */
  readonly chain: string;
  readonly size: number;
}

const layersOf = ({ diffIds, history }: Image): readonly Layer[] => {
  const sizes = history.filter(({ emptyLayer }) => !emptyLayer).map(({ size }) => size);
  return diffIds.map((_, index) => ({
    chain: diffIds.slice(0, index + 1).join(),
    size: sizes[index] ?? 0,
  }));
};

/** Counts the layers of `images`. */
export const layerUsage = (images: readonly Image[]): LayerUsage => {
  const users = new Map<string, number>();
  let total = 0;
  for (const { chain, size } of images.flatMap(layersOf)) {
    const before = users.get(chain) ?? 0;
    if (before === 0) total += size;
    users.set(chain, before + 1);
  }
  const sharedOf = (image: Image): number =>
    layersOf(image).reduce((sum, { chain, size }) => sum + ((users.get(chain) ?? 0) > 1 ? size : 0), 0);
  return { total, shared: new Map(images.map((image) => [image, sharedOf(image)])) };
};
