// SPDX-License-Identifier: Apache-2.0
import { sleep } from '../../base/async.ts';
import { EngineError, isKind, messageOf } from '../../base/errors.ts';
import { milliseconds } from '../../base/time.ts';
import type { Digest } from '../../spec/digest.ts';
import { writeBlob } from './content-write.ts';
import type { Content, ContentInfo, IngestStatus } from './content.ts';
import {
  Content as Service,
  type Info,
  type Status,
} from './gen/containerd/services/content/v1/content_pb.ts';
import type { GrpcClient } from './grpc/client.ts';

/** What `readAll` takes when nobody says: manifests and configurations are far below. */
const SMALL_BLOB = 16 * 1024 * 1024;

const infoOf = ({ digest, size, labels }: Info): ContentInfo => ({
  digest: digest as Digest,
  size: Number(size),
  labels,
});

const statusOf = ({ ref, offset, total }: Status): IngestStatus => ({
  ref,
  offset: Number(offset),
  total: Number(total),
});

const read = async function* (
  client: GrpcClient,
  digest: Digest,
  { offset = 0, size = 0 }: { readonly offset?: number; readonly size?: number } = {},
): AsyncGenerator<Uint8Array> {
  const request = { digest, offset: BigInt(offset), size: BigInt(size) };
  for await (const { data } of client.serverStream(Service.method.read, request))
    if (data.length > 0) yield data;
};

const readAll = async (client: GrpcClient, digest: Digest, limit: number): Promise<Uint8Array> => {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of read(client, digest)) {
    size += chunk.length;
    if (size > limit)
      throw new EngineError('invalid-argument', `content ${digest} is larger than ${limit} bytes`);
    chunks.push(chunk);
  }
  return chunks.length === 1 ? (chunks[0] as Uint8Array) : Buffer.concat(chunks);
};

/** How often a drop is asked for while containerd still writes to what is to be dropped, and how long between (ms). */
const ABORT_TRIES = 20;
const ABORT_PAUSE = 10;
const ABORT_PATIENCE = 60_000;

/** containerd's content service, reached by calls alone. */
export const createContent = (client: GrpcClient): Content => {
  const abort = async (ref: string): Promise<void> => {
    for (let attempt = 1; ; attempt++) {
      try {
        await client.unary(Service.method.abort, { ref });
        return;
      } catch (error) {
        if (isKind(error, 'not-found')) return;
        // The writer that was cut off may still be putting its last bytes down.
        if (attempt === ABORT_TRIES || !messageOf(error).includes('directory not empty')) throw error;
        await sleep(milliseconds(ABORT_PAUSE), AbortSignal.timeout(ABORT_PATIENCE));
      }
    }
  };
  return {
    info: async (digest) => {
      const { info } = await client.unary(Service.method.info, { digest });
      return infoOf(info as Info);
    },
    read: (digest, range) => read(client, digest, range),
    readAll: (digest, limit = SMALL_BLOB) => readAll(client, digest, limit),
    write: (request, open) => writeBlob(client, request, open, abort),
    status: async (ref) => {
      const { status } = await client.unary(Service.method.status, { ref });
      return statusOf(status as Status);
    },
    abort,
    listStatuses: async (filters = []) => {
      const { statuses } = await client.unary(Service.method.listStatuses, { filters: [...filters] });
      return statuses.map(statusOf);
    },
    setLabels: async (digest, labels) => {
      const paths = Object.keys(labels).map((key) => `labels.${key}`);
      const info = { digest, labels: { ...labels } };
      await client.unary(Service.method.update, { info, updateMask: { paths } });
    },
    list: async function* (filters = []) {
      for await (const { info } of client.serverStream(Service.method.list, { filters: [...filters] }))
        yield* info.map(infoOf);
    },
    delete: async (digest) => {
      await client.unary(Service.method.delete, { digest });
    },
  };
};
