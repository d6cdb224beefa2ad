// SPDX-License-Identifier: Apache-2.0
import { EngineError } from '../../base/errors.ts';
import { findRootfs } from './container-view.ts';
import type { PathChange } from './containers.ts';
import type { Core } from './core.ts';
import { findLayerChanges } from './layer-changes.ts';

export type ChangesDeps = Pick<Core, 'ledger' | 'rootfs' | 'images'>;

/** What of a container's own file system is not as in its image; what is mounted in it does not count. */
export const containerChanges = async (
  deps: ChangesDeps,
  reference: string,
): Promise<readonly PathChange[]> => {
  const { id } = deps.ledger.resolve(reference);
  const { upperDirectory, lowerDirectories } = await findRootfs(deps, id);
  if (upperDirectory === undefined)
    throw new EngineError('not-implemented', 'the snapshotter keeps no directory of changes');
  return findLayerChanges(upperDirectory, lowerDirectories);
};
