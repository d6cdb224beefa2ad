// SPDX-License-Identifier: Apache-2.0
import { map, string, struct } from '../../base/go-json.ts';
import { formatRfc3339 } from '../../base/time.ts';
import type { Volume } from '../../domain/volumes/index.ts';

/** Engine API, `Volume`. */
export const volumeBody = (volume: Volume): object => ({
  CreatedAt: formatRfc3339(volume.created),
  Driver: volume.driver,
  Labels: volume.labels ?? null,
  Mountpoint: volume.mountpoint,
  Name: volume.name,
  Options: volume.options ?? null,
  Scope: 'local',
});

/** Engine API, `VolumeCreateOptions`. */
export const volumeCreateOptions = struct('CreateOptions', {
  name: string,
  driver: string,
  driverOpts: map(string),
  labels: map(string),
});
