// SPDX-License-Identifier: Apache-2.0
import type { Mounts } from './mounts.ts';

/** Mounts that only remember their places. */
export const createFakeMounts = (): Mounts & { readonly standing: ReadonlySet<string> } => {
  const standing = new Set<string>();
  return {
    standing,
    copyUp: async () => Promise.resolve(false),
    mountMemory: (target) => void standing.add(target),
    mountInside: (_root, _path, target) => void standing.add(target),
    mountLayers: (_layers, _path, target) => void standing.add(target),
    places: (directory) => [...standing].filter((place) => place.startsWith(directory)).toReversed(),
    release: (directory) => {
      for (const place of standing)
        if (place === directory || place.startsWith(`${directory}/`)) standing.delete(place);
    },
    propagation: () => ({ mountPoint: '/', shared: true, slave: false }),
  };
};
