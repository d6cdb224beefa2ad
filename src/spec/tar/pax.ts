// SPDX-License-Identifier: Apache-2.0
import { EngineError } from '../../base/errors.ts';
import type { Timestamp } from '../../base/time.ts';
import type { TarEntry } from './entry.ts';

/** Records of a pax extended header: keyword to raw value. */
export type PaxRecords = ReadonlyMap<string, Buffer>;

const XATTR = 'SCHILY.xattr.';

const invalid = (): EngineError => new EngineError('invalid-argument', 'archive/tar: invalid tar header');

/** What a sparse file's map was told by before it became one record: these two in turns, once for each region. */
const SPARSE_NUMBERS = ['GNU.sparse.offset', 'GNU.sparse.numbytes'] as const;

/**
 * `<length> <keyword>=<value>\n`, where the length counts the whole record. The regions of a sparse file of version 0.0 come as
 * the one record `GNU.sparse.map` of 0.1. @throws invalid-argument
 */
export const parsePaxRecords = (bytes: Buffer): PaxRecords => {
  const records = new Map<string, Buffer>();
  const regions: string[] = [];
  for (let at = 0; at < bytes.length;) {
    const space = bytes.indexOf(0x20, at);
    const length = Number(bytes.toString('latin1', at, space));
    const end = at + length;
    const equals = bytes.indexOf(0x3d, space);
    if (space < 0 || !Number.isSafeInteger(length) || equals < 0 || equals >= end || bytes[end - 1] !== 0x0a)
      throw invalid();
    const keyword = bytes.toString('utf8', space + 1, equals);
    const value = bytes.subarray(equals + 1, end - 1);
    if (SPARSE_NUMBERS.some((each) => each === keyword)) addSparseNumber(regions, keyword, value);
    else records.set(keyword, value);
    at = end;
  }
  if (regions.length > 0) records.set('GNU.sparse.map', Buffer.from(regions.join(',')));
  return records;
};

const addSparseNumber = (regions: string[], keyword: string, value: Buffer): void => {
  const text = value.toString('latin1');
  if (keyword !== SPARSE_NUMBERS[regions.length % 2] || text.includes(',')) throw invalid();
  regions.push(text);
};

/** One record. Its length includes the digits of the length itself. */
export const formatPaxRecord = (keyword: string, value: string | Uint8Array): Buffer => {
  const rest = Buffer.concat([Buffer.from(` ${keyword}=`), Buffer.from(value), Buffer.from('\n')]);
  let length = rest.length + 1;
  while (String(length).length + rest.length !== length) length = String(length).length + rest.length;
  return Buffer.concat([Buffer.from(String(length)), rest]);
};

/** `1700000000.25` as a moment; digits beyond nanoseconds are dropped. */
const parsePaxTime = (text: string): Timestamp => {
  const match = /^(-?)(\d+)(?:\.(\d*))?$/.exec(text);
  if (!match) throw invalid();
  const [, sign, whole = '0', fraction = ''] = match;
  const value = BigInt(whole) * 1_000_000_000n + BigInt(fraction.slice(0, 9).padEnd(9, '0'));
  return (sign === '-' ? -value : value) as Timestamp;
};

const parsePaxNumber = (text: string): number => {
  const value = Number(text);
  if (!/^-?\d+$/.test(text) || !Number.isSafeInteger(value)) throw invalid();
  return value;
};

const parsePaxSize = (text: string): number => {
  const size = parsePaxNumber(text);
  if (size < 0) throw invalid();
  return size;
};

const parsePaxText = (text: string): string => {
  if (text.includes('\0')) throw invalid();
  return text;
};

/** What each keyword says of an entry. An empty value takes the record back. */
const READERS: Readonly<Record<string, (value: string) => Partial<TarEntry>>> = {
  path: (name) => ({ name: parsePaxText(name) }),
  linkpath: (linkName) => ({ linkName: parsePaxText(linkName) }),
  size: (size) => ({ size: parsePaxSize(size) }),
  uid: (uid) => ({ uid: parsePaxNumber(uid) }),
  gid: (gid) => ({ gid: parsePaxNumber(gid) }),
  uname: (userName) => ({ userName: parsePaxText(userName) }),
  gname: (groupName) => ({ groupName: parsePaxText(groupName) }),
  mtime: (mtime) => ({ modifiedAt: parsePaxTime(mtime) }),
};

/** `entry` as the extended header corrects it. */
export const applyPaxRecords = (entry: TarEntry, records: PaxRecords): TarEntry => {
  const xattrs = new Map(entry.xattrs);
  const changes: Partial<TarEntry>[] = [];
  for (const [keyword, value] of records) {
    if (keyword.startsWith(XATTR)) xattrs.set(keyword.slice(XATTR.length), value);
    else if (value.length > 0) changes.push(READERS[keyword]?.(value.toString('utf8')) ?? {});
  }
  return Object.assign({}, entry, ...changes, { xattrs }) as TarEntry;
};

/** The keyword of an extended attribute. */
export const paxXattr = (name: string): string => XATTR + name;
