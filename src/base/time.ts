// SPDX-License-Identifier: Apache-2.0
import type { Branded } from './brand.ts';

/** A length of time in nanoseconds. */
export type Nanoseconds = Branded<bigint, 'Nanoseconds'>;

/** A moment: nanoseconds since 1970-01-01T00:00:00Z. */
export type Timestamp = Branded<bigint, 'Timestamp'>;

/** Go's zero time, `0001-01-01T00:00:00Z`: what Docker shows for "never". */
export const ZERO_TIME = -62_135_596_800_000_000_000n as Timestamp;

export const milliseconds = (count: number): Nanoseconds => BigInt(Math.round(count * 1e6)) as Nanoseconds;
export const seconds = (count: number): Nanoseconds => BigInt(Math.round(count * 1e9)) as Nanoseconds;

/** Whole and fractional milliseconds, as timers take them. */
export const toMilliseconds = (span: Nanoseconds): number => Number(span) / 1e6;
export const toSeconds = (span: Nanoseconds): number => Number(span) / 1e9;

/** A wall clock this far from the high-resolution one (ms) was stepped; then the wall clock is believed. */
const STEP = 2;

/** The present moment, with microseconds where the system's clock was not stepped since the process started. */
export const now = (): Timestamp => {
  const wall = Date.now();
  const fine = performance.timeOrigin + performance.now();
  if (Math.abs(fine - wall) > STEP) return (BigInt(wall) * 1_000_000n) as Timestamp;
  const whole = Math.floor(fine);
  return (BigInt(whole) * 1_000_000n + BigInt(Math.floor((fine - whole) * 1e6))) as Timestamp;
};

export const fromUnix = (secs: bigint, nanos = 0): Timestamp =>
  (secs * 1_000_000_000n + BigInt(nanos)) as Timestamp;

/** Whole seconds since 1970, rounded down. */
export const unixSeconds = (moment: Timestamp): number => {
  const whole = moment / 1_000_000_000n;
  return Number(moment % 1_000_000_000n < 0n ? whole - 1n : whole);
};

/** The fraction of `moment`'s second, 0 to 999,999,999. */
export const nanosOfSecond = (moment: Timestamp): number =>
  Number(((moment % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n);

export const since = (start: Timestamp, end: Timestamp = now()): Nanoseconds => (end - start) as Nanoseconds;

const wholeSecond = (moment: Timestamp): string => {
  if (moment === ZERO_TIME) return '0001-01-01T00:00:00';
  return new Date(unixSeconds(moment) * 1000).toISOString().slice(0, 19);
};

/** `2024-01-02T03:04:05Z`: RFC 3339 in UTC, seconds only. */
export const formatRfc3339 = (moment: Timestamp): string => `${wholeSecond(moment)}Z`;

/** `2024-01-02T03:04:05.1234Z`: RFC 3339 in UTC with up to nine digits, trailing zeros trimmed (Go's RFC3339Nano). */
export const formatRfc3339Nano = (moment: Timestamp): string => {
  const nanos = nanosOfSecond(moment);
  if (nanos === 0) return `${wholeSecond(moment)}Z`;
  return `${wholeSecond(moment)}.${nanos.toString().padStart(9, '0').replace(/0+$/, '')}Z`;
};

/** `2024-01-02T03:04:05.123400000Z`: always nine digits, as `docker logs --timestamps` prints. */
export const formatRfc3339Fixed = (moment: Timestamp): string =>
  `${wholeSecond(moment)}.${nanosOfSecond(moment).toString().padStart(9, '0')}Z`;

const RFC3339 = /^(\d{4}-\d{2}-\d{2})[Tt ](\d{2}:\d{2}:\d{2})(?:\.(\d{1,9})\d*)?(Z|z|[+-]\d{2}:\d{2})$/;

/** Reads any RFC 3339 text; `undefined` when it is none. */
export const parseRfc3339 = (text: string): Timestamp | undefined => {
  const match = RFC3339.exec(text);
  if (!match) return undefined;
  const [, date, clock, fraction = '', zone] = match;
  if (date === '0001-01-01' && clock === '00:00:00' && fraction === '') return ZERO_TIME;
  const ms = Date.parse(`${date}T${clock}${zone === 'z' ? 'Z' : zone}`);
  if (Number.isNaN(ms)) return undefined;
  return (BigInt(ms) * 1_000_000n + BigInt(fraction.padEnd(9, '0'))) as Timestamp;
};
