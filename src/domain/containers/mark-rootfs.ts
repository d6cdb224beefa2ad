// SPDX-License-Identifier: Apache-2.0
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { fileFailure } from '../../sys/errno.ts';
import type { Rootfs } from '../images/index.ts';

/** By this file programs know that they run in a container (containers.md §16, "Init layer files"). */
const MARK = '.dockerenv';

/** Puts the mark into a fresh writable layer; an image that brings one of its own is shadowed. @throws insufficient-storage */
export const markRootfs = ({ upperDirectory }: Rootfs): void => {
  if (upperDirectory === undefined) return;
  // One small file: to wait for a thread of the pool would cost more than to make it here.
  try {
    closeSync(openSync(join(upperDirectory, MARK), 'w', 0o755));
  } catch (error) {
    throw fileFailure(error);
  }
};
