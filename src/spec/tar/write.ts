// SPDX-License-Identifier: Apache-2.0
import type { Timestamp } from '../../base/time.ts';
import { nanosOfSecond, unixSeconds } from '../../base/time.ts';
import { type NewTarEntry, type TarEntry, type TarEntryType, BLOCK, paddingOf } from './entry.ts';
import { checksumOf } from './header.ts';
import { formatPaxRecord, paxXattr } from './pax.ts';

const FLAGS: Readonly<Record<TarEntryType, string>> = {
  file: '0',
  hardlink: '1',
  symlink: '2',
  character: '3',
  block: '4',
  directory: '5',
  fifo: '6',
  other: '0',
};

/** What ends an archive: two blocks of zeros. */
export const TAR_END: Uint8Array = new Uint8Array(2 * BLOCK);

const DEFAULTS: Omit<TarEntry, 'name'> = {
  type: 'file',
  size: 0,
  mode: 0o644,
  uid: 0,
  gid: 0,
  modifiedAt: 0n as Timestamp,
  linkName: '',
  userName: '',
  groupName: '',
  deviceMajor: 0,
  deviceMinor: 0,
  xattrs: new Map(),
};

/** The largest values that ustar's octal fields hold: 7 digits, 11 digits. */
const OCTAL7 = 0o7777777;
const OCTAL11 = 0o77777777777;

const octal = (block: Buffer, start: number, digits: number, value: number): void => {
  block.write(value.toString(8).padStart(digits, '0'), start, digits, 'latin1');
};

const fits = (text: string, bytes: number): boolean => Buffer.byteLength(text) <= bytes;

/** What of `entry` a ustar block can't say, as pax records. */
const recordsOf = (entry: TarEntry): Buffer[] => {
  const seconds = unixSeconds(entry.modifiedAt);
  const nanos = nanosOfSecond(entry.modifiedAt);
  const records: Buffer[] = [];
  const add = (needed: boolean, keyword: string, value: string | Uint8Array): void => {
    if (needed) records.push(formatPaxRecord(keyword, value));
  };
  add(!fits(entry.name, 100), 'path', entry.name);
  add(!fits(entry.linkName, 100), 'linkpath', entry.linkName);
  add(entry.size > OCTAL11, 'size', String(entry.size));
  add(entry.uid > OCTAL7, 'uid', String(entry.uid));
  add(entry.gid > OCTAL7, 'gid', String(entry.gid));
  add(!fits(entry.userName, 32), 'uname', entry.userName);
  add(!fits(entry.groupName, 32), 'gname', entry.groupName);
  const plain = seconds >= 0 && seconds <= OCTAL11 && nanos === 0;
  add(!plain, 'mtime', paxTime(entry.modifiedAt));
  for (const [name, value] of entry.xattrs) add(true, paxXattr(name), value);
  return records;
};

const paxTime = (moment: Timestamp): string => {
  const sign = moment < 0n ? '-' : '';
  const magnitude = moment < 0n ? -(moment as bigint) : moment;
  const fraction = (magnitude % 1_000_000_000n).toString().padStart(9, '0').replace(/0+$/, '');
  return `${sign}${magnitude / 1_000_000_000n}${fraction === '' ? '' : `.${fraction}`}`;
};

const encodeBlock = (entry: TarEntry, flag: string): Buffer => {
  const block = Buffer.alloc(BLOCK);
  block.write(entry.name, 0, 100, 'utf8');
  octal(block, 100, 7, entry.mode & 0o7777);
  octal(block, 108, 7, Math.min(entry.uid, OCTAL7));
  octal(block, 116, 7, Math.min(entry.gid, OCTAL7));
  octal(block, 124, 11, Math.min(entry.size, OCTAL11));
  octal(block, 136, 11, Math.max(0, Math.min(unixSeconds(entry.modifiedAt), OCTAL11)));
  block.write(flag, 156, 1, 'latin1');
  block.write(entry.linkName, 157, 100, 'utf8');
  block.write('ustar\u000000', 257, 8, 'latin1');
  block.write(entry.userName, 265, 32, 'utf8');
  block.write(entry.groupName, 297, 32, 'utf8');
  octal(block, 329, 7, entry.deviceMajor);
  octal(block, 337, 7, entry.deviceMinor);
  block.write(`${checksumOf(block).toString(8).padStart(6, '0')}\0 `, 148, 8, 'latin1');
  return block;
};

/** The header blocks of an entry, with a pax header before it where ustar does not suffice. Its content follows, padded. */
export const encodeHeader = (given: NewTarEntry): Uint8Array => {
  const entry: TarEntry = { ...DEFAULTS, ...given };
  const block = encodeBlock(entry, FLAGS[entry.type]);
  const records = Buffer.concat(recordsOf(entry));
  if (records.length === 0) return block;
  const name = `PaxHeaders.0/${entry.name.slice(0, 80)}`;
  const pax = encodeBlock({ ...DEFAULTS, name, size: records.length }, 'x');
  return Buffer.concat([pax, records, Buffer.alloc(paddingOf(records.length)), block]);
};

/** A member with its whole content. */
export interface TarMember {
  readonly entry: NewTarEntry;
  readonly content?: Uint8Array | string;
}

/** A whole archive in memory: for metadata and tests. */
export const encodeTar = (members: readonly TarMember[]): Uint8Array => {
  const parts: Uint8Array[] = [];
  for (const { entry, content = '' } of members) {
    const bytes = Buffer.from(content);
    const header = encodeHeader({ ...entry, size: bytes.length });
    parts.push(header, bytes, Buffer.alloc(paddingOf(bytes.length)));
  }
  return Buffer.concat([...parts, TAR_END]);
};
