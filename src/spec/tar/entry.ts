// SPDX-License-Identifier: Apache-2.0
import type { Timestamp } from '../../base/time.ts';

/** What a tar entry is. `other` is a type this reader passes on without understanding it. */
export type TarEntryType =
  | 'file'
  | 'hardlink'
  | 'symlink'
  | 'character'
  | 'block'
  | 'directory'
  | 'fifo'
  | 'other';

/** One member of a tar archive (POSIX.1-2001 pax, with the GNU extensions that are found in the wild). */
export interface TarEntry {
  /** As written in the archive: neither cleaned nor checked. */
  readonly name: string;
  readonly type: TarEntryType;
  /** Bytes of content: of a sparse file all, though the archive holds fewer. */
  readonly size: number;
  /** Permission bits with set-id and sticky, 12 bits. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly modifiedAt: Timestamp;
  /** Target of a link; empty for what is none. */
  readonly linkName: string;
  readonly userName: string;
  readonly groupName: string;
  readonly deviceMajor: number;
  readonly deviceMinor: number;
  /** Extended attributes, byte for byte (pax keys `SCHILY.xattr.*`). */
  readonly xattrs: ReadonlyMap<string, Uint8Array>;
}

/** What makes an entry: only the name is a must. */
export type NewTarEntry = Partial<TarEntry> & Pick<TarEntry, 'name'>;

/** Size of a header and the unit to which content is padded. Source: POSIX.1-2001, pax, "ustar Interchange Format". */
export const BLOCK = 512;

/** Bytes that fill up the last block of `size` bytes of content. */
export const paddingOf = (size: number): number => (BLOCK - (size % BLOCK)) % BLOCK;
