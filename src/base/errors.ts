// SPDX-License-Identifier: Apache-2.0

/** What went wrong, in terms every floor understands. `api/errors.ts` alone knows the HTTP status of each. */
export type ErrorKind =
  | 'invalid-argument'
  | 'unauthorized'
  | 'forbidden'
  | 'not-found'
  | 'conflict'
  | 'internal'
  | 'not-implemented'
  | 'unavailable'
  | 'insufficient-storage'
  | 'cancelled';

/** The one error class of the engine. `message` is the text a client sees, so it is Docker's own where clients match it. */
export class EngineError extends Error {
  override readonly name = 'EngineError';
  readonly kind: ErrorKind;

  constructor(kind: ErrorKind, message: string, options: { readonly cause?: unknown } = {}) {
    super(message, options);
    this.kind = kind;
  }
}

/** True when `error` is an `EngineError` of one of `kinds`. */
export const isKind = (error: unknown, ...kinds: readonly ErrorKind[]): error is EngineError =>
  error instanceof EngineError && kinds.includes(error.kind);

/** The message of whatever was thrown. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** The kind of whatever was thrown: what is not an `EngineError` is `internal`. */
export const kindOf = (error: unknown): ErrorKind => (error instanceof EngineError ? error.kind : 'internal');
