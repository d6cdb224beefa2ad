// SPDX-License-Identifier: Apache-2.0
import { EngineError, type ErrorKind, messageOf } from '../../../base/errors.ts';
import { type GrpcCode, GrpcError } from './grpc-error.ts';

/**
 * The engine's kind for each gRPC code. containerd says FAILED_PRECONDITION where the thing's present state forbids the
 * call (a task that still runs, a snapshot with children): a conflict, as ALREADY_EXISTS is.
 */
const KINDS: Readonly<Record<GrpcCode, ErrorKind>> = {
  OK: 'internal',
  CANCELLED: 'cancelled',
  UNKNOWN: 'internal',
  INVALID_ARGUMENT: 'invalid-argument',
  DEADLINE_EXCEEDED: 'unavailable',
  NOT_FOUND: 'not-found',
  ALREADY_EXISTS: 'conflict',
  PERMISSION_DENIED: 'forbidden',
  RESOURCE_EXHAUSTED: 'insufficient-storage',
  FAILED_PRECONDITION: 'conflict',
  ABORTED: 'conflict',
  OUT_OF_RANGE: 'invalid-argument',
  UNIMPLEMENTED: 'not-implemented',
  INTERNAL: 'internal',
  UNAVAILABLE: 'unavailable',
  DATA_LOSS: 'internal',
  UNAUTHENTICATED: 'unauthorized',
};

/** The kernel's text for ENOSPC, which containerd passes on inside errors of code UNKNOWN. */
const NO_SPACE = 'no space left on device';

/** `error` as the engine's, its message unchanged (clients match the runtime's texts) and itself as the cause. */
export const toEngineError = (error: GrpcError): EngineError => {
  const kind = error.message.includes(NO_SPACE) ? 'insufficient-storage' : KINDS[error.code];
  return new EngineError(kind, error.message, { cause: error });
};

/** What was thrown while an answer was read: an undecodable one is containerd's fault, not the caller's. */
export const asEngineError = (error: unknown, path: string): EngineError =>
  toEngineError(
    error instanceof GrpcError ? error : new GrpcError('INTERNAL', messageOf(error), path, { cause: error }),
  );

/** The gRPC code behind an engine error; `undefined` when it did not come from a call. */
export const grpcCodeOf = (error: unknown): GrpcCode | undefined =>
  error instanceof EngineError && error.cause instanceof GrpcError ? error.cause.code : undefined;
