// SPDX-License-Identifier: Apache-2.0
import { bool, type Infer, named, omitEmpty, raw, slice, string, struct } from '../../base/go-json.ts';
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
  spec: omitEmpty(raw),
});

type MountPointFile = Infer<typeof mountPointFile>;

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
  spec: {
    Type: point.type,
    Source: point.source,
    Target: point.destination,
    ReadOnly: !point.readWrite,
    ...(point.nonRecursive === true && { BindOptions: { NonRecursive: true } }),
  },
});

const isNonRecursive = (spec: unknown): boolean =>
  (spec as { BindOptions?: { NonRecursive?: boolean } } | undefined)?.BindOptions?.NonRecursive === true;

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
  ...(isNonRecursive(file.spec) && { nonRecursive: true }),
  ...(file.tmpfsOptions && { tmpfsOptions: file.tmpfsOptions }),
});
