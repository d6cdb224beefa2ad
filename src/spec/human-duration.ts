// SPDX-License-Identifier: Apache-2.0
import { type Nanoseconds, toSeconds } from '../base/time.ts';

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const WEEK = 7 * DAY;
const MONTH = 30 * DAY;
const YEAR = 365 * DAY;

const [MINUTE_ISH, HOUR_ISH] = ['About a minute', 'About an hour'];

/** A length of time as `docker ps` tells it: `5 minutes`, `About an hour`, `3 weeks`. */
export const humanDuration = (span: Nanoseconds): string => {
  const secs = Math.trunc(toSeconds(span));
  if (secs < 1) return 'Less than a second';
  if (secs === 1) return '1 second';
  if (secs < MINUTE) return `${secs} seconds`;
  if (secs < 2 * MINUTE) return MINUTE_ISH;
  if (secs < HOUR) return `${Math.trunc(secs / MINUTE)} minutes`;
  const hours = Math.trunc(secs / HOUR + 0.5);
  if (hours === 1) return HOUR_ISH;
  if (hours < 48) return `${hours} hours`;
  if (hours < 24 * 14) return `${Math.trunc(hours / 24)} days`;
  if (hours < 24 * 60) return `${Math.trunc((hours * HOUR) / WEEK)} weeks`;
  if (hours < 24 * 365 * 2) return `${Math.trunc((hours * HOUR) / MONTH)} months`;
  return `${Math.trunc(secs / YEAR)} years`;
};
