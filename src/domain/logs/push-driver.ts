// SPDX-License-Identifier: Apache-2.0
import type { LogDriver, PushDriver } from './driver.ts';
import { messagesOf } from './piece.ts';

/** A driver that gets its output message by message. */
export const pushDriver = (push: PushDriver): LogDriver => ({
  ...push,
  open: async (subject, context) => {
    const target = await push.open(subject, context);
    return {
      write: (piece) => target.log(messagesOf(piece)),
      [Symbol.asyncDispose]: () => target[Symbol.asyncDispose](),
    };
  },
});
