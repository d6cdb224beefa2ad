// SPDX-License-Identifier: Apache-2.0
import { lstatSync } from 'node:fs';
import type { Timestamp } from '../../base/time.ts';
import type { NewTarEntry } from '../../spec/tar/entry.ts';
import { getXattr, listXattrs } from '../../sys/xattr.ts';
import { inside } from './open-file.ts';
import type { WalkedFile } from './walk.ts';

/** The overlay's own marks say nothing about the file. */
const isOwn = (name: string): boolean => !/^(trusted|user)\.overlay\./.test(name);

/**
 * An entry with what Docker's archives leave out: all extended attributes, and times to the nanosecond. The topmost directory is
 * `root` itself. @throws by errno for what is gone
 */
export const exactEntry = (entry: NewTarEntry, { place }: WalkedFile, root: number): NewTarEntry => {
  const path = place ? inside(place.directory, place.base) : inside(root, '.');
  const { mtimeNs } = lstatSync(path, { bigint: true });
  const xattrs = new Map<string, Uint8Array>();
  for (const name of listXattrs(path).filter(isOwn)) {
    const value = getXattr(path, name);
    if (value) xattrs.set(name, value);
  }
  return { ...entry, modifiedAt: mtimeNs as Timestamp, xattrs };
};
