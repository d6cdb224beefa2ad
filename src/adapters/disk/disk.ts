// SPDX-License-Identifier: Apache-2.0
import type { Owner } from '../../spec/id-maps.ts';

/** How files get other owners. */
export interface OwnerChange {
  /** The new owner of a file that belongs to this one. May throw: then what was done so far stays. */
  ownerOf(owner: Owner): Owner;
  /**
   * Layers beneath, topmost first, which have the new owners already. A directory with the owner of the same directory
   * there was made from it, and is left alone.
   */
  readonly beneath: readonly string[];
}

/** What is asked of the file system that layers lie on. */
export interface Disk {
  /** Bytes of all files below `directory`, as their sizes say; a file with several names counts once, directories count nothing. */
  contentSize(directory: string): Promise<number>;
  /** Gives all files below `directory`, and itself, other owners; modes and capabilities stay. */
  changeOwners(directory: string, change: OwnerChange): Promise<void>;
  /** `extfs`, `xfs` … of the file system that holds `directory`, in the words of `docker info`. */
  fileSystemOf(directory: string): Promise<string>;
}
