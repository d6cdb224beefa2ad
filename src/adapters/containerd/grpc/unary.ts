// SPDX-License-Identifier: Apache-2.0
import type { ClientHttp2Session } from 'node:http2';
import type { DescMessage, MessageShape } from '@bufbuild/protobuf';
import type { EngineError } from '../../../base/errors.ts';
import { cancelStream, openStream, watchOutcome } from './call.ts';
import { asEngineError, toEngineError } from './engine-error.ts';
import { FrameReader } from './frames.ts';
import { GrpcError } from './grpc-error.ts';

export interface UnaryCall<Out extends DescMessage> {
  readonly session: ClientHttp2Session;
  readonly path: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly frame: Buffer;
  readonly output: Out;
  /** Its reason is the `EngineError` to fail with. */
  readonly signal: AbortSignal;
}

/** Sends one frame and gives the one message that answers it. */
export const callUnary = <Out extends DescMessage>(call: UnaryCall<Out>): Promise<MessageShape<Out>> => {
  const { path, signal } = call;
  if (signal.aborted) return Promise.reject(signal.reason as EngineError);
  const { promise, resolve, reject } = Promise.withResolvers<MessageShape<Out>>();
  const stream = openStream(call.session, path, call.metadata);
  const frames = new FrameReader(call.output, path);
  let answer: MessageShape<Out> | undefined;
  const fail = (error: unknown): void => {
    reject(error);
    cancelStream(stream);
  };
  signal.addEventListener('abort', () => fail(signal.reason), { once: true });
  stream.on('data', (chunk: Buffer) => {
    try {
      for (const message of frames.read(chunk)) answer = message;
    } catch (error) {
      fail(asEngineError(error, path));
    }
  });
  watchOutcome(stream, path, (failure) => {
    if (failure !== undefined) reject(failure);
    else if (answer === undefined) reject(toEngineError(new GrpcError('INTERNAL', 'empty answer', path)));
    else resolve(answer);
  });
  stream.end(call.frame);
  return promise;
};
