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

/** The part of a declared function that calls it in a thread of Node's pool. */
export interface Aside<Values extends readonly unknown[]> {
  readonly async: (...values: [...Values, (error: Error | null, result: number) => void]) => void;
}

/** Calls a function aside from the main thread; gives its result and the errno that stood after it. */
export const callAside = async <Values extends readonly unknown[]>(
  call: Aside<Values>,
  values: Values,
): Promise<{ readonly result: number; readonly errno: number }> =>
  new Promise((resolve, reject) => {
    call.async(...values, (error, result) => {
      // Koffi hands the thread's errno on to the callback.
      if (error) reject(error);
      else resolve({ result, errno: koffi.errno() });
    });
  });
