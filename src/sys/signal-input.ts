// SPDX-License-Identifier: Apache-2.0
import { constants } from 'node:os';
import { checked } from './errno.ts';
import { declare } from './libc.ts';

/** Of `<asm-generic/fcntl.h>`. */
const F_SETFL = 4;
const F_SETOWN = 8;
const F_SETSIG = 10;
const F_DUPFD_CLOEXEC = 1030;
const O_NONBLOCK = 0o4000;
const O_ASYNC = 0o20000;

/** `fcntl` is variadic, which makes no difference for whole numbers. */
const control = declare<(fd: number, command: number, value: number) => number>(
  'int fcntl(int fd, int command, int value)',
);

/**
 * The signal by which the kernel tells of input. Its default is to do nothing, unlike that of SIGIO: one that comes when
 * nobody listens does no harm.
 */
export const INPUT_SIGNAL = 'SIGURG';

/** From now on the process gets `INPUT_SIGNAL` when the socket has something to read. What waits there already is not told of. */
export const signalInput = (fd: number): void => {
  checked(control(fd, F_SETOWN, process.pid), 'fcntl');
  checked(control(fd, F_SETSIG, constants.signals[INPUT_SIGNAL]), 'fcntl');
  checked(control(fd, F_SETFL, O_NONBLOCK | O_ASYNC), 'fcntl');
};

/** No signals any more. */
export const silenceInput = (fd: number): void => {
  checked(control(fd, F_SETFL, O_NONBLOCK), 'fcntl');
};

/** Another number for the same open file. */
export const duplicate = (fd: number): number => checked(control(fd, F_DUPFD_CLOEXEC, 0), 'fcntl');
