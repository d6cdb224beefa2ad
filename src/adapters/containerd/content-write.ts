// SPDX-License-Identifier: Apache-2.0
import { create, toBinary } from '@bufbuild/protobuf';
import { sleep } from '../../base/async.ts';
import { EngineError, isKind, messageOf } from '../../base/errors.ts';
import { milliseconds } from '../../base/time.ts';
import { type Digest, parseDigest } from '../../spec/digest.ts';
import type { WriteRequest } from './content.ts';
import {
  Content,
  WriteAction,
  type WriteContentRequestSchema,
  type WriteContentResponse,
  type WriteContentResponseSchema,
  WriteContentRequestSchema as RequestSchema,
} from './gen/containerd/services/content/v1/content_pb.ts';
import type { GrpcClient } from './grpc/client.ts';
import type { Duplex } from './grpc/duplex.ts';
import { grpcCodeOf } from './grpc/engine-error.ts';
import { PREFIX, allocateFrame } from './grpc/frames.ts';
import { underLease } from './lease-metadata.ts';

/** Bytes of one message: large ones cost fewer turns on both sides; containerd takes 16 MiB at most. */
const MESSAGE_SIZE = 1024 * 1024;
/** Pauses (ms) while another writer holds the same ref: its connection may be about to go. */
const LOCKED_PAUSE = 50;
/** The field number 6 (`data`) with wire type 2, as protobuf writes it. */
const DATA_TAG = (6 << 3) | 2;

type WriteCall = Duplex<typeof WriteContentRequestSchema, typeof WriteContentResponseSchema>;

/** Where to get the bytes from an offset on. */
export type OpenSource = (offset: number) => AsyncIterable<Uint8Array>;

/** Gathers the chunks of `source` to groups of at least `MESSAGE_SIZE` bytes; the last one may be smaller. */
export const gather = async function* (
  source: AsyncIterable<Uint8Array>,
): AsyncGenerator<readonly Uint8Array[]> {
  let group: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of source) {
    group.push(chunk);
    size += chunk.length;
    if (size < MESSAGE_SIZE) continue;
    yield group;
    group = [];
    size = 0;
  }
  if (size > 0) yield group;
};

const sizeOf = (group: readonly Uint8Array[]): number => group.reduce((sum, part) => sum + part.length, 0);

const varint = (value: number): Buffer => {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 0x7f; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80);
  return Buffer.from([...bytes, rest]);
};

/** The parts of a WRITE frame: the head is encoded, the data follow as they are, uncopied. */
const writeFrame = (ref: string, offset: number, group: readonly Uint8Array[]): readonly Uint8Array[] => {
  const size = sizeOf(group);
  const fields = toBinary(
    RequestSchema,
    create(RequestSchema, { action: WriteAction.WRITE, ref, offset: BigInt(offset) }),
  );
  const tag = Buffer.concat([fields, Buffer.of(DATA_TAG), varint(size)]);
  const head = allocateFrame(tag.length + size, tag.length);
  head.set(tag, PREFIX);
  return [head, ...group];
};

/** Reads the answers until the commit's, which names the digest; a failure of the call aborts `failed` at once, so that nobody sends on. */
const readAnswers = async (call: WriteCall, failed: AbortController): Promise<Digest> => {
  try {
    for (;;) {
      const answer = await call.receive();
      if (answer === undefined) throw new EngineError('internal', 'content write ended without a commit');
      if (answer.action === WriteAction.COMMIT) return answer.digest as Digest;
    }
  } catch (error) {
    failed.abort();
    throw error;
  }
};

const sendBlob = async (
  call: WriteCall,
  request: WriteRequest,
  source: AsyncIterable<Uint8Array> | undefined,
  start: number,
): Promise<Digest> => {
  const failed = new AbortController();
  const answers = readAnswers(call, failed);
  // It is awaited below; when the source fails first, that is the error to tell.
  answers.catch(() => undefined);
  let offset = start;
  for await (const group of source === undefined ? [] : gather(source)) {
    if (failed.signal.aborted) break;
    await call.sendParts(writeFrame(request.ref, offset, group));
    offset += sizeOf(group);
  }
  if (!failed.signal.aborted) await call.send(commitMessage(request, offset));
  call.end();
  return answers;
};

const commitMessage = ({ ref, expected = '' as Digest, size, labels }: WriteRequest, offset: number) =>
  create(RequestSchema, {
    action: WriteAction.COMMIT,
    ref,
    expected,
    offset: BigInt(offset),
    total: BigInt(size === 0 ? offset : size),
    labels: { ...labels },
  });

const writeOnce = async (client: GrpcClient, request: WriteRequest, open: OpenSource): Promise<Digest> => {
  const { ref, expected = '', size, signal } = request;
  using call = await client.duplex(Content.method.write, { ...underLease(request), signal });
  await call.send(create(RequestSchema, { action: WriteAction.STAT, ref, expected, total: BigInt(size) }));
  const state = (await call.receive()) as WriteContentResponse;
  const offset = Number(state.offset);
  // Another namespace may hold the blob: then all of it is there and only the commit is missing.
  const complete = size > 0 && offset === size;
  return await sendBlob(call, request, complete ? undefined : open(offset), offset);
};

/** What containerd says when another stream writes the same ref. */
const isLocked = (error: unknown): boolean =>
  isKind(error, 'unavailable') && error.message.includes('locked');

/** Where nothing was expected, containerd's text alone names the blob that is there already. */
const existingDigest = ({ expected }: WriteRequest, error: unknown): Digest => {
  const digest = expected ?? parseDigest(/sha256:[0-9a-f]{64}/.exec(messageOf(error))?.[0] ?? '');
  if (digest === undefined) throw error;
  return digest;
};

const asBadBytes = (error: unknown): unknown =>
  grpcCodeOf(error) === 'FAILED_PRECONDITION' || grpcCodeOf(error) === 'OUT_OF_RANGE'
    ? new EngineError('invalid-argument', (error as EngineError).message, { cause: error })
    : error;

/**
 * Writes a blob and commits it; containerd checks the digest. `abort` drops the ingestion when its bytes are wrong:
 * a later write of the same ref must not go on from them.
 */
export const writeBlob = async (
  client: GrpcClient,
  request: WriteRequest,
  open: OpenSource,
  abort: (ref: string) => Promise<void>,
): Promise<Digest> => {
  for (;;) {
    try {
      return await writeOnce(client, request, open);
    } catch (error) {
      if (grpcCodeOf(error) === 'ALREADY_EXISTS') return existingDigest(request, error);
      const failure = asBadBytes(error);
      if (isKind(failure, 'invalid-argument')) await abort(request.ref);
      if (!isLocked(failure)) throw failure;
    }
    await sleep(milliseconds(LOCKED_PAUSE), request.signal);
  }
};
