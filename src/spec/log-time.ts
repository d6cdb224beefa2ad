// SPDX-License-Identifier: Apache-2.0
import { fromUnix, type Timestamp } from '../base/time.ts';
import { parseInt64 } from './integers.ts';

/**
 * Reads the `since` and `until` of logs and events: `seconds[.fraction]` since 1970 and nothing else, for clients
 * convert dates and durations themselves. `undefined` for empty text and for 0. @throws internal, in Go's words
 */
export const parseLogTime = (text: string): Timestamp | undefined => {
  if (text === '') return undefined;
  const dot = text.indexOf('.');
  const secs = parseInt64(dot < 0 ? text : text.slice(0, dot));
  const fraction =
    dot < 0
      ? 0n
      : parseInt64(
          text
            .slice(dot + 1)
            .slice(0, 9)
            .padEnd(9, '0'),
        );
  if (secs === 0n && fraction === 0n) return undefined;
  return fromUnix(secs, Number(fraction));
};
