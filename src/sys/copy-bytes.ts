// SPDX-License-Identifier: Apache-2.0
import koffi from 'koffi';
import { checked, fileFailure, sysFailure } from './errno.ts';
import { type Aside, callAside, declare } from './libc.ts';

/** `_IOW(0x94, 9, int)` of `<linux/fs.h>`: the file shares all blocks of another one from then on. */
const FICLONE = 0x40049409;
/** `<unistd.h>`: the next byte that is there, the next hole. */
const SEEK_SET = 0;
const SEEK_DATA = 3;
const SEEK_HOLE = 4;
/** ENXIO: no data behind this place. */
const ENXIO = 6;

const ioctlFile = declare<(file: number, request: number, other: number) => number>(
  'int ioctl(int file, unsigned long request, int other)',
);
const lseek64 = declare<(file: number, offset: number, whence: number) => number>(
  'int64_t lseek64(int file, int64_t offset, int whence)',
);

type SendArguments = readonly [to: number, from: number, offset: null, count: number];

const sendfile64 = declare<((...values: SendArguments) => number) & Aside<SendArguments>>(
  'intptr_t sendfile64(int to, int from, void *offset, size_t count)',
);

/** Whether the empty open file `to` shares the content of the open file `from` now: false where the file system can't. */
export const cloneContent = (from: number, to: number): boolean => ioctlFile(to, FICLONE, from) === 0;

/** The next run of bytes that are there, from `offset` on; `undefined` when only a hole follows. @throws by errno */
export const nextData = (
  file: number,
  offset: number,
): { readonly start: number; readonly end: number } | undefined => {
  const start = Number(lseek64(file, offset, SEEK_DATA));
  if (start < 0 && koffi.errno() === ENXIO) return undefined;
  checked(start, 'lseek');
  return { start, end: checked(Number(lseek64(file, start, SEEK_HOLE)), 'lseek') };
};

/** Moves both open files to `offset`. @throws by errno */
export const seekBoth = (from: number, to: number, offset: number): void => {
  for (const file of [from, to]) checked(Number(lseek64(file, offset, SEEK_SET)), 'lseek');
};

/**
 * Copies up to `count` bytes within the kernel, in a thread of Node's pool, from where `from` stands to where `to` stands; both move.
 * Gives how many, 0 at the end of `from`. @throws insufficient-storage, internal
 */
export const sendBytes = async (from: number, to: number, count: number): Promise<number> => {
  const { result, errno } = await callAside(sendfile64, [to, from, null, count]);
  if (result < 0) throw fileFailure(sysFailure(errno, 'sendfile').cause);
  return Number(result);
};
