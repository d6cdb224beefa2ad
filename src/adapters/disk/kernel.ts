// SPDX-License-Identifier: Apache-2.0
import type { BigIntStats } from 'node:fs';
import { lstat, readdir, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { changeOwners } from './change-owners.ts';
import type { Disk } from './disk.ts';

/** Magic numbers of statfs(2). Source: linux/magic.h. */
const FILE_SYSTEMS: Readonly<Record<number, string>> = {
  0xef53: 'extfs',
  0x58465342: 'xfs',
  0x9123683e: 'btrfs',
  0x01021994: 'tmpfs',
  0x794c7630: 'overlayfs',
  0x2fc12fc1: 'zfs',
  0xf2f52010: 'f2fs',
  0x6969: 'nfs',
};

/** Files of one directory that are asked for at once. */
const BATCH = 64;

/** A file that is gone by now has no size. */
const statOf = (path: string): Promise<BigIntStats | undefined> =>
  lstat(path, { bigint: true }).catch(() => undefined);

const sizeOf = (stats: readonly (BigIntStats | undefined)[], seen: Set<bigint>): number => {
  let size = 0;
  for (const stat of stats) {
    if (!stat || (stat.nlink > 1n && seen.has(stat.ino))) continue;
    if (stat.nlink > 1n) seen.add(stat.ino);
    size += Number(stat.size);
  }
  return size;
};

const walk = async (directory: string, seen: Set<bigint>): Promise<number> => {
  const entries = await readdir(directory, { withFileTypes: true }).catch(() => []);
  let size = 0;
  for (const entry of entries.filter((found) => found.isDirectory()))
    size += await walk(join(directory, entry.name), seen);
  const files = entries.filter((found) => !found.isDirectory());
  for (let at = 0; at < files.length; at += BATCH) {
    const batch = files.slice(at, at + BATCH).map((file) => statOf(join(directory, file.name)));
    size += sizeOf(await Promise.all(batch), seen);
  }
  return size;
};

/** The machine's own disk. */
export const createDisk = (): Disk => ({
  changeOwners,
  contentSize: (directory) => walk(directory, new Set()),
  fileSystemOf: async (directory) => FILE_SYSTEMS[(await statfs(directory)).type] ?? '<unknown>',
});
