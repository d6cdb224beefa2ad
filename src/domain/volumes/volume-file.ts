// SPDX-License-Identifier: Apache-2.0
import { EngineError } from '../../base/errors.ts';
import { bool, decodeDocument, type Infer, map, omitEmpty, string, struct } from '../../base/go-json.ts';
import type { ContainerId } from '../../base/ids.ts';
import { formatRfc3339Nano, parseRfc3339, ZERO_TIME } from '../../base/time.ts';
import type { Volume } from './volumes.ts';

/** A volume's document on disk. The four in the middle are those of a plugin's volume, the last three those of dockerd's own documents. */
const file = struct('Volume', {
  created: string,
  labels: map(string),
  options: map(string),
  anonymous: bool,
  createdFor: omitEmpty(string),
  name: omitEmpty(string),
  driver: omitEmpty(string),
  mountpoint: omitEmpty(string),
  scope: omitEmpty(string),
  mountType: omitEmpty(string),
  mountDevice: omitEmpty(string),
  mountOpts: omitEmpty(string),
});

/** The options of a volume that dockerd has made in this data root. */
const formerOptions = ({
  mountType: type,
  mountDevice: device,
  mountOpts: o,
}: Infer<typeof file>): Volume['options'] => {
  if (type === '' && device === '') return undefined;
  return { ...(type !== '' && { type }), ...(device !== '' && { device }), ...(o !== '' && { o }) };
};

export const encodeVolume = (volume: Volume): object => {
  const remote = volume.driver !== 'local';
  return file.encode({
    created: formatRfc3339Nano(volume.created),
    labels: volume.labels,
    options: volume.options,
    anonymous: volume.anonymous,
    createdFor: volume.createdFor ?? '',
    name: remote ? volume.name : '',
    driver: remote ? volume.driver : '',
    mountpoint: remote ? volume.mountpoint : '',
    scope: volume.scope ?? '',
    mountType: '',
    mountDevice: '',
    mountOpts: '',
  }) as object;
};

const common = (read: Infer<typeof file>) => {
  const { created, labels, options = formerOptions(read), anonymous, createdFor } = read;
  return {
    created: parseRfc3339(created) ?? ZERO_TIME,
    anonymous,
    ...(createdFor !== '' && { createdFor: createdFor as ContainerId }),
    ...(labels && { labels }),
    ...(options && { options }),
  };
};

/** @throws invalid-argument when the document is none of ours */
export const decodeVolume = (name: string, mountpoint: string, document: unknown): Volume => ({
  name,
  driver: 'local',
  mountpoint,
  ...common(decodeDocument(file, document)),
});

/** The record of a plugin's volume. @throws invalid-argument when the document is none of ours */
export const decodeRemoteVolume = (document: unknown): Volume => {
  const read = decodeDocument(file, document);
  if (read.name === '' || read.driver === '')
    throw new EngineError('invalid-argument', 'the record names no volume');
  const { name, driver, mountpoint, scope } = read;
  return { name, driver, mountpoint, ...common(read), ...(scope === 'global' && { scope }) };
};
