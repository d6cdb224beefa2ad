// SPDX-License-Identifier: Apache-2.0
import { EngineError } from '../../base/errors.ts';
import type { Content, Leases } from '../../adapters/containerd/index.ts';
import type { Digest } from '../../spec/digest.ts';
import { parseManifest } from '../../spec/oci-image-manifest.ts';
import type { Image } from './image.ts';
import { findLayerBlob } from './find-layer-blob.ts';
import { chainIdsOf } from './stored-image.ts';
import type { Unpacker } from './unpack.ts';

/** How long (ms) an unpacking may take before its lease ends by itself. */
const LEASE_LIFE = 3600 * 1000;

export interface EnsureUnpackedDeps {
  readonly content: Content;
  readonly leases: Leases;
  readonly unpacker: Pick<Unpacker, 'unpack'>;
}

const wrongDiff = (digest: Digest): EngineError =>
  new EngineError('internal', `filesystem layer verification failed for digest ${digest}`);

/** Unpacks again what is missing of an image's snapshots, from the blobs that it holds. @throws not-found when those are gone too */
export const ensureUnpacked = async (deps: EnsureUnpackedDeps, image: Image): Promise<void> => {
  const { content, leases, unpacker } = deps;
  if (!image.manifest) throw new EngineError('not-found', `the layers of image ${image.id} are missing`);
  const manifest = parseManifest(await content.readAll(image.manifest.digest), image.manifest.mediaType);
  const blobs = manifest.kind === 'manifest' ? manifest.layers : [];
  const chains = chainIdsOf(image.diffIds);
  const lease = await leases.create({ expiresIn: LEASE_LIFE });
  try {
    for (const [at, chain] of chains.entries()) {
      const diffId = image.diffIds[at] as Digest;
      const wanted = blobs[at]?.digest ?? diffId;
      const blob = await findLayerBlob(content, wanted, diffId);
      const parent = chains[at - 1];
      if (!blob) throw new EngineError('not-found', `layer ${at} of image ${image.id} is missing`);
      const layer = { blob, diffId, chain, ...(parent ? { parent } : {}) };
      await unpacker.unpack(layer, lease, wrongDiff);
    }
  } finally {
    await leases.delete(lease);
  }
};
