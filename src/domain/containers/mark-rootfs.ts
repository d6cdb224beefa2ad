// SPDX-License-Identifier: Apache-2.0
import { chownSync, closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import type { Owner } from '../../spec/id-maps.ts';
import { fileFailure } from '../../sys/errno.ts';
import type { Rootfs } from '../images/index.ts';

/** By this file programs know that they run in a container (containers.md §16, "Init layer files"). */
const MARK = '.dockerenv';

/** Puts the mark into a fresh writable layer, as the container's root's own; an image that brings one of its own is shadowed. @throws insufficient-storage */
export const markRootfs = ({ upperDirectory }: Rootfs, owner: Owner | undefined): void => {
  if (upperDirectory === undefined) return;
  // One small file: to wait for a thread of the pool would cost more than to make it here.
  try {
    const path = join(upperDirectory, MARK);
    closeSync(openSync(path, 'w', 0o755));
    if (owner) chownSync(path, owner.uid, owner.gid);
  } catch (error) {
    throw fileFailure(error);
  }
};
