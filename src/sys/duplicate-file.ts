// SPDX-License-Identifier: Apache-2.0
import { checked } from './errno.ts';
import { declare } from './libc.ts';

/** Of `<asm-generic/fcntl.h>`. */
const F_DUPFD_CLOEXEC = 1030;

/** `fcntl` is variadic, which makes no difference for whole numbers. */
const control = declare<(fd: number, command: number, lowest: number) => number>(
  'int fcntl(int fd, int command, int lowest)',
);

/** Another number for the same open file, closed on exec. */
export const duplicateFile = (fd: number): number => checked(control(fd, F_DUPFD_CLOEXEC, 0), 'fcntl');
