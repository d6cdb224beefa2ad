// SPDX-License-Identifier: Apache-2.0
import koffi from 'koffi';

/**
 * The C library of the process, glibc or musl. Everything in this room is called on the main thread only: koffi in
 * worker threads has open crash reports.
 */
const libc = koffi.load('libc.so.6');

/** Declares a function of libc from its C prototype. `Call` is trusted to match it: each use stands beside its prototype. */
export const declare = <Call extends (...values: never[]) => unknown>(prototype: string): Call =>
  libc.func(prototype) as unknown as Call;
