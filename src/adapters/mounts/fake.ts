// SPDX-License-Identifier: Apache-2.0
import { EngineError } from '../../base/errors.ts';
import type { Mounts, VolumeMount, VolumeMounts } from './mounts.ts';

/** Mounts that only remember their places. */
export const createFakeMounts = (): Mounts & { readonly standing: ReadonlySet<string> } => {
  const standing = new Set<string>();
  return {
    standing,
    copyUp: async () => Promise.resolve(false),
    hasDirectory: () => false,
    mountMemory: (target) => void standing.add(target),
    mountInside: (_root, _path, target) => void standing.add(target),
    mountLayers: (_layers, _path, target) => void standing.add(target),
    places: (directory) => [...standing].filter((place) => place.startsWith(directory)).toReversed(),
    release: (directory) => {
      for (const place of standing)
        if (place === directory || place.startsWith(`${directory}/`)) standing.delete(place);
    },
    checkThere: () => undefined,
    propagation: () => ({ mountPoint: '/', shared: true, slave: false }),
  };
};

/** Mounts of volumes that only remember their places; what is at a device named in `broken` can't be mounted. */
export const createFakeVolumeMounts = (
  broken: ReadonlySet<string> = new Set(),
): VolumeMounts & { readonly standing: ReadonlyMap<string, VolumeMount> } => {
  const standing = new Map<string, VolumeMount>();
  return {
    standing,
    attach: async (request) => {
      if (broken.has(request.device))
        throw new EngineError(
          'not-found',
          `failed to mount local volume: mount ${request.device}: no such device`,
        );
      standing.set(request.target, request);
      return Promise.resolve();
    },
    detach: (target) => {
      standing.delete(target);
      return [...standing.keys()].filter((place) => place.startsWith(`${target}/`));
    },
    isMounted: (target) => standing.has(target),
    copyFiles: async () => Promise.resolve(),
  };
};
