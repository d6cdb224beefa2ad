// SPDX-License-Identifier: Apache-2.0
import { constants, type Stats } from 'node:fs';
import {
  chmod,
  copyFile,
  lchown,
  link,
  lstat,
  lutimes,
  mkdir,
  readdir,
  readlink,
  symlink,
  utimes,
} from 'node:fs/promises';
import { makeFifo } from '../../sys/fifo.ts';
import { getXattr, listXattrs, setXattr } from '../../sys/xattr.ts';

/** Files with several names: where the first of them was copied to, by inode. */
type Links = Map<number, string>;

/** The overlay's own marks say nothing about the file. */
const isOwn = (name: string): boolean => !name.startsWith('trusted.overlay.');

const copyAttributes = async (source: string, target: string, stat: Stats): Promise<void> => {
  await lchown(target, stat.uid, stat.gid);
  for (const name of listXattrs(source).filter(isOwn)) {
    const value = getXattr(source, name);
    if (value) setXattr(target, name, value);
  }
  if (stat.isSymbolicLink()) {
    await lutimes(target, stat.atime, stat.mtime);
    return;
  }
  // Behind the owner: changing that takes the set-id bits away.
  await chmod(target, stat.mode & 0o7777);
  await utimes(target, stat.atime, stat.mtime);
};

const copyEntries = async (source: string, target: string, links: Links): Promise<void> => {
  for (const name of await readdir(source)) await copyEntry(`${source}/${name}`, `${target}/${name}`, links);
};

/** Makes the entry itself; false for devices and sockets, which no volume is given. */
const makeEntry = async (source: string, target: string, stat: Stats, links: Links): Promise<boolean> => {
  if (stat.isDirectory()) {
    await mkdir(target);
    await copyEntries(source, target, links);
  } else if (stat.isFile()) await copyFile(source, target, constants.COPYFILE_FICLONE);
  else if (stat.isSymbolicLink()) await symlink(await readlink(source), target);
  else if (stat.isFIFO()) makeFifo(target, stat.mode & 0o7777);
  else return false;
  return true;
};

const copyEntry = async (source: string, target: string, links: Links): Promise<void> => {
  const stat = await lstat(source);
  const first = stat.isDirectory() || stat.nlink < 2 ? undefined : links.get(stat.ino);
  if (first !== undefined) return link(first, target);
  if (!(await makeEntry(source, target, stat, links))) return undefined;
  if (stat.nlink > 1) links.set(stat.ino, target);
  return copyAttributes(source, target, stat);
};

/** Copies all that is in `source` into the directory `target`, which also gets the attributes of `source` itself. */
export const copyTree = async (source: string, target: string): Promise<void> => {
  // With the final dot the directory is meant even where `source` is a link to it (/proc/self/fd).
  const stat = await lstat(`${source}/.`);
  await copyEntries(source, target, new Map());
  await copyAttributes(`${source}/.`, target, stat);
};
