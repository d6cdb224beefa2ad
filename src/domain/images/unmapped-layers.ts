// SPDX-License-Identifier: Apache-2.0
import { ensureUnpacked, type EnsureUnpackedDeps } from './ensure-unpacked.ts';
import type { Image } from './image.ts';
import { UNMAPPED_LAYERS } from './layer-form.ts';

export type UnmappedDeps = EnsureUnpackedDeps & { readonly snapshotter: string };

/**
 * Unpacks an image with the owners that it says, beside its layers of the user namespace: for the first container that
 * does without that. They go with the image. @throws not-found when its blobs are gone
 */
export const ensureUnmapped = async (deps: UnmappedDeps, image: Image): Promise<void> => {
  if (image.chainId === undefined) return;
  const label = `containerd.io/gc.ref.snapshot.${deps.snapshotter}/unmapped`;
  // Before the layers are there: behind them, the collector might be faster.
  await deps.content.setLabels(image.id, { [label]: UNMAPPED_LAYERS.nameOf(image.chainId) });
  await ensureUnpacked(deps, image);
};
