// SPDX-License-Identifier: Apache-2.0
import { checked } from './errno.ts';
import { declare } from './libc.ts';

/** The network's bit of `<linux/sched.h>`, for `unshare` and `setns` alike. */
export const CLONE_NEWNET = 0x4000_0000;

const unshareCall = declare<(flags: number) => number>('int unshare(int flags)');
const setnsCall = declare<(fd: number, type: number) => number>('int setns(int fd, int type)');

/** Moves the calling thread into new namespaces. Nothing asynchronous may follow before the way back by `enterNamespace`. */
export const unshare = (flags: number): void => {
  checked(unshareCall(flags), 'unshare');
};

/** Moves the calling thread into the namespace that the open file `fd` names. @throws invalid-argument when it is not of `type` */
export const enterNamespace = (fd: number, type: number): void => {
  checked(setnsCall(fd, type), 'setns');
};
