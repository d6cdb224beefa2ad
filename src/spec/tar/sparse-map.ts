// SPDX-License-Identifier: Apache-2.0
import { EngineError } from '../../base/errors.ts';
import { BLOCK } from './entry.ts';
import { readNumber } from './header.ts';
import type { PaxRecords } from './pax.ts';

/**
 * Three ways in which archives say where a sparse file's data lies; all else in it is a hole. Source: GNU tar manual,
 * appendix "Storing Sparse Files".
 */

/** A run of data: its place in the file and its bytes, which follow those of the run before in the archive. */
export interface DataRegion {
  readonly offset: number;
  readonly length: number;
}

/** A sparse file as its map tells it. */
export interface SparseMap {
  /** In the order of the file, none over another, all within `size`. */
  readonly regions: readonly DataRegion[];
  /** Bytes of the whole file, holes and all. */
  readonly size: number;
}

/** The next bytes of the archive. @throws invalid-argument when there are fewer */
export type TakeBytes = (count: number) => Promise<Buffer>;

/** The largest map that is read (bytes), which is what Go's archive/tar takes: maps are held in memory. */
const MAP_LIMIT = 1024 * 1024;

const invalid = (text = 'invalid tar header'): EngineError =>
  new EngineError('invalid-argument', `archive/tar: ${text}`);

const tooLong = (): EngineError => invalid('sparse map too long');

/** @throws invalid-argument for regions that overlap, lie behind one another or reach beyond the file */
export const checkRegions = (regions: readonly DataRegion[], size: number): SparseMap => {
  let end = 0;
  for (const { offset, length } of regions) {
    if (offset < end || length < 0 || offset + length > size) throw invalid();
    end = offset + length;
  }
  if (size < 0 || !Number.isSafeInteger(size)) throw invalid();
  return { regions: regions.filter(({ length }) => length > 0), size };
};

/** @throws invalid-argument unless the archive holds just the `stored` bytes that the map speaks of */
export const checkStored = ({ regions }: SparseMap, stored: number): void => {
  const mapped = regions.reduce((sum, { length }) => sum + length, 0);
  if (mapped > stored) throw invalid('sparse file references non-existent data');
  if (mapped < stored) throw invalid('sparse file contains unreferenced data');
};

/** Offset and length in turns, in decimal digits. */
const regionsOf = (numbers: readonly string[]): DataRegion[] => {
  const regions: DataRegion[] = [];
  for (let at = 0; at < numbers.length; at += 2)
    regions.push({ offset: parseDecimal(numbers[at]), length: parseDecimal(numbers[at + 1]) });
  return regions;
};

const parseDecimal = (text = ''): number => {
  const value = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value)) throw invalid();
  return value;
};

/** A table of offsets and lengths, 12 digits each. It ends early with a field that nobody wrote. */
const readTable = (block: Buffer, start: number, most: number): DataRegion[] => {
  const regions: DataRegion[] = [];
  for (let at = start; at < start + most * 24 && block[at] !== 0; at += 24)
    regions.push({ offset: readNumber(block, at, 12), length: readNumber(block, at + 12, 12) });
  return regions;
};

/**
 * The map of type flag `S`: four regions in the header, 21 in each block that follows while the one before says so. dockerd 20.10
 * refuses such entries when it unpacks (`unhandled tar header type 83`), though its reader understands them.
 */
export const readOldMap = async (header: Buffer, take: TakeBytes): Promise<SparseMap> => {
  if (header.toString('latin1', 257, 263) !== 'ustar ') throw invalid();
  const regions = readTable(header, 386, 4);
  let more = header[482] !== 0;
  for (let bytes = BLOCK; more; bytes += BLOCK) {
    if (bytes > MAP_LIMIT) throw tooLong();
    const block = await take(BLOCK);
    regions.push(...readTable(block, 0, 21));
    more = block[504] !== 0;
  }
  return checkRegions(regions, readNumber(header, 483, 12));
};

const textOf = (records: PaxRecords, keyword: string): string =>
  records.get(`GNU.sparse.${keyword}`)?.toString('utf8') ?? '';

/** What the extended header says of a sparse file. `map` is `undefined` where it stands before the data (version 1.0). */
interface PaxSparse {
  readonly name?: string;
  readonly size?: number;
  readonly map: readonly DataRegion[] | undefined;
}

/** Versions 0.0 and 0.1. The former's repeated records were put together by the parser. */
const parsePaxMap = (records: PaxRecords): readonly DataRegion[] => {
  const map = textOf(records, 'map');
  const numbers = map === '' ? [] : map.split(',');
  if (numbers.length !== 2 * parseDecimal(textOf(records, 'numblocks'))) throw invalid();
  return regionsOf(numbers);
};

/** `undefined` when the entry is not sparse, or of a version that nobody knows. @throws invalid-argument */
export const parsePaxSparse = (records: PaxRecords): PaxSparse | undefined => {
  const version = `${textOf(records, 'major')}.${textOf(records, 'minor')}`;
  const hasMap = version === '0.0' || version === '0.1' || (version === '.' && textOf(records, 'map') !== '');
  if (!hasMap && version !== '1.0') return undefined;
  const name = textOf(records, 'name');
  if (name.includes('\0')) throw invalid();
  const size = textOf(records, 'size') || textOf(records, 'realsize');
  return {
    ...(name !== '' && { name }),
    ...(size !== '' && { size: parseDecimal(size) }),
    map: hasMap ? parsePaxMap(records) : undefined,
  };
};

const NEWLINE = 0x0a;

/** The map of version 1.0, in lines: how many regions, then their numbers. Zeros fill up its last block. */
export const readMapBeforeData = async (take: TakeBytes): Promise<readonly DataRegion[]> => {
  const blocks: Buffer[] = [];
  let lines = 0;
  let wanted: number | undefined;
  while (wanted === undefined || lines < wanted) {
    if (blocks.length * BLOCK >= MAP_LIMIT) throw tooLong();
    const block = await take(BLOCK);
    blocks.push(block);
    for (const byte of block) if (byte === NEWLINE) lines += 1;
    if (wanted === undefined && lines > 0) wanted = 1 + 2 * parseCount(Buffer.concat(blocks));
  }
  const [, ...numbers] = Buffer.concat(blocks).toString('latin1').split('\n', wanted);
  return regionsOf(numbers);
};

/** @throws invalid-argument for more than the largest map can hold */
const parseCount = (start: Buffer): number => {
  const count = parseDecimal(start.toString('latin1', 0, start.indexOf(NEWLINE)));
  if (count > MAP_LIMIT) throw tooLong();
  return count;
};
