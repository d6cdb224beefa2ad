// SPDX-License-Identifier: Apache-2.0
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Cgroups, CgroupUsage, WatchedGroup } from './cgroups.ts';
import type { ReadText } from './counters.ts';
import { KeptFiles } from './kept-files.ts';
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

/** Source: the kernel's cgroup-v1/freezer-subsystem.rst (THAWED, FREEZING, FROZEN) and cgroup-v2.rst (0, 1). */
const thaw = (read: ReadText, file: string, thawed: string): boolean => {
  const state = read(file)?.trim();
  if (state === undefined || state === thawed) return false;
  try {
    writeFileSync(file, thawed);
    return true;
  } catch {
    return false;
  }
};

const readUsage = (
  { version, mounts }: CgroupHierarchies,
  read: ReadText,
  path: string,
): CgroupUsage | undefined => (version === '2' ? readV2(read, UNIFIED, path) : readV1(read, mounts, path));

const watchGroup = (hierarchies: CgroupHierarchies, path: string): WatchedGroup => {
  const files = new KeptFiles();
  return {
    usage: () => {
      const usage = readUsage(hierarchies, (file) => files.read(file), path);
      // Gone, so that none of its files tells anything: what is missing now may be there with the next group.
      if (!usage) files[Symbol.dispose]();
      return usage;
    },
    [Symbol.dispose]: () => files[Symbol.dispose](),
  };
};

/** The kernel's own counts. */
export const createCgroups = (
  { version, mounts }: CgroupHierarchies,
  read: ReadText = readText,
): Cgroups => ({
  usage: (path) => readUsage({ version, mounts }, read, path),
  watch: (path) => watchGroup({ version, mounts }, path),
  thaw: (path) =>
    version === '2'
      ? thaw(read, join(UNIFIED, path, 'cgroup.freeze'), '0')
      : thaw(read, join(mounts.get('freezer') ?? `${UNIFIED}/freezer`, path, 'freezer.state'), 'THAWED'),
  interfaces: (pid) => readInterfaces(read(`/proc/${pid}/net/dev`) ?? ''),
  machine: () => readMachine(read('/proc/stat') ?? ''),
});
