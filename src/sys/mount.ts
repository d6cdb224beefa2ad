// SPDX-License-Identifier: Apache-2.0
import { checked, sysFailure } from './errno.ts';
import { type Aside, callAside, declare } from './libc.ts';

/** Mount flags, as `<linux/mount.h>` numbers them. */
export const MS = {
  readOnly: 1,
  noSuid: 2,
  noDev: 4,
  noExec: 8,
  synchronous: 16,
  remount: 32,
  mandatoryLock: 64,
  directorySynchronous: 128,
  noAccessTime: 1024,
  noDirectoryAccessTime: 2048,
  bind: 4096,
  recursive: 16_384,
  unbindable: 1 << 17,
  private: 1 << 18,
  slave: 1 << 19,
  shared: 1 << 20,
  relativeAccessTime: 1 << 21,
  strictAccessTime: 1 << 24,
} as const;

/** Lazy unmount (`MNT_DETACH` of `<sys/mount.h>`): gone from the tree now, released when nobody uses it. */
const MNT_DETACH = 2;

type MountArguments = readonly [
  source: string,
  target: string,
  type: string | null,
  flags: number,
  data: string | null,
];

const mountCall = declare<((...values: MountArguments) => number) & Aside<MountArguments>>(
  'int mount(const char *source, const char *target, const char *type, unsigned long flags, const char *data)',
);
const umount2 = declare<(target: string, flags: number) => number>(
  'int umount2(const char *target, int flags)',
);

export interface MountCall {
  /** A device, a path to bind, or a word for file systems that have no source. */
  readonly source: string;
  readonly target: string;
  /** Absent for bind mounts, remounts and changes of propagation. */
  readonly type?: string;
  /** Values of `MS`, joined by `|`. */
  readonly flags: number;
  /** The file system's own options, comma separated; at most one page (4096 bytes) with the final zero. */
  readonly data?: string;
}

/** Attaches a file system. @throws the kernel's errno as an engine error */
export const mount = ({ source, target, type, flags, data }: MountCall): void => {
  checked(mountCall(source, target, type ?? null, flags, data ?? null), 'mount', target);
};

/**
 * The same in a thread of Node's pool, for file systems that may let their caller wait: a server's, or one with a journal to
 * replay. @throws as `mount`
 */
export const mountAside = async ({ source, target, type, flags, data }: MountCall): Promise<void> => {
  const { result, errno } = await callAside(mountCall, [source, target, type ?? null, flags, data ?? null]);
  if (result < 0) throw sysFailure(errno, 'mount', target);
};

/** Takes the topmost mount at `target` out of the tree at once. @throws invalid-argument (EINVAL) when nothing is mounted there */
export const detachMount = (target: string): void => {
  checked(umount2(target, MNT_DETACH), 'umount2', target);
};
