// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import type { Branded } from '../base/brand.ts';

/** `algorithm:hex`, as `sha256:` and 64 hex digits. */
export type Digest = Branded<string, 'Digest'>;
/** The digest of an image's configuration bytes. */
export type ImageId = Branded<Digest, 'ImageId'>;
/** Names a stack of layers by their uncompressed digests (OCI image-spec, "Layer ChainID"). */
export type ChainId = Branded<Digest, 'ChainId'>;

const LENGTHS: Readonly<Record<string, number>> = { sha256: 64, sha384: 96, sha512: 128 };

/** `text` as a digest, or `undefined` when its algorithm is unknown or its hex does not fit it. */
export const parseDigest = (text: string): Digest | undefined => {
  const [algorithm = '', hex = '', ...rest] = text.split(':');
  if (rest.length > 0 || LENGTHS[algorithm] !== hex.length || !/^[0-9a-f]+$/.test(hex)) return undefined;
  return text as Digest;
};

export const sha256 = (bytes: Uint8Array | string): Digest =>
  `sha256:${createHash('sha256').update(bytes).digest('hex')}` as Digest;

/** The hex part. */
export const hexOf = (digest: Digest): string => digest.slice(digest.indexOf(':') + 1);

/** The chain of `diffIds`, base layer first; of no layers there is none. */
export const chainId = (diffIds: readonly Digest[]): ChainId | undefined =>
  diffIds.reduce<ChainId | undefined>(
    (chain, diff) => (chain === undefined ? (diff as ChainId) : (sha256(`${chain} ${diff}`) as ChainId)),
    undefined,
  );
