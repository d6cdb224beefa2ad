// SPDX-License-Identifier: Apache-2.0
import { normalizePlatform, type Platform } from './platform.ts';

/** Variants of `architecture` below `variant`, best first, down to `lowest`; the last is written as none on amd64. */
const below = (os: string, architecture: string, variant: string, lowest: number): Platform[] => {
  const level = Number(/^v(\d+)$/.exec(variant)?.[1] ?? lowest);
  const steps = Array.from({ length: Math.max(0, level - lowest) }, (_, index) => level - 1 - index);
  return steps.map((step) => normalizePlatform({ os, architecture, variant: `v${step}` }));
};

/** What a machine of `platform` runs, best first: itself, lesser variants, and the 32-bit relative of a 64-bit machine. */
export const compatiblePlatforms = (platform: Platform): readonly Platform[] => {
  const own = normalizePlatform(platform);
  const { os, architecture, variant = '' } = own;
  if (architecture === 'amd64') return [own, ...below(os, 'amd64', variant, 1), { os, architecture: '386' }];
  if (architecture === 'arm') return [own, ...below(os, 'arm', variant, 5)];
  if (architecture !== 'arm64') return [own];
  return [
    own,
    ...(variant === '' ? [] : [{ os, architecture }]),
    ...compatiblePlatforms({ os, architecture: 'arm', variant: 'v8' }),
  ];
};

const isSame = (one: Platform, other: Platform): boolean =>
  one.os === other.os && one.architecture === other.architecture && one.variant === other.variant;

/** How well `candidate` suits `wanted`: 0 is best; `undefined` when it does not run there. */
export const platformRank = (wanted: Platform, candidate: Platform): number | undefined => {
  const normal = normalizePlatform(candidate);
  const rank = compatiblePlatforms(wanted).findIndex((platform) => isSame(platform, normal));
  return rank < 0 ? undefined : rank;
};

/** True when an image for `candidate` runs on `wanted`. */
export const matchesPlatform = (wanted: Platform, candidate: Platform): boolean =>
  platformRank(wanted, candidate) !== undefined;

/** The best of `items` for `wanted`; of equals the first. Items without a platform never match. */
export const choosePlatform = <Item extends { readonly platform?: Platform }>(
  wanted: Platform,
  items: readonly Item[],
): Item | undefined => {
  const ranked = items.flatMap((item) => {
    const rank = item.platform && platformRank(wanted, item.platform);
    return rank === undefined ? [] : [{ item, rank }];
  });
  return ranked.toSorted((one, other) => one.rank - other.rank)[0]?.item;
};
