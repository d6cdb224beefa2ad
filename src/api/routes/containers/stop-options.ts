// SPDX-License-Identifier: Apache-2.0
import { type Nanoseconds, seconds } from '../../../base/time.ts';
import type { Exchange } from '../../exchange.ts';

/** How a stop or restart is asked for: `t` in seconds, and since API 1.42 the signal. @throws internal for a bad `t` */
export const readStopOptions = ({
  query,
  api,
}: Exchange): { readonly timeout?: Nanoseconds; readonly signalName?: string } => {
  const timeout = query.integer('t');
  const signalName = api >= 42 ? query.optional('signal') : undefined;
  return {
    ...(timeout === undefined ? {} : { timeout: seconds(timeout) }),
    ...(signalName === undefined ? {} : { signalName }),
  };
};
