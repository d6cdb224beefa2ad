// SPDX-License-Identifier: Apache-2.0
import { createReadStream } from 'node:fs';
import { KeyedMutex } from '../../base/async.ts';
import type { Digest } from '../../spec/digest.ts';
import { placeBlob } from './content-place.ts';
import { createContent } from './content-service.ts';
import type { Content, IngestStatus } from './content.ts';
import type { GrpcClient } from './grpc/client.ts';
import { fileFailure } from '../../sys/errno.ts';
import { StoreFiles } from './store-files.ts';

/** Bytes of one chunk that `read` yields. */
const CHUNK = 1024 * 1024;

/** Reads a blob's file. containerd is asked first, since a blob of another namespace alone is none of ours. */
const readFile = async function* (
  content: Content,
  files: StoreFiles,
  digest: Digest,
  { offset = 0, size = 0 }: { readonly offset?: number; readonly size?: number } = {},
): AsyncGenerator<Uint8Array> {
  const { size: whole } = await content.info(digest);
  const end = size === 0 ? whole : Math.min(whole, offset + size);
  if (offset >= end) return;
  try {
    yield* createReadStream(files.blobPath(digest), { start: offset, end: end - 1, highWaterMark: CHUNK });
  } catch (error) {
    throw fileFailure(error);
  }
};

const statusOf = async (files: StoreFiles, ref: string): Promise<IngestStatus | undefined> => {
  const offset = await files.sizeOf(ref);
  return offset === undefined ? undefined : { ref, offset, total: 0 };
};

/**
 * containerd's content service where its store lies on this machine: large bytes go by file, everything else by call.
 * `root` is containerd's own `root` directory.
 */
export const createLocalContent = (client: GrpcClient, root: string): Content => {
  const remote = createContent(client);
  const files = new StoreFiles(root);
  const writers = new KeyedMutex<string>();
  return {
    ...remote,
    read: (digest, range) => readFile(remote, files, digest, range),
    write: (request, open) =>
      placeBlob({ client, files, writers, abort: (ref) => remote.abort(ref) }, request, open),
    status: async (ref) => (await statusOf(files, ref)) ?? remote.status(ref),
    abort: async (ref) => {
      const path = files.unfinishedPath(ref);
      if (path !== undefined) await files.remove(path);
      await remote.abort(ref);
    },
    listStatuses: async (filters = []) => {
      const own = filters.length === 0 ? await files.refs() : [];
      const statuses = await Promise.all(own.map((ref) => statusOf(files, ref)));
      return [...statuses.filter((status) => status !== undefined), ...(await remote.listStatuses(filters))];
    },
  };
};
