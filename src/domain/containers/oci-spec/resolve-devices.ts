// SPDX-License-Identifier: Apache-2.0
import { type Stats, lstatSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { EngineError } from '../../../base/errors.ts';
import type { HostConfig } from '../../../spec/host-config.ts';
import { blockDevicePaths } from './block-io.ts';
import type { DeviceNode, HostDevices } from './oci-spec.ts';

type Placed = HostDevices['nodes'][number];

/** Not devices of the machine but of terminals, or file systems of their own. */
const SKIPPED = new Set(['pts', 'shm', 'fd', 'mqueue', '.lxc', '.lxd-mounts', '.udev', 'console']);

const PERMISSIONS = 0o7777;

/** The kernel's split of a device number as stat(2) gives it (include/linux/kdev_t.h, new_decode_dev for 64 bits). */
const majorOf = (rdev: number): number => {
  const device = BigInt(rdev);
  return Number(((device >> 8n) & 0xfffn) | ((device >> 32n) & 0xffff_f000n));
};
const minorOf = (rdev: number): number => {
  const device = BigInt(rdev);
  return Number((device & 0xffn) | ((device >> 12n) & 0xffff_ff00n));
};

const nodeOf = (stats: Stats): DeviceNode | undefined => {
  const type = stats.isBlockDevice() ? 'b' : stats.isCharacterDevice() ? 'c' : undefined;
  if (type === undefined) return undefined;
  const { rdev, uid, gid, mode } = stats;
  return { type, major: majorOf(rdev), minor: minorOf(rdev), mode: mode & PERMISSIONS, uid, gid };
};

const noDevice = (path: string, reason: string, cause?: unknown): EngineError =>
  new EngineError(
    'internal',
    `error gathering device information while adding custom device "${path}": ${reason}`,
    { cause },
  );

/** Every device below `directory`, under the same path below `target`. One that vanishes meanwhile is left out. */
const walk = (directory: string, target: string, access: string): readonly Placed[] =>
  readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    if (SKIPPED.has(entry.name)) return [];
    const path = join(directory, entry.name);
    const inside = join(target, entry.name);
    if (entry.isDirectory()) return walk(path, inside, access);
    const stats = lstatSync(path, { throwIfNoEntry: false });
    const node = stats && nodeOf(stats);
    return node ? [{ ...node, path: inside, access }] : [];
  });

const custom = (path: string, inside: string, access: string): readonly Placed[] => {
  let real: string;
  try {
    real = realpathSync(path);
  } catch (cause) {
    throw noDevice(path, 'no such file or directory', cause);
  }
  const stats = statSync(real);
  const node = nodeOf(stats);
  if (node) return [{ ...node, path: inside, access }];
  const below = stats.isDirectory() ? walk(real, inside, access) : [];
  if (below.length === 0) throw noDevice(path, 'not a device node');
  return below;
};

/** A device of the host as it is now. @throws not-found for what is no device */
export const lookAtDevice = (path: string): DeviceNode => {
  const stats = statSync(path, { throwIfNoEntry: false });
  const node = stats && nodeOf(stats);
  if (node) return node;
  throw new EngineError(
    'not-found',
    `failed to stat CDI host device "${path}": ${stats ? 'not a device node' : 'no such file or directory'}`,
  );
};

const limited = (path: string): DeviceNode => {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (!stats) throw new EngineError('internal', `stat ${path}: no such file or directory`);
  // What is no device has no numbers: the kernel refuses it.
  return nodeOf(stats) ?? { type: 'b', major: 0, minor: 0, mode: 0, uid: 0, gid: 0 };
};

/**
 * Looks up the devices that `config` asks for; a privileged container gets all of `root` (the host's /dev).
 * @throws internal `error gathering device information while adding custom device "/dev/x": no such file or directory`
 */
export const resolveDevices = (config: HostConfig, root = '/dev'): HostDevices => {
  const asked = (config.devices ?? []).flatMap(({ pathOnHost, pathInContainer, cgroupPermissions }) =>
    custom(pathOnHost, pathInContainer === '' ? pathOnHost : pathInContainer, cgroupPermissions),
  );
  const all = config.privileged ? walk(root, '/dev', 'rwm') : [];
  const byPath = new Map(blockDevicePaths(config).map((path) => [path, limited(path)] as const));
  const nodes = new Map([...all, ...asked].map((node) => [node.path, node]));
  return { nodes: [...nodes.values()], byPath };
};
