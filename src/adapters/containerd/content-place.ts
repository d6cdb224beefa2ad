// SPDX-License-Identifier: Apache-2.0
import { type Hash, createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import type { KeyedMutex } from '../../base/async.ts';
import { EngineError, isKind } from '../../base/errors.ts';
import type { Digest } from '../../spec/digest.ts';
import { type OpenSource, gather, writeBlob } from './content-write.ts';
import type { WriteRequest } from './content.ts';
import { Content } from './gen/containerd/services/content/v1/content_pb.ts';
import type { GrpcClient } from './grpc/client.ts';
import { fileFailure } from '../../sys/errno.ts';
import type { StoreFiles } from './store-files.ts';

/**
 * Writing a blob without sending its bytes: containerd hashes what it is sent with Go's code (250 MB/s measured) and
 * copies it four times; here the bytes go to a file and are hashed once, by the CPU's own instructions (1 GB/s). The
 * file is linked to the blob's place in containerd's store, and containerd is asked to take it over: with a shared
 * content policy (its default) a blob that lies in the store needs no bytes to be committed. What it does not take
 * over so, it is sent.
 */
export interface PlaceDeps {
  readonly client: GrpcClient;
  readonly files: StoreFiles;
  /** One writer for a ref at a time. */
  readonly writers: KeyedMutex<string>;
  readonly abort: (ref: string) => Promise<void>;
}

const wrongBytes = (message: string): EngineError => new EngineError('invalid-argument', message);

/** The hash of what an earlier write left, so that the new one goes on from there. */
const hashFile = async (path: string): Promise<Hash> => {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash;
};

/** Tells failures of the disk from those of the source, which are the caller's own. */
const onDisk = async <Value>(work: Promise<Value>): Promise<Value> => {
  try {
    return await work;
  } catch (error) {
    throw fileFailure(error);
  }
};

/** Writes a group while it is hashed: the disk's work runs beside ours. Joining the chunks would copy every byte once more. */
const append = async (file: FileHandle, hash: Hash, group: readonly Uint8Array[]): Promise<void> => {
  const written = onDisk(writeChunks(file, group));
  for (const chunk of group) hash.update(chunk);
  await written;
};

const writeChunks = async (file: FileHandle, group: readonly Uint8Array[]): Promise<void> => {
  const { bytesWritten } = await file.writev(group);
  const size = group.reduce((sum, part) => sum + part.length, 0);
  // A disk that fills up takes a part; the rest then tells why.
  if (bytesWritten < size) await file.appendFile(Buffer.concat(group).subarray(bytesWritten));
};

const check = ({ ref, expected, size }: WriteRequest, digest: Digest, bytes: number): void => {
  if (size !== 0 && size !== bytes)
    throw wrongBytes(`"${ref}" failed size validation: ${bytes} != ${size}: failed precondition`);
  if (expected !== undefined && expected !== digest)
    throw wrongBytes(`unexpected commit digest ${digest}, expected ${expected}: failed precondition`);
};

/** Fills the unfinished file to its end, durably. @throws invalid-argument when the bytes are wrong */
const fill = async (
  { files }: PlaceDeps,
  path: string,
  request: WriteRequest,
  open: OpenSource,
): Promise<{ readonly digest: Digest; readonly size: number }> => {
  await using file = await onDisk(files.openUnfinished(path));
  let { size } = await onDisk(file.stat());
  const hash = size === 0 ? createHash('sha256') : await onDisk(hashFile(path));
  for await (const group of gather(open(size))) {
    request.signal.throwIfAborted();
    await append(file, hash, group);
    size += group.reduce((sum, part) => sum + part.length, 0);
  }
  request.signal.throwIfAborted();
  const digest = `sha256:${hash.digest('hex')}` as Digest;
  check(request, digest, size);
  await onDisk(file.datasync());
  return { digest, size };
};

const isKnown = async ({ client }: PlaceDeps, digest: Digest | undefined): Promise<boolean> => {
  if (digest === undefined) return false;
  try {
    await client.unary(Content.method.info, { digest });
    return true;
  } catch (error) {
    if (isKind(error, 'not-found')) return false;
    throw error;
  }
};

/** Writes a blob through the files of containerd's store. The promises are those of `Content.write`. */
export const placeBlob = async (
  deps: PlaceDeps,
  request: WriteRequest,
  open: OpenSource,
): Promise<Digest> => {
  const { client, files, abort } = deps;
  const path = files.unfinishedPath(request.ref);
  if (path === undefined || (request.expected?.startsWith('sha256:') ?? true) === false)
    return writeBlob(client, request, open, abort);
  using _writer = await deps.writers.lock(request.ref);
  request.signal.throwIfAborted();
  // Then only the lease is to be told of it.
  if (await isKnown(deps, request.expected)) return writeBlob(client, request, open, abort);
  try {
    const { digest, size } = await fill(deps, path, request, open);
    await onDisk(files.place(path, digest));
    const finished = { ...request, expected: digest, size };
    await writeBlob(client, finished, (start) => createReadStream(path, { start }), abort);
    await files.remove(path);
    return digest;
  } catch (error) {
    if (isKind(error, 'invalid-argument')) await files.remove(path);
    throw error;
  }
};
