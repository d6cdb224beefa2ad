// SPDX-License-Identifier: Apache-2.0
import type { LogDriver, PushDriver } from './driver.ts';
import { messagesOf } from './piece.ts';
import { Turn } from './turn.ts';

/** A driver that gets its output message by message. */
export const pushDriver = (push: PushDriver): LogDriver => ({
  ...push,
  open: async (subject, context) => {
    const target = await push.open(subject, context);
    const turn = new Turn();
    return {
      write: (piece) => {
        const taken = target.log(messagesOf(piece));
        const rested = turn.rest();
        return taken && rested ? Promise.all([taken, rested]).then(() => undefined) : (taken ?? rested);
      },
      [Symbol.asyncDispose]: () => target[Symbol.asyncDispose](),
    };
  },
});
