// SPDX-License-Identifier: Apache-2.0
import { isKind } from '../../base/errors.ts';
import type { Content, ContentInfo, Leases } from '../../adapters/containerd/index.ts';
import type { Digest } from '../../spec/digest.ts';

/** On a layer blob: the digest of what it holds unpacked. Source: containerd, `labels/labels.go`. */
export const UNCOMPRESSED_LABEL = 'containerd.io/uncompressed';

const infoOf = async (content: Content, digest: Digest): Promise<ContentInfo | undefined> => {
  try {
    return await content.info(digest);
  } catch (error) {
    if (isKind(error, 'not-found')) return undefined;
    throw error;
  }
};

/** A blob that holds the layer, the wanted one before others: the same files packed in another way do as well. */
export const findLayerBlob = async (
  content: Content,
  digest: Digest,
  diffId: Digest,
): Promise<ContentInfo | undefined> => {
  const exact = (await infoOf(content, digest)) ?? (await infoOf(content, diffId));
  if (exact) return exact;
  for await (const info of content.list([`labels."${UNCOMPRESSED_LABEL}"==${diffId}`])) return info;
  return undefined;
};

/** Puts a blob that is there under `lease`; false when it is not there. */
export const leaseBlob = async (
  { content, leases }: { readonly content: Content; readonly leases: Pick<Leases, 'addResource'> },
  digest: Digest,
  lease: string,
): Promise<boolean> => {
  if (!(await infoOf(content, digest))) return false;
  await leases.addResource(lease, { type: 'content', id: digest });
  // It may have been collected between the two.
  return (await infoOf(content, digest)) !== undefined;
};
