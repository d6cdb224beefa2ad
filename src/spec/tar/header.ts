// SPDX-License-Identifier: Apache-2.0
import { EngineError } from '../../base/errors.ts';
import { fromUnix } from '../../base/time.ts';
import { type TarEntry, type TarEntryType, BLOCK } from './entry.ts';

/** The type flags of ustar, by what they are here. `7` (contiguous), NUL (v7) and `S` (GNU, sparse) are files. */
const TYPES: Readonly<Record<string, TarEntryType>> = {
  '0': 'file',
  '\0': 'file',
  '7': 'file',
  S: 'file',
  '1': 'hardlink',
  '2': 'symlink',
  '3': 'character',
  '4': 'block',
  '5': 'directory',
  '6': 'fifo',
};

/** A decoded block: the entry as the block alone tells it, and the raw type flag. */
export interface TarHeader {
  readonly block: Buffer;
  readonly flag: string;
  readonly entry: TarEntry;
}

const invalid = (): EngineError => new EngineError('invalid-argument', 'archive/tar: invalid tar header');

const NO_XATTRS: ReadonlyMap<string, Uint8Array> = new Map();

const text = (block: Buffer, start: number, length: number): string => {
  const end = block.indexOf(0, start);
  return block.toString('utf8', start, end < 0 || end > start + length ? start + length : end);
};

/** A number in octal digits, or in base 256 when the first byte's top bit is set (GNU, for what octal can't hold). @throws invalid-argument */
export const readNumber = (block: Buffer, start: number, length: number): number => {
  const first = block[start] ?? 0;
  if (first & 0x80) return base256(block.subarray(start, start + length));
  const digits = block
    .toString('latin1', start, start + length)
    .replaceAll('\0', ' ')
    .trim();
  if (digits === '') return 0;
  if (!/^[0-7]+$/.test(digits)) throw invalid();
  return Number.parseInt(digits, 8);
};

const base256 = (field: Buffer): number => {
  const negative = ((field[0] ?? 0) & 0x40) !== 0;
  let value = negative ? -1n : 0n;
  for (const [index, byte] of field.entries())
    value = (value << 8n) | BigInt(index === 0 ? (negative ? byte | 0x80 : byte & 0x7f) : byte);
  if (value > BigInt(Number.MAX_SAFE_INTEGER) || value < BigInt(Number.MIN_SAFE_INTEGER)) throw invalid();
  return Number(value);
};

/** Field places in the block. Source: POSIX.1-2001, pax, "ustar Interchange Format". */
const CHECKSUM = { start: 148, length: 8 } as const;

/** The header's sum, its own field counted as spaces: unsigned as the standard has it, signed as old tars wrote it. */
const sums = (block: Buffer): { readonly unsigned: number; readonly signed: number } => {
  let unsigned = 0;
  let signed = 0;
  for (let at = 0; at < BLOCK; at += 1) {
    const inField = at >= CHECKSUM.start && at < CHECKSUM.start + CHECKSUM.length;
    const byte = inField ? 0x20 : (block[at] as number);
    unsigned += byte;
    signed += byte > 127 ? byte - 256 : byte;
  }
  return { unsigned, signed };
};

export const checksumOf = (block: Buffer): number => sums(block).unsigned;

/** True for a block of zeros: two of them end an archive. */
export const isZeroBlock = (block: Buffer): boolean => block.every((byte) => byte === 0);

/** @throws invalid-argument when the block is no tar header */
export const decodeHeader = (block: Buffer): TarHeader => {
  const written = readNumber(block, CHECKSUM.start, CHECKSUM.length);
  const { unsigned, signed } = sums(block);
  if (written !== unsigned && written !== signed) throw invalid();
  const flag = String.fromCharCode(block[156] ?? 0);
  const size = readNumber(block, 124, 12);
  if (size < 0) throw invalid();
  const name = text(block, 0, 100);
  const type = TYPES[flag] ?? 'other';
  return {
    block,
    flag,
    entry: {
      name: prefixOf(block) + name,
      type: type === 'file' && flag !== 'S' && name.endsWith('/') ? 'directory' : type,
      size: hasContent(type) ? size : 0,
      mode: readNumber(block, 100, 8) & 0o7777,
      uid: readNumber(block, 108, 8),
      gid: readNumber(block, 116, 8),
      modifiedAt: fromUnix(BigInt(readNumber(block, 136, 12))),
      linkName: text(block, 157, 100),
      ...ownersOf(block),
      xattrs: NO_XATTRS,
    },
  };
};

/** Links, devices and directories may carry a size, which counts no bytes. */
export const hasContent = (type: TarEntryType): boolean => type === 'file' || type === 'other';

const isUstar = (block: Buffer): boolean => block.toString('latin1', 257, 262) === 'ustar';

/** GNU's own magic (`ustar` and two spaces) uses the prefix's bytes for other things. */
const prefixOf = (block: Buffer): string => {
  if (!isUstar(block) || block[262] === 0x20) return '';
  const prefix = text(block, 345, 155);
  return prefix === '' ? '' : `${prefix}/`;
};

const ownersOf = (
  block: Buffer,
): Pick<TarEntry, 'userName' | 'groupName' | 'deviceMajor' | 'deviceMinor'> => {
  if (!isUstar(block)) return { userName: '', groupName: '', deviceMajor: 0, deviceMinor: 0 };
  return {
    userName: text(block, 265, 32),
    groupName: text(block, 297, 32),
    deviceMajor: readNumber(block, 329, 8),
    deviceMinor: readNumber(block, 337, 8),
  };
};
