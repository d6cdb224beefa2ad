// SPDX-License-Identifier: Apache-2.0
import {
  type BigIntStats,
  chmodSync,
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  fstatSync,
  lchownSync,
  openSync,
  readlinkSync,
  symlinkSync,
} from 'node:fs';
import { errnoOf } from '../../sys/errno.ts';
import { decodeDevice, encodeDevice, makeNode, setFileTimes } from '../../sys/file-node.ts';
import { O_PATH } from '../../sys/openat2.ts';
import { getXattr, listXattrs, setXattr } from '../../sys/xattr.ts';
import type { ContentCopier } from './copy-content.ts';

/** The path of an open file itself. */
export const self = (fd: number): string => `/proc/self/fd/${fd}`;

/** A name in an open directory: nobody can exchange what leads to it, and a link there is not followed by what follows none. */
export const inside = (directory: number, name: string): string => `/proc/self/fd/${directory}/${name}`;

/** Permission bits with set-id and sticky. */
const PERMISSIONS = 0o7777n;

/** The overlay's own marks say nothing about the file. */
const isOwn = (name: string): boolean => !/^(trusted|user)\.overlay\./.test(name);

/** Extended attributes, of links themselves. Those that the other file system does not take are left. */
const copyXattrs = (source: string, target: string): void => {
  for (const name of listXattrs(source)) {
    const value = isOwn(name) ? getXattr(source, name) : undefined;
    if (!value) continue;
    try {
      setXattr(target, name, value);
    } catch (error) {
      if (errnoOf(error) !== 'EOPNOTSUPP') throw error;
    }
  }
};

const modeOf = ({ mode }: BigIntStats): number => Number(mode & PERMISSIONS);
const ownerOf = ({ uid, gid }: BigIntStats): readonly [number, number] => [Number(uid), Number(gid)];

/** An open directory gets owner, mode, attributes and times of another one. */
export const copyDirectoryAttributes = (source: number, target: number, stats: BigIntStats): void => {
  const path = inside(target, '.');
  lchownSync(path, ...ownerOf(stats));
  copyXattrs(inside(source, '.'), path);
  chmodSync(path, modeOf(stats));
  setFileTimes(path, stats.atimeNs, stats.mtimeNs, true);
};

/** Two open directories: what is `name` in the one is to be `name` in the other. */
export interface Pair {
  readonly source: number;
  readonly target: number;
}

/** Copies a plain file. Nothing is made of one that has become something else since it was looked at. */
export const copyFile = (pair: Pair, name: string, content: ContentCopier): Promise<void> | undefined => {
  const from = openSync(
    inside(pair.source, name),
    constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK,
  );
  using held = new DisposableStack();
  held.adopt(from, closeSync);
  const stats = fstatSync(from, { bigint: true });
  if (!stats.isFile()) return undefined;
  const place = inside(pair.target, name);
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
  const to = held.adopt(openSync(place, flags, 0o600), closeSync);
  const finish = (): void => {
    fchownSync(to, ...ownerOf(stats));
    copyXattrs(inside(pair.source, name), place);
    // Behind the owner: changing that takes the set-id bits away.
    fchmodSync(to, modeOf(stats));
    setFileTimes(self(to), stats.atimeNs, stats.mtimeNs, true);
  };
  const copying = content.copy(from, to, stats);
  if (!copying) {
    finish();
    return undefined;
  }
  const kept = held.move();
  return copying.then(finish).finally(() => kept.dispose());
};

/** Copies a link as it is written. */
export const copyLink = ({ source, target }: Pair, name: string, stats: BigIntStats): void => {
  const place = inside(target, name);
  symlinkSync(readlinkSync(inside(source, name)), place);
  lchownSync(place, ...ownerOf(stats));
  copyXattrs(inside(source, name), place);
  setFileTimes(place, stats.atimeNs, stats.mtimeNs, false);
};

/** Makes a device, FIFO or socket as another one is. */
export const copySpecial = ({ source, target }: Pair, name: string, stats: BigIntStats): void => {
  const place = inside(target, name);
  const { major, minor } = decodeDevice(Number(stats.rdev));
  // The overlay's mark of a removed file, where a layer is read by itself.
  if (stats.isCharacterDevice() && stats.rdev === 0n) return;
  makeNode(place, Number(stats.mode), encodeDevice(major, minor));
  using held = new DisposableStack();
  const made = held.adopt(openSync(place, O_PATH | constants.O_NOFOLLOW), closeSync);
  lchownSync(place, ...ownerOf(stats));
  copyXattrs(inside(source, name), place);
  chmodSync(self(made), modeOf(stats));
  setFileTimes(self(made), stats.atimeNs, stats.mtimeNs, true);
};
