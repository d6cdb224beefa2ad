// SPDX-License-Identifier: Apache-2.0
import { declare } from './libc.ts';

const syscall = declare<(number: number) => number>('long syscall(long number)');

/** Marks a system call of the x32 interface. Source: `__X32_SYSCALL_BIT`, linux/arch/x86/include/uapi/asm/unistd.h. */
const X32_BIT = 0x40000000;
/** `getpid` of x86-64. */
const GETPID = 39;

/** Whether this kernel serves the x32 interface: most are built without it, or have it switched off at boot. */
export const servesX32 = (): boolean => process.arch === 'x64' && syscall(X32_BIT + GETPID) > 0;
