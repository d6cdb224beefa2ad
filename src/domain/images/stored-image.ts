// SPDX-License-Identifier: Apache-2.0
import type { Timestamp } from '../../base/time.ts';
import { type ChainId, chainId, type Digest, type ImageId } from '../../spec/digest.ts';
import type { ImageConfig } from '../../spec/oci-image-config.ts';
import { familiarReference, fullReference, type Reference } from '../../spec/reference.ts';
import type { HistoryEntry, Image } from './image.ts';

/** An image as the store keeps it: all but the names it goes by. */
export interface StoredImage {
  readonly id: ImageId;
  readonly config: ImageConfig;
  /** The manifest that holds its parts together in the content store. */
  readonly manifest: { readonly mediaType: string; readonly digest: Digest; readonly size: number };
  /** Unpacked bytes of each layer, base first. */
  readonly layerSizes: readonly number[];
  /** The image it was made from here, by commit or build. */
  readonly parent?: ImageId;
  readonly lastTagged?: Timestamp;
}

/** The chain of each layer, base first. */
export const chainIdsOf = (diffIds: readonly Digest[]): readonly ChainId[] =>
  diffIds.map((_, index) => chainId(diffIds.slice(0, index + 1)) as ChainId);

/** Each step of the history with the size of its layer; steps beyond the layers, and empty ones, have none. */
const historyOf = ({ config, layerSizes }: StoredImage): readonly HistoryEntry[] => {
  let layer = 0;
  return config.history.map((entry) => {
    const size = entry.emptyLayer ? 0 : (layerSizes[layer] ?? 0);
    if (!entry.emptyLayer) layer += 1;
    return { ...entry, size };
  });
};

/** Order of references wherever they are shown: as their familiar texts sort. */
export const sortReferences = (references: readonly Reference[]): readonly Reference[] =>
  references.toSorted((one, other) => (fullReference(one) < fullReference(other) ? -1 : 1));

/** The image as other rooms and clients see it. */
export const describeImage = (stored: StoredImage, references: readonly Reference[]): Image => {
  const { id, config, manifest, layerSizes, lastTagged, parent } = stored;
  const { platform, created, author, comment, dockerVersion, diffIds } = config;
  const chain = chainId(diffIds);
  const named = sortReferences(references);
  const familiar = (digested: boolean): readonly string[] =>
    named.filter(({ digest }) => (digest !== undefined) === digested).map(familiarReference);
  return {
    id,
    config: config.config,
    platform,
    ...(created === undefined ? {} : { created }),
    author,
    comment,
    dockerVersion,
    diffIds,
    ...(chain === undefined ? {} : { chainId: chain }),
    history: historyOf(stored),
    size: layerSizes.reduce((sum, size) => sum + size, 0),
    repoTags: familiar(false),
    repoDigests: familiar(true),
    ...(parent === undefined ? {} : { parent }),
    ...(lastTagged === undefined ? {} : { lastTagged }),
    manifest,
  };
};
