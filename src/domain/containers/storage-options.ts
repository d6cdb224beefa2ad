// SPDX-License-Identifier: Apache-2.0
import { EngineError } from '../../base/errors.ts';

/**
 * Checks what a client asks of the container's own layer. A limit of its size takes quotas by directory, which the
 * snapshotter does not keep: it is refused, as dockerd does on file systems without them, rather than left out in silence.
 * @throws internal (Docker answers 500) in Docker's words
 */
export const checkStorageOptions = (options: Readonly<Record<string, string>> | undefined): void => {
  for (const key of Object.keys(options ?? {})) {
    if (key.toLowerCase() !== 'size') throw new EngineError('internal', `Unknown option ${key}`);
    throw new EngineError(
      'internal',
      "--storage-opt is supported only for overlay over xfs with 'pquota' mount option",
    );
  }
};
