// SPDX-License-Identifier: Apache-2.0
import type { Digest } from '../../spec/digest.ts';
import type { Labels, LeaseOptions } from './snapshots.ts';

export interface ContentInfo {
  readonly digest: Digest;
  readonly size: number;
  readonly labels: Labels;
}

export interface IngestStatus {
  readonly ref: string;
  readonly offset: number;
  readonly total: number;
}

export interface WriteRequest extends LeaseOptions {
  /** Names the ingestion, so that an interrupted one can go on. */
  readonly ref: string;
  /** Absent when only the bytes will tell (a layer inside an archive): then whatever came is committed. */
  readonly expected?: Digest;
  /** Bytes in all; 0 when unknown. */
  readonly size: number;
  readonly labels?: Labels;
  readonly signal: AbortSignal;
}

/** containerd's content store. */
export interface Content {
  /** @throws not-found */
  info(digest: Digest): Promise<ContentInfo>;
  /** The bytes, in chunks. @throws not-found */
  read(
    digest: Digest,
    range?: { readonly offset?: number; readonly size?: number },
  ): AsyncIterable<Uint8Array>;
  /** All bytes of a small blob. @throws not-found; insufficient… never: `limit` bytes at most, else invalid-argument. */
  readAll(digest: Digest, limit?: number): Promise<Uint8Array>;
  /**
   * Writes a blob and commits it; a blob that is there already is success. `open` is called with the offset at which
   * to go on (above 0 after an interrupted write of the same `ref`) and gives the rest of the bytes. Gives the digest
   * of the committed blob. When `open`'s bytes fail or `signal` aborts, what was written so far stays as an ingestion
   * under `ref`, to be resumed or `abort`ed.
   * @throws invalid-argument when the bytes do not have the expected digest or size
   */
  write(request: WriteRequest, open: (offset: number) => AsyncIterable<Uint8Array>): Promise<Digest>;
  /** @throws not-found */
  status(ref: string): Promise<IngestStatus>;
  /** Drops an unfinished ingestion; one that does not exist is no error. */
  abort(ref: string): Promise<void>;
  listStatuses(filters?: readonly string[]): Promise<readonly IngestStatus[]>;
  setLabels(digest: Digest, labels: Labels): Promise<void>;
  list(filters?: readonly string[]): AsyncIterable<ContentInfo>;
  /** @throws not-found */
  delete(digest: Digest): Promise<void>;
}
