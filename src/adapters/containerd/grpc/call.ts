// SPDX-License-Identifier: Apache-2.0
import http2, { type ClientHttp2Session, type ClientHttp2Stream, type IncomingHttpHeaders } from 'node:http2';
import type { DescMethod } from '@bufbuild/protobuf';
import { EngineError, messageOf } from '../../../base/errors.ts';
import { type Nanoseconds, toMilliseconds } from '../../../base/time.ts';
import { toEngineError } from './engine-error.ts';
import { GrpcError, codeOf, decodeMessage } from './grpc-error.ts';

const { NGHTTP2_CANCEL } = http2.constants;

/** What may be set for one call. */
export interface CallOptions {
  readonly signal?: AbortSignal;
  /** How long the call may take, waiting for the connection included. The client's own when absent; below 0: for ever. */
  readonly deadline?: Nanoseconds;
  /** Headers beside those of every call. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/** `/package.Service/Method` */
export const pathOf = (method: DescMethod): string => `/${method.parent.typeName}/${method.name}`;

/** Opens the HTTP/2 stream of a call. @throws unavailable when the session has gone meanwhile */
export const openStream = (
  session: ClientHttp2Session,
  path: string,
  metadata: Readonly<Record<string, string>>,
): ClientHttp2Stream => {
  try {
    return session.request({
      ':method': 'POST',
      ':path': path,
      'content-type': 'application/grpc',
      te: 'trailers',
      ...metadata,
    });
  } catch (error) {
    throw toEngineError(new GrpcError('UNAVAILABLE', messageOf(error), path, { cause: error }));
  }
};

/** Why a call has failed, or `undefined` when its status was OK. */
export type Outcome = EngineError | undefined;

/**
 * Follows a call's stream to its end. `settle` is called once, when all data have been read (or none will come), with
 * the outcome: the status may come as trailers or, in an answer without a body, with the headers.
 */
export const watchOutcome = (
  stream: ClientHttp2Stream,
  path: string,
  settle: (outcome: Outcome) => void,
): void => {
  let status: string | undefined;
  let text = '';
  let failure: unknown;
  let settled = false;
  const note = (headers: IncomingHttpHeaders): void => {
    const value = headers['grpc-status'];
    if (value !== undefined) status = String(value);
    text = String(headers['grpc-message'] ?? text);
  };
  const finish = (): void => {
    if (settled) return;
    settled = true;
    if (status === '0') settle(undefined);
    else if (status !== undefined)
      settle(toEngineError(new GrpcError(codeOf(status), decodeMessage(text), path)));
    else settle(lostCall(path, failure));
  };
  stream.on('response', note);
  stream.on('trailers', note);
  stream.on('error', (error) => {
    failure = error;
  });
  stream.on('end', () => {
    if (status !== undefined) finish();
  });
  stream.on('close', finish);
};

const lostCall = (path: string, cause: unknown): EngineError =>
  toEngineError(new GrpcError('UNAVAILABLE', 'containerd connection lost', path, { cause }));

const deadlinePassed = (path: string): EngineError =>
  toEngineError(new GrpcError('DEADLINE_EXCEEDED', `${path}: context deadline exceeded`, path));

const cancelled = (path: string, signal: AbortSignal): EngineError =>
  signal.reason instanceof EngineError
    ? signal.reason
    : toEngineError(new GrpcError('CANCELLED', 'context canceled', path, { cause: signal.reason }));

/**
 * Calls `stop` once when the caller's signal aborts or the deadline passes, with the error that the call then fails
 * with. Disposing ends the watch.
 */
export const watchPatience = (
  path: string,
  { signal, deadline }: { readonly signal?: AbortSignal | undefined; readonly deadline: Nanoseconds },
  stop: (error: EngineError) => void,
): Disposable => {
  const onAbort = (): void => {
    if (signal !== undefined) stop(cancelled(path, signal));
  };
  if (signal?.aborted === true) onAbort();
  signal?.addEventListener('abort', onAbort, { once: true });
  const timer =
    deadline < 0n ? undefined : setTimeout(() => stop(deadlinePassed(path)), toMilliseconds(deadline));
  return {
    [Symbol.dispose]: () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
    },
  };
};

/** Tells the server that nobody waits for the rest. */
export const cancelStream = (stream: ClientHttp2Stream): void => {
  if (!stream.closed && !stream.destroyed) stream.close(NGHTTP2_CANCEL);
};
