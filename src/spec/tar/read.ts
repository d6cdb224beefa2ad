// SPDX-License-Identifier: Apache-2.0
import { EngineError } from '../../base/errors.ts';
import { ByteSource } from './byte-source.ts';
import { type TarEntry, BLOCK, paddingOf } from './entry.ts';
import { decodeHeader, hasContent, isZeroBlock, type TarHeader } from './header.ts';
import { applyPaxRecords, type PaxRecords, parsePaxRecords } from './pax.ts';
import { fillHoles, type TarPiece } from './sparse-content.ts';
import {
  checkRegions,
  checkStored,
  type DataRegion,
  parsePaxSparse,
  readMapBeforeData,
  readOldMap,
  type SparseMap,
} from './sparse-map.ts';

/** The largest extended header that is read (bytes): a long name or a few extended attributes fit many times. */
const EXTENSION_LIMIT = 1024 * 1024;

/** An entry while the reader stands on it. */
export interface TarPart {
  readonly entry: TarEntry;
  /** The content. Read it before asking for the next part; what is left of it is skipped then. */
  readonly content: AsyncIterable<Uint8Array>;
  /** A sparse file's data without its holes, in the order of the file: for who can leave holes. Instead of `content`. */
  readonly pieces?: AsyncIterable<TarPiece>;
}

/** What precedes an entry and changes it. */
interface Extensions {
  records?: PaxRecords;
  longName?: string;
  longLink?: string;
}

const unexpectedEnd = (): EngineError => new EngineError('invalid-argument', 'unexpected EOF');

const invalidHeader = (): EngineError =>
  new EngineError('invalid-argument', 'archive/tar: invalid tar header');

const text = (bytes: Buffer): string => {
  const end = bytes.indexOf(0);
  return bytes.toString('utf8', 0, end < 0 ? bytes.length : end);
};

class TarReader {
  readonly #source: ByteSource;
  #globals: PaxRecords = new Map();
  /** Content bytes of the present entry that nobody has read, and its padding. */
  #unread = 0;
  #padding = 0;

  constructor(source: ByteSource) {
    this.#source = source;
  }

  async next(): Promise<TarPart | undefined> {
    await this.#source.skip(this.#unread);
    await this.#skipPadding();
    const extensions: Extensions = {};
    for (;;) {
      const header = await this.#header();
      if (!header) return undefined;
      if (await this.#readExtension(header, extensions)) continue;
      const entry = this.#extend(header.entry, extensions);
      this.#unread = entry.size;
      this.#padding = paddingOf(entry.size);
      const sparse =
        header.flag === 'S'
          ? await this.#readOldSparse(header, entry)
          : await this.#readPaxSparse(entry, extensions.records);
      return sparse ?? { entry, content: this.#content(this.#unread) };
    }
  }

  /** Further blocks of the map belong to the header, not to the content. */
  async #readOldSparse({ block }: TarHeader, entry: TarEntry): Promise<TarPart> {
    return this.#sparsePart(entry, await readOldMap(block, (count) => this.#source.exactly(count)));
  }

  async #readPaxSparse(entry: TarEntry, records: PaxRecords = new Map()): Promise<TarPart | undefined> {
    const sparse = parsePaxSparse(records);
    if (!sparse) return undefined;
    if (!hasContent(entry.type)) throw invalidHeader();
    const regions = sparse.map ?? (await readMapBeforeData((count) => this.#takeStored(count)));
    const named = sparse.name === undefined ? entry : { ...entry, name: sparse.name };
    return this.#sparsePart(named, checkRegions(regions, sparse.size ?? entry.size));
  }

  #sparsePart(entry: TarEntry, map: SparseMap): TarPart {
    checkStored(map, this.#unread);
    const pieces = this.#pieces(map.regions);
    return { entry: { ...entry, size: map.size }, content: fillHoles(pieces, map.size), pieces };
  }

  /** Content bytes in one piece. @throws invalid-argument for more than there are */
  async #takeStored(count: number): Promise<Buffer> {
    if (count > this.#unread) throw unexpectedEnd();
    const bytes = await this.#source.exactly(count);
    this.#unread -= count;
    return bytes;
  }

  /** Some writers leave out the last padding, or the end of the archive. */
  async #skipPadding(): Promise<void> {
    await this.#source.upTo(this.#padding);
    this.#unread = 0;
    this.#padding = 0;
  }

  async #header(): Promise<TarHeader | undefined> {
    const block = await this.#source.upTo(BLOCK);
    if (block.length === 0) return undefined;
    if (block.length < BLOCK) throw unexpectedEnd();
    return isZeroBlock(block) ? undefined : decodeHeader(block);
  }

  /** True when the header was not an entry of its own. Flags: `x`, `g` of pax; `L`, `K` of GNU. */
  async #readExtension({ flag, entry }: TarHeader, into: Extensions): Promise<boolean> {
    if (!'xgLK'.includes(flag)) return false;
    if (entry.size > EXTENSION_LIMIT)
      throw new EngineError('invalid-argument', 'archive/tar: header field too long');
    const bytes = await this.#source.exactly(entry.size);
    await this.#source.upTo(paddingOf(entry.size));
    if (flag === 'x') into.records = parsePaxRecords(bytes);
    else if (flag === 'g') this.#globals = parsePaxRecords(bytes);
    else if (flag === 'L') into.longName = text(bytes);
    else into.longLink = text(bytes);
    return true;
  }

  #extend(entry: TarEntry, { records, longName, longLink }: Extensions): TarEntry {
    const long = {
      ...(longName === undefined ? {} : { name: longName }),
      ...(longLink === undefined ? {} : { linkName: longLink }),
    };
    const merged = new Map([...this.#globals, ...(records ?? [])]);
    const extended = applyPaxRecords({ ...entry, ...long }, merged);
    return hasContent(extended.type) ? extended : { ...extended, size: 0 };
  }

  async *#content(count: number): AsyncGenerator<Uint8Array> {
    for (let left = count; left > 0;) {
      const part = await this.#source.some(left);
      if (!part) throw unexpectedEnd();
      this.#unread -= part.length;
      left -= part.length;
      yield part;
    }
  }

  async *#pieces(regions: readonly DataRegion[]): AsyncGenerator<TarPiece> {
    for (const region of regions) {
      let { offset } = region;
      for await (const bytes of this.#content(region.length)) {
        yield { offset, bytes };
        offset += bytes.length;
      }
    }
  }
}

/**
 * The parts of a tar stream, one after the other. The stream is read no further than asked for, and to its very end
 * when all parts were taken. @throws invalid-argument for what is no tar (`archive/tar: invalid tar header`) or was cut
 * short (`unexpected EOF`)
 */
export async function* readTar(stream: AsyncIterable<Uint8Array>): AsyncGenerator<TarPart> {
  const source = new ByteSource(stream);
  try {
    const reader = new TarReader(source);
    for (let part = await reader.next(); part; part = await reader.next()) yield part;
    while (await source.some(Number.MAX_SAFE_INTEGER)) continue;
  } finally {
    await source.close();
  }
}

/** The whole of a part's content. @throws invalid-argument when it is larger than `limit` bytes */
export const readContent = async (part: TarPart, limit: number): Promise<Buffer> => {
  if (part.entry.size > limit)
    throw new EngineError('invalid-argument', `${part.entry.name} is larger than ${limit} bytes`);
  const chunks: Uint8Array[] = [];
  for await (const chunk of part.content) chunks.push(chunk);
  return Buffer.concat(chunks);
};
