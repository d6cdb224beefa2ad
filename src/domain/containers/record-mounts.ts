// SPDX-License-Identifier: Apache-2.0
import { bool, type Infer, named, omitEmpty, raw, slice, string, struct } from '../../base/go-json.ts';
import type { ImageId } from '../../spec/digest.ts';
import type { MountPoint } from './container.ts';

/** An entry of `MountPoints` in a container's document on disk, in dockerd's shape. */
export const mountPointFile = struct('MountPoint', {
  source: string,
  destination: string,
  rw: named('RW', bool),
  name: string,
  driver: string,
  type: string,
  mode: string,
  propagation: string,
  relabel: string,
  skipMountpointCreation: bool,
  tmpfsOptions: omitEmpty(slice(string)),
  imageID: omitEmpty(string),
  spec: omitEmpty(raw),
});

type MountPointFile = Infer<typeof mountPointFile>;

/** The options that tell mount points of one type apart, under the names of the API. */
const optionsOf = ({ type, nonRecursive, readOnlyNonRecursive, subpath }: MountPoint): object => {
  if (subpath !== undefined)
    return { [type === 'image' ? 'ImageOptions' : 'VolumeOptions']: { Subpath: subpath } };
  if (!nonRecursive && !readOnlyNonRecursive) return {};
  return {
    BindOptions: {
      ...(nonRecursive && { NonRecursive: true }),
      ...(readOnlyNonRecursive && { ReadOnlyNonRecursive: true }),
    },
  };
};

/** What stands on disk for a mount point. */
export const mountPointToFile = (point: MountPoint): MountPointFile => ({
  source: point.source,
  destination: point.destination,
  rw: point.readWrite,
  name: point.name,
  driver: point.driver,
  type: point.type,
  mode: point.mode,
  propagation: point.propagation,
  relabel: '',
  skipMountpointCreation: !point.createSource,
  tmpfsOptions: point.tmpfsOptions,
  imageID: point.imageId ?? '',
  spec: {
    Type: point.type,
    Source: point.source,
    Target: point.destination,
    ReadOnly: !point.readWrite,
    ...optionsOf(point),
  },
});

interface SpecOnDisk {
  readonly BindOptions?: { readonly NonRecursive?: boolean; readonly ReadOnlyNonRecursive?: boolean };
  readonly VolumeOptions?: { readonly Subpath?: string };
  readonly ImageOptions?: { readonly Subpath?: string };
}

const optionsFromFile = (
  spec: unknown,
): Pick<MountPoint, 'nonRecursive' | 'readOnlyNonRecursive' | 'subpath'> => {
  const { BindOptions: bind, VolumeOptions: volume, ImageOptions: image } = (spec ?? {}) as SpecOnDisk;
  const subpath = volume?.Subpath ?? image?.Subpath ?? '';
  return {
    ...(bind?.NonRecursive && { nonRecursive: true }),
    ...(bind?.ReadOnlyNonRecursive && { readOnlyNonRecursive: true }),
    ...(subpath !== '' && { subpath }),
  };
};

/** The mount point that stands on disk. */
export const mountPointFromFile = (file: MountPointFile): MountPoint => ({
  type: file.type as MountPoint['type'],
  name: file.name,
  source: file.source,
  destination: file.destination,
  driver: file.driver,
  mode: file.mode,
  readWrite: file.rw,
  propagation: file.propagation,
  createSource: !file.skipMountpointCreation,
  ...optionsFromFile(file.spec),
  ...(file.imageID !== '' && { imageId: file.imageID as ImageId }),
  ...(file.tmpfsOptions && { tmpfsOptions: file.tmpfsOptions }),
});
