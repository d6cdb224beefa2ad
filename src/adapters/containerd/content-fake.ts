// SPDX-License-Identifier: Apache-2.0
import { EngineError } from '../../base/errors.ts';
import { type Digest, sha256 } from '../../spec/digest.ts';
import type { Content, ContentInfo, IngestStatus, WriteRequest } from './content.ts';
import { matches } from './filters-fake.ts';
import type { Labels } from './snapshots.ts';

/** Bytes of one chunk that `read` yields. */
const CHUNK = 64 * 1024;

interface Blob {
  readonly bytes: Buffer;
  readonly labels: Labels;
}

interface Ingest {
  readonly bytes: Buffer;
  readonly total: number;
}

const noSuchContent = (digest: Digest): EngineError =>
  new EngineError('not-found', `content digest ${digest}: not found`);

/** A content store in memory. Nothing is ever collected: leases and labels protect nothing here. */
class FakeContent implements Content {
  readonly #blobs = new Map<Digest, Blob>();
  readonly #ingests = new Map<string, Ingest>();

  async info(digest: Digest): Promise<ContentInfo> {
    const { bytes, labels } = this.#find(digest);
    return { digest, size: bytes.length, labels };
  }

  async *read(digest: Digest, { offset = 0, size = 0 } = {}): AsyncGenerator<Uint8Array> {
    const { bytes } = this.#find(digest);
    const part = bytes.subarray(offset, size === 0 ? undefined : offset + size);
    for (let start = 0; start < part.length; start += CHUNK) yield part.subarray(start, start + CHUNK);
  }

  async readAll(digest: Digest, limit = Number.POSITIVE_INFINITY): Promise<Uint8Array> {
    const { bytes } = this.#find(digest);
    if (bytes.length > limit)
      throw new EngineError('invalid-argument', `content ${digest} is larger than ${limit} bytes`);
    return bytes;
  }

  async write(request: WriteRequest, open: (offset: number) => AsyncIterable<Uint8Array>): Promise<Digest> {
    const { ref, expected, size: total, signal } = request;
    signal.throwIfAborted();
    if (expected !== undefined && this.#blobs.has(expected)) return expected;
    let { bytes } = this.#ingests.get(ref) ?? { bytes: Buffer.alloc(0) };
    for await (const chunk of open(bytes.length)) {
      signal.throwIfAborted();
      bytes = Buffer.concat([bytes, chunk]);
      this.#ingests.set(ref, { bytes, total });
    }
    return this.#commit(request, bytes);
  }

  async status(ref: string): Promise<IngestStatus> {
    const ingest = this.#ingests.get(ref);
    if (ingest === undefined) throw new EngineError('not-found', `ingest ${ref}: not found`);
    return { ref, offset: ingest.bytes.length, total: ingest.total };
  }

  async abort(ref: string): Promise<void> {
    this.#ingests.delete(ref);
  }

  async listStatuses(filters: readonly string[] = []): Promise<readonly IngestStatus[]> {
    const refs = [...this.#ingests.keys()].filter((ref) => matches(filters, { ref }));
    return Promise.all(refs.map((ref) => this.status(ref)));
  }

  async setLabels(digest: Digest, labels: Labels): Promise<void> {
    const blob = this.#find(digest);
    const kept = Object.entries({ ...blob.labels, ...labels }).filter(([, value]) => value !== '');
    this.#blobs.set(digest, { ...blob, labels: Object.fromEntries(kept) });
  }

  async *list(filters: readonly string[] = []): AsyncGenerator<ContentInfo> {
    for (const digest of this.#blobs.keys()) {
      const info = await this.info(digest);
      if (matches(filters, { digest, labels: info.labels })) yield info;
    }
  }

  async delete(digest: Digest): Promise<void> {
    this.#find(digest);
    this.#blobs.delete(digest);
  }

  #commit({ ref, expected, size, labels = {} }: WriteRequest, bytes: Buffer): Digest {
    this.#ingests.delete(ref);
    const digest = sha256(bytes);
    if (size !== 0 && size !== bytes.length)
      throw new EngineError(
        'invalid-argument',
        `"${ref}" failed size validation: ${bytes.length} != ${size}`,
      );
    if (expected !== undefined && expected !== digest)
      throw new EngineError('invalid-argument', `unexpected commit digest ${digest}, expected ${expected}`);
    if (!this.#blobs.has(digest)) this.#blobs.set(digest, { bytes, labels });
    return digest;
  }

  #find(digest: Digest): Blob {
    const blob = this.#blobs.get(digest);
    if (blob === undefined) throw noSuchContent(digest);
    return blob;
  }
}

export const createFakeContent = (): Content => new FakeContent();
