// SPDX-License-Identifier: Apache-2.0
import { EngineError, messageOf } from '../../../base/errors.ts';
import { errnoOf } from '../../../sys/errno.ts';

/** What the C library calls errnos that links meet, in the letters that Docker passes on. */
const WORDS: Readonly<Record<string, string>> = {
  EOPNOTSUPP: 'operation not supported',
  EINVAL: 'invalid argument',
  EBUSY: 'device or resource busy',
  EEXIST: 'file exists',
  ENODEV: 'no such device',
  EPERM: 'operation not permitted',
  ERANGE: 'numerical result out of range',
};

/** What the kernel said, in Docker's words; `before` comes first, as Docker has it, and may be empty. */
export const linkFailure = (before: string, error: unknown): EngineError => {
  const words = WORDS[errnoOf(error) ?? ''] ?? messageOf(error);
  return new EngineError('internal', before === '' ? words : `${before}: ${words}`, { cause: error });
};
