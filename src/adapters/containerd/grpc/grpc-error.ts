// SPDX-License-Identifier: Apache-2.0

/** The status codes of gRPC, in the order of their numbers. Source: grpc/grpc `doc/statuscodes.md`. */
const CODES = [
  'OK',
  'CANCELLED',
  'UNKNOWN',
  'INVALID_ARGUMENT',
  'DEADLINE_EXCEEDED',
  'NOT_FOUND',
  'ALREADY_EXISTS',
  'PERMISSION_DENIED',
  'RESOURCE_EXHAUSTED',
  'FAILED_PRECONDITION',
  'ABORTED',
  'OUT_OF_RANGE',
  'UNIMPLEMENTED',
  'INTERNAL',
  'UNAVAILABLE',
  'DATA_LOSS',
  'UNAUTHENTICATED',
] as const;

export type GrpcCode = (typeof CODES)[number];

/** The name behind a `grpc-status` header; a number nobody knows is `UNKNOWN`. */
export const codeOf = (status: string): GrpcCode => CODES[Number(status)] ?? 'UNKNOWN';

/** A failed call as gRPC told it; always the cause of an `EngineError`. */
export class GrpcError extends Error {
  override readonly name = 'GrpcError';
  readonly code: GrpcCode;
  /** `/package.Service/Method`. */
  readonly path: string;

  constructor(code: GrpcCode, message: string, path: string, options: { readonly cause?: unknown } = {}) {
    super(message, options);
    this.code = code;
    this.path = path;
  }
}

/** The text of a `grpc-message` header, which is percent-encoded; one that is not well encoded is taken as it is. */
export const decodeMessage = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};
