// SPDX-License-Identifier: Apache-2.0
import { posix } from 'node:path';
import { EngineError } from '../../../base/errors.ts';
import { type Digest, parseDigest } from '../../../spec/digest.ts';
import type { ContentDescriptor } from '../../../spec/oci-image-manifest.ts';
import { readContent, type TarPart } from '../../../spec/tar/read.ts';

/** Files up to this size (bytes) stay in memory: manifests and configurations are among them, and small layers. */
const SMALL = 1024 * 1024;
/** All of them together (bytes); beyond it they go where the large ones go. */
const MEMORY = 64 * 1024 * 1024;
const MOST_ENTRIES = 100_000;

/** A large file of the archive. Its digest is known when its name is made of it. */
export interface LargeFile {
  readonly content: AsyncIterable<Uint8Array>;
  readonly size: number;
  readonly digest?: Digest;
}

/** How a large file is kept while the rest of the archive is read. */
export type Ingest = (file: LargeFile) => Promise<ContentDescriptor>;

/** A file of the archive: its bytes, or the blob that holds them. */
export type ArchivedFile = { readonly bytes: Uint8Array } | { readonly blob: Promise<ContentDescriptor> };

/** A path as the archive's root has it: no `.`, no way out. */
const clean = (path: string): string => posix.normalize(`/${path}`).slice(1);

/** `blobs/sha256/<hex>`: the digest that the path promises. */
const digestOf = (path: string): Digest | undefined => {
  const [, algorithm, hex] = /^blobs\/(sha256)\/([0-9a-f]+)$/.exec(path) ?? [];
  return parseDigest(`${algorithm}:${hex}`);
};

/** The files of an archive by their paths, links followed inside the archive alone. */
export class ArchiveContents {
  readonly #files = new Map<string, ArchivedFile>();
  readonly #links = new Map<string, string>();
  readonly #ingest: Ingest;
  #memory = 0;

  constructor(ingest: Ingest) {
    this.#ingest = ingest;
  }

  /** Takes one part of the archive in; gives the bytes of what stays in memory. */
  async add(part: TarPart): Promise<Uint8Array | undefined> {
    const { type, name, linkName, size } = part.entry;
    const path = clean(name);
    if (this.#files.size + this.#links.size > MOST_ENTRIES)
      throw new EngineError('invalid-argument', `archive has more than ${MOST_ENTRIES} entries`);
    if (type === 'symlink') this.#links.set(path, clean(posix.join('/', posix.dirname(path), linkName)));
    else if (type === 'hardlink') this.#links.set(path, clean(linkName));
    if (type !== 'file') return undefined;
    if (size <= SMALL && this.#memory + size <= MEMORY) return this.#keep(path, part);
    await this.#store(path, part);
    return undefined;
  }

  async #keep(path: string, part: TarPart): Promise<Uint8Array> {
    const bytes = await readContent(part, SMALL);
    this.#memory += bytes.length;
    this.#files.set(path, { bytes });
    return bytes;
  }

  /** Returns when the bytes are read; the blob may still be on its way. */
  async #store(path: string, part: TarPart): Promise<void> {
    const read = Promise.withResolvers<void>();
    const digest = digestOf(path);
    const content = passing(part.content, read.resolve);
    const { size } = part.entry;
    const blob = this.#ingest(digest === undefined ? { content, size } : { content, size, digest });
    // It is awaited when the layer is used; a failure after that is nobody's.
    blob.catch(() => undefined);
    this.#files.set(path, { blob });
    await Promise.race([read.promise, blob]);
  }

  /** What stands at `path`; `undefined` when nothing does. */
  file(path: string): ArchivedFile | undefined {
    let place = clean(path);
    for (let hops = 0; hops < 16; hops += 1) {
      const file = this.#files.get(place);
      if (file) return file;
      const target = this.#links.get(place);
      if (target === undefined) return undefined;
      place = target;
    }
    return undefined;
  }

  /** A small file. @throws internal as a missing file is told */
  bytes(path: string): Uint8Array {
    const file = this.file(path);
    if (file && 'bytes' in file) return file.bytes;
    throw new EngineError('internal', `open ${path}: no such file or directory`);
  }

  has(path: string): boolean {
    return this.file(path) !== undefined;
  }

  get isEmpty(): boolean {
    return this.#files.size === 0;
  }
}

async function* passing(content: AsyncIterable<Uint8Array>, done: () => void): AsyncGenerator<Uint8Array> {
  yield* content;
  done();
}
