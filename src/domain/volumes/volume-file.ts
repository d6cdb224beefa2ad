// SPDX-License-Identifier: Apache-2.0
import { bool, decodeDocument, map, omitEmpty, string, struct } from '../../base/go-json.ts';
import type { ContainerId } from '../../base/ids.ts';
import { formatRfc3339Nano, parseRfc3339, ZERO_TIME } from '../../base/time.ts';
import type { Volume } from './volumes.ts';

/** A volume's document on disk. */
const file = struct('Volume', {
  created: string,
  labels: map(string),
  options: map(string),
  anonymous: bool,
  createdFor: omitEmpty(string),
});

export const encodeVolume = (volume: Volume): object =>
  file.encode({
    created: formatRfc3339Nano(volume.created),
    labels: volume.labels,
    options: volume.options,
    anonymous: volume.anonymous,
    createdFor: volume.createdFor ?? '',
  }) as object;

/** @throws invalid-argument when the document is none of ours */
export const decodeVolume = (name: string, mountpoint: string, document: unknown): Volume => {
  const { created, labels, options, anonymous, createdFor } = decodeDocument(file, document);
  return {
    name,
    driver: 'local',
    mountpoint,
    created: parseRfc3339(created) ?? ZERO_TIME,
    anonymous,
    ...(createdFor !== '' && { createdFor: createdFor as ContainerId }),
    ...(labels && { labels }),
    ...(options && { options }),
  };
};
