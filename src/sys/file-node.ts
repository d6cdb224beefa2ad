// SPDX-License-Identifier: Apache-2.0
import { checked } from './errno.ts';
import { declare } from './libc.ts';

/** The number of mknodat: `<asm/unistd_64.h>` on x86-64, `<asm-generic/unistd.h>` elsewhere. */
const SYS_MKNODAT = process.arch === 'x64' ? 259 : 33;
/** `<fcntl.h>`: relative paths start at the working directory. */
const AT_FDCWD = -100;
/** `<linux/fcntl.h>`: a symbolic link itself is meant. */
const AT_SYMLINK_NOFOLLOW = 0x100;

const mknodat = declare<
  (number: number, folder: number, path: string, mode: number, device: number) => number
>('long syscall(long number, int folder, const char *path, unsigned int mode, unsigned int device)');
const utimensat = declare<(folder: number, path: string, times: Uint8Array, flags: number) => number>(
  'int utimensat(int folder, const char *path, const void *times, int flags)',
);

/** A device's number as the kernel packs it: 12 bits of major, 20 of minor (`new_encode_dev`, `<linux/kdev_t.h>`). */
export const encodeDevice = (major: number, minor: number): number =>
  ((minor & 0xff) | (major << 8) | ((minor & ~0xff) << 12)) >>> 0;

/** The two halves of a device's number. */
export const decodeDevice = (device: number): { readonly major: number; readonly minor: number } => ({
  major: (device >>> 8) & 0xfff,
  minor: (device & 0xff) | ((device >>> 12) & 0xfff00),
});

/** Makes a device, a FIFO or a socket: `mode` holds the kind (S_IFMT) and the permission bits. @throws conflict, forbidden … */
export const makeNode = (path: string, mode: number, device = 0): void => {
  checked(Number(mknodat(SYS_MKNODAT, AT_FDCWD, path, mode, device)), 'mknodat', path);
};

/** Sets access and modification time (nanoseconds since 1970) of `path`; of a link itself unless `follow`. */
export const setFileTimes = (path: string, accessed: bigint, modified: bigint, follow: boolean): void => {
  const times = Buffer.alloc(32);
  for (const [at, time] of [
    [0, accessed],
    [16, modified],
  ] as const) {
    // The seconds of a time before 1970 are rounded down: the kernel takes no negative nanoseconds.
    const nanos = ((time % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n;
    times.writeBigInt64LE((time - nanos) / 1_000_000_000n, at);
    times.writeBigInt64LE(nanos, at + 8);
  }
  checked(utimensat(AT_FDCWD, path, times, follow ? 0 : AT_SYMLINK_NOFOLLOW), 'utimensat', path);
};

/** The same time for both. */
export const setFileTime = (path: string, time: bigint, follow: boolean): void =>
  setFileTimes(path, time, time, follow);
