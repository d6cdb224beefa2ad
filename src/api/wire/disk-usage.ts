// SPDX-License-Identifier: Apache-2.0
import { EngineError } from '../../base/errors.ts';
import { type Image, layerUsage } from '../../domain/images/index.ts';
import type { VolumeUsage } from '../../domain/volumes/index.ts';
import type { Query } from '../query.ts';
import type { ApiVersion } from '../version.ts';
import { listedImageBody } from './images.ts';
import { volumeBody } from './volumes.ts';

const TYPES = ['container', 'image', 'volume', 'build-cache'] as const;

/** What is measured. */
export type UsageType = (typeof TYPES)[number];

/** The types asked for: all without any, and before 1.42. @throws invalid-argument */
export const usageTypes = (query: Query, api: ApiVersion): ReadonlySet<UsageType> => {
  const asked = api < 42 ? [] : query.texts('type');
  const known = asked.map((text) => {
    const type = TYPES.find((each) => each === text);
    if (type === undefined) throw new EngineError('invalid-argument', `unknown object type: ${text}`);
    return type;
  });
  return new Set(known.length === 0 ? TYPES : known);
};

interface MeasuredImages {
  readonly images: readonly Image[];
  readonly holders: (image: Image) => number;
}

/** `LayersSize` and `Images` of the Engine API's `SystemDataUsageResponse`. */
export const imageUsageBody = (
  measured: MeasuredImages | undefined,
  api: ApiVersion,
): { readonly LayersSize: number; readonly Images: readonly object[] | null } => {
  if (!measured) return { LayersSize: 0, Images: null };
  const { total, shared } = layerUsage(measured.images);
  const rows = measured.images.map((image) => ({
    ...listedImageBody(image, 0, api),
    Containers: measured.holders(image),
    RepoDigests: image.repoDigests.length === 0 ? null : image.repoDigests,
    SharedSize: shared.get(image) ?? 0,
  }));
  return { LayersSize: total, Images: rows };
};

/** `Volumes` of the same. */
export const volumeUsageBody = (measured: readonly VolumeUsage[]): readonly object[] =>
  measured.map(({ volume, size, references }) => ({
    ...volumeBody(volume),
    UsageData: { RefCount: references, Size: size },
  }));
