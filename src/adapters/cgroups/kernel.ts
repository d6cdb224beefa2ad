// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import type { Cgroups } from './cgroups.ts';
import type { ReadText } from './counters.ts';
import { readInterfaces, readMachine } from './machine.ts';
import { readV1 } from './v1.ts';
import { readV2 } from './v2.ts';

/** How the host's cgroups are laid out, mount points by controller (v1 names). */
export interface CgroupHierarchies {
  readonly version: '1' | '2';
  readonly mounts: ReadonlyMap<string, string>;
}

/**
 * Reads at once instead of by a thread: these files come out of the kernel's memory in some ten microseconds, the way through
 * the thread pool costs several times that.
 */
const readText: ReadText = (path) => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
};

const UNIFIED = '/sys/fs/cgroup';

/** The kernel's own counts. */
export const createCgroups = (
  { version, mounts }: CgroupHierarchies,
  read: ReadText = readText,
): Cgroups => ({
  usage: (path) => (version === '2' ? readV2(read, UNIFIED, path) : readV1(read, mounts, path)),
  interfaces: (pid) => readInterfaces(read(`/proc/${pid}/net/dev`) ?? ''),
  machine: () => readMachine(read('/proc/stat') ?? ''),
});
