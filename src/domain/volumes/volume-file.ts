// SPDX-License-Identifier: Apache-2.0
import { bool, decodeDocument, map, string, struct } from '../../base/go-json.ts';
import { formatRfc3339Nano, parseRfc3339, ZERO_TIME } from '../../base/time.ts';
import type { Volume } from './volumes.ts';

/** A volume's document on disk. */
const file = struct('Volume', {
  created: string,
  labels: map(string),
  options: map(string),
  anonymous: bool,
});

export const encodeVolume = (volume: Volume): object =>
  file.encode({
    created: formatRfc3339Nano(volume.created),
    labels: volume.labels,
    options: volume.options,
    anonymous: volume.anonymous,
  }) as object;

/** @throws invalid-argument when the document is none of ours */
export const decodeVolume = (name: string, mountpoint: string, document: unknown): Volume => {
  const { created, labels, options, anonymous } = decodeDocument(file, document);
  return {
    name,
    driver: 'local',
    mountpoint,
    created: parseRfc3339(created) ?? ZERO_TIME,
    anonymous,
    ...(labels && { labels }),
    ...(options && { options }),
  };
};
