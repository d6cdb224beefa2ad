// SPDX-License-Identifier: Apache-2.0
import { MS } from '../../sys/mount.ts';

/** Words of mount(8) that set flags. Source: mount(8), "filesystem-independent mount options"; linux/mount.h. */
const SETS: Readonly<Record<string, number>> = {
  ro: MS.readOnly,
  nosuid: MS.noSuid,
  nodev: MS.noDev,
  noexec: MS.noExec,
  sync: MS.synchronous,
  dirsync: MS.directorySynchronous,
  remount: MS.remount,
  mand: MS.mandatoryLock,
  noatime: MS.noAccessTime,
  nodiratime: MS.noDirectoryAccessTime,
  relatime: MS.relativeAccessTime,
  strictatime: MS.strictAccessTime,
  bind: MS.bind,
  rbind: MS.bind | MS.recursive,
  unbindable: MS.unbindable,
  runbindable: MS.unbindable | MS.recursive,
  private: MS.private,
  rprivate: MS.private | MS.recursive,
  shared: MS.shared,
  rshared: MS.shared | MS.recursive,
  slave: MS.slave,
  rslave: MS.slave | MS.recursive,
};

/** Words that take flags back. */
const CLEARS: Readonly<Record<string, number>> = {
  defaults: 0,
  rw: MS.readOnly,
  suid: MS.noSuid,
  dev: MS.noDev,
  exec: MS.noExec,
  async: MS.synchronous,
  nomand: MS.mandatoryLock,
  atime: MS.noAccessTime,
  diratime: MS.noDirectoryAccessTime,
  norelatime: MS.relativeAccessTime,
  nostrictatime: MS.strictAccessTime,
};

/** How a mount takes part in what happens at other places. */
export const PROPAGATION = MS.unbindable | MS.private | MS.slave | MS.shared;

/** Reads `ro,noexec,size=1m`: flags of the kernel, and what is the file system's own business. */
export const parseMountOptions = (text: string): { readonly flags: number; readonly data: string } => {
  let flags = 0;
  const data: string[] = [];
  for (const word of text.split(',')) {
    const [set, clear] = [SETS[word], CLEARS[word]];
    if (set !== undefined) flags |= set;
    else if (clear !== undefined) flags &= ~clear;
    else if (word !== '') data.push(word);
  }
  return { flags, data: data.join(',') };
};
