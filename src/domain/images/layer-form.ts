// SPDX-License-Identifier: Apache-2.0
import type { Disk } from '../../adapters/disk/index.ts';
import { EngineError, messageOf } from '../../base/errors.ts';
import type { ChainId } from '../../spec/digest.ts';
import { type IdMaps, toHostOwner } from '../../spec/id-maps.ts';
import type { Mount } from '../../spec/mount.ts';
import { describeRootfs } from './rootfs.ts';

/** How unpacked layers lie in the snapshotter: under which names, and whose their files are. */
export interface LayerForm {
  /** The committed snapshot of a chain. */
  nameOf(chain: ChainId): string;
  /** Gives the files of a freshly unpacked layer their owners. @throws internal for owners that have no place on the host */
  settle(mounts: readonly Mount[]): Promise<void>;
}

/** Files belong to whom the image says. */
export const IMAGE_OWNERS: LayerForm = {
  nameOf: (chain) => chain,
  settle: () => Promise.resolve(),
};

/**
 * The same beside layers of a user namespace, for containers that do without it: under names of their own, since a chain's
 * own name stands for what all others use.
 */
export const UNMAPPED_LAYERS: LayerForm = { ...IMAGE_OWNERS, nameOf: (chain) => `unmapped ${chain}` };

/** What of `mounts` an unpacking writes into, and what lies beneath. */
const directoriesOf = (mounts: readonly Mount[]): readonly string[] => {
  const { upperDirectory, lowerDirectories } = describeRootfs(mounts);
  if (upperDirectory === undefined)
    throw new EngineError(
      'not-implemented',
      'the snapshotter has no directory whose owners could be changed',
    );
  return [upperDirectory, ...lowerDirectories];
};

/** Files belong to the ids that those of the image are in a user namespace. */
export const remappedLayers = (disk: Pick<Disk, 'changeOwners'>, maps: IdMaps): LayerForm => ({
  nameOf: (chain) => chain,
  settle: async (mounts) => {
    const [directory = '', ...beneath] = directoriesOf(mounts);
    try {
      await disk.changeOwners(directory, { ownerOf: (owner) => toHostOwner(maps, owner), beneath });
    } catch (cause) {
      throw new EngineError('internal', `failed to register layer: ${messageOf(cause)}`, { cause });
    }
  },
});
