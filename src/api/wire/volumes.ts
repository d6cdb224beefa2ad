// SPDX-License-Identifier: Apache-2.0
import { EngineError, messageOf } from '../../base/errors.ts';
import { type Infer, map, omitEmpty, raw, string, struct } from '../../base/go-json.ts';
import { formatRfc3339 } from '../../base/time.ts';
import type { VolumeDetails } from '../../domain/volumes/index.ts';
import type { ApiVersion } from '../version.ts';

/** A map as Go writes it: by its keys. */
const sorted = (map: Readonly<Record<string, string>> | undefined): object | null =>
  map ? Object.fromEntries(Object.entries(map).toSorted(([one], [other]) => (one < other ? -1 : 1))) : null;

/** Engine API, `Volume`. */
export const volumeBody = (volume: VolumeDetails): object => ({
  CreatedAt: formatRfc3339(volume.created),
  Driver: volume.driver,
  Labels: sorted(volume.labels),
  Mountpoint: volume.mountpoint,
  Name: volume.name,
  Options: sorted(volume.options),
  Scope: volume.scope ?? 'local',
  ...(volume.status && { Status: volume.status }),
});

/** Clients before 1.42 know no anonymous volumes: a prune takes all. */
export const prunesNamedVolumes = (api: ApiVersion): boolean => api < 42;

/** Engine API, `VolumeCreateOptions`. */
export const volumeCreateOptions = struct('CreateOptions', {
  name: string,
  driver: string,
  driverOpts: map(string),
  labels: map(string),
  clusterVolumeSpec: omitEmpty(raw),
});

/** Whether a create is about a volume of a cluster, which clients before 1.42 do not know. */
export const isForCluster = (
  { clusterVolumeSpec }: Infer<typeof volumeCreateOptions>,
  api: ApiVersion,
): boolean => api >= 42 && clusterVolumeSpec !== undefined && clusterVolumeSpec !== null;

/** The `labels` of a query: a JSON object of texts. `undefined` when empty. @throws invalid-argument */
export const volumeLabels = (text: string): Readonly<Record<string, string>> | undefined => {
  if (text === '') return undefined;
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch (cause) {
    throw new EngineError('invalid-argument', `invalid labels: ${messageOf(cause)}`, { cause });
  }
  const isMap = typeof read === 'object' && read !== null && !Array.isArray(read);
  if (!isMap || Object.values(read ?? {}).some((value) => typeof value !== 'string'))
    throw new EngineError('invalid-argument', 'invalid labels: not an object of texts');
  return read as Readonly<Record<string, string>>;
};
