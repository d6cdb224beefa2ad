// SPDX-License-Identifier: Apache-2.0
import { constants } from 'node:os';
import koffi from 'koffi';
import { EngineError, type ErrorKind, messageOf } from '../base/errors.ts';
import { describeSystemError } from './errno-text.ts';

/** Where two names share a number, the one that Linux uses itself: the other is POSIX's. */
const ALIASES: ReadonlySet<string> = new Set(['ENOTSUP']);

/** Name of each errno of this platform, as `<errno.h>` spells it; the first name wins where two share a number. */
const NAMES: ReadonlyMap<number, string> = new Map(
  Object.entries(constants.errno)
    .filter(([name]) => !ALIASES.has(name))
    .map(([name, code]) => [code, name] as const)
    .toReversed(),
);

/** What the engine calls an errno; every other one is `internal`. */
const KINDS: Readonly<Record<string, ErrorKind>> = {
  ENOENT: 'not-found',
  ENODEV: 'not-found',
  EEXIST: 'conflict',
  EBUSY: 'conflict',
  EADDRINUSE: 'conflict',
  EACCES: 'forbidden',
  EPERM: 'forbidden',
  EINVAL: 'invalid-argument',
  ENOSPC: 'insufficient-storage',
  ENOSYS: 'not-implemented',
  EOPNOTSUPP: 'not-implemented',
};

/**
 * The cause of an `EngineError` that a kernel call raised: shaped like Node's own system errors, so that one test
 * (`code === 'ENOENT'`) serves both.
 */
export class SysError extends Error {
  override readonly name = 'SysError';
  /** The number, positive. */
  readonly errno: number;
  /** The name, such as `ENOENT`. */
  readonly code: string;
  readonly syscall: string;

  constructor(errno: number, syscall: string, subject: string) {
    const code = NAMES.get(errno) ?? `errno ${errno}`;
    super(subject === '' ? `${syscall}: ${code}` : `${syscall} ${subject}: ${code}`);
    this.errno = errno;
    this.code = code;
    this.syscall = syscall;
  }
}

/** The engine's error for `errno` (positive) out of `syscall`, about `subject` (a path, a name; may be empty). */
export const sysFailure = (errno: number, syscall: string, subject = ''): EngineError => {
  const cause = new SysError(errno, syscall, subject);
  return new EngineError(KINDS[cause.code] ?? 'internal', cause.message, { cause });
};

/** Fails with the calling thread's errno when `result` is negative; gives `result` back otherwise. */
export const checked = (result: number, syscall: string, subject = ''): number => {
  if (result < 0) throw sysFailure(koffi.errno(), syscall, subject);
  return result;
};

/** The errno's name (`ENOENT`) behind an engine error or a system error of Node; `undefined` when there is none. */
export const errnoOf = (error: unknown): string | undefined => {
  const source: unknown = error instanceof EngineError ? error.cause : error;
  if (!(source instanceof Error) || !('code' in source)) return undefined;
  return typeof source.code === 'string' ? source.code : undefined;
};

/**
 * The engine's error for what a file operation threw, in Go's words: a full disk (or a used-up quota) is told from all other trouble.
 * One that is an engine error already is given back.
 */
export const fileFailure = (error: unknown): EngineError => {
  if (error instanceof EngineError) return error;
  const code = errnoOf(error);
  const full = code === 'ENOSPC' || code === 'EDQUOT';
  const message = describeSystemError(error) ?? messageOf(error);
  return new EngineError(full ? 'insufficient-storage' : 'internal', message, { cause: error });
};
