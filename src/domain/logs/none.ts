// SPDX-License-Identifier: Apache-2.0
import type { LogDriver } from './driver.ts';

/** Keeps nothing. */
export const noneDriver: LogDriver = {
  name: 'none',
  validate: () => undefined,
  open: async () => ({ write: () => undefined, [Symbol.asyncDispose]: async () => undefined }),
};
