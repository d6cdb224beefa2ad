// SPDX-License-Identifier: Apache-2.0
import { chmodSync, lchownSync, lstatSync, readdirSync, type Stats } from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';
import { getXattr, setXattr } from '../../sys/xattr.ts';
import type { OwnerChange } from './disk.ts';

/** Files dealt with before others get their turn. */
const TURN_AFTER = 100;
/** The attribute that changing an owner takes away. */
const CAPABILITY = 'security.capability';
/** Set-user-id and set-group-id, which changing an owner takes away as well. */
const SET_ID = 0o6000;

const look = (path: string): Stats | undefined => lstatSync(path, { throwIfNoEntry: false });

class OwnerChanges {
  readonly #change: OwnerChange;
  /** Files with several names that have been dealt with, by inode. */
  readonly #seen = new Set<number>();
  #count = 0;

  constructor(change: OwnerChange) {
    this.#change = change;
  }

  async at(path: string, relative: string, isDirectory: boolean): Promise<void> {
    this.#count += 1;
    if (this.#count % TURN_AFTER === 0) await turn();
    const stats = lstatSync(path);
    if (!this.#isSettled(stats, relative)) this.#give(path, stats);
    if (!isDirectory) return;
    for (const entry of readdirSync(path, { withFileTypes: true }))
      await this.at(`${path}/${entry.name}`, `${relative}/${entry.name}`, entry.isDirectory());
  }

  #isSettled(stats: Stats, relative: string): boolean {
    if (!stats.isDirectory()) {
      if (stats.nlink < 2) return false;
      const isSeen = this.#seen.has(stats.ino);
      this.#seen.add(stats.ino);
      return isSeen;
    }
    for (const layer of this.#change.beneath) {
      const found = look(layer + relative);
      if (found) return found.isDirectory() && found.uid === stats.uid && found.gid === stats.gid;
    }
    return false;
  }

  #give(path: string, stats: Stats): void {
    const { uid, gid } = this.#change.ownerOf(stats);
    const isFile = stats.isFile();
    const capability = isFile ? getXattr(path, CAPABILITY) : undefined;
    lchownSync(path, uid, gid);
    if (isFile && (stats.mode & SET_ID) !== 0) chmodSync(path, stats.mode & 0o7777);
    if (capability) setXattr(path, CAPABILITY, capability);
  }
}

/** Gives everything below `directory`, and itself, the owner that `change` says. */
export const changeOwners = async (directory: string, change: OwnerChange): Promise<void> =>
  new OwnerChanges(change).at(directory, '', true);
