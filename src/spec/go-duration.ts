// SPDX-License-Identifier: Apache-2.0
import { type Nanoseconds } from '../base/time.ts';

/** Nanoseconds of each unit that Go's durations have. */
const UNITS: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1_000n,
  µs: 1_000n,
  μs: 1_000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
};

const TERM = /(\d*)(?:\.(\d*))?(ns|us|µs|μs|ms|s|m|h)/y;

const termValue = (whole: string, fraction: string, unit: bigint): bigint => {
  const scale = 10n ** BigInt(fraction.length);
  return ((BigInt(whole || '0') * scale + BigInt(fraction || '0')) * unit) / scale;
};

/** Reads `1h30m`, `1.5s`, `-2us`, `0`: Go's `time.ParseDuration`. `undefined` for what is no duration. */
export const parseGoDuration = (text: string): Nanoseconds | undefined => {
  const sign = /^[+-]/.exec(text)?.[0] ?? '';
  const body = text.slice(sign.length);
  if (body === '0') return 0n as Nanoseconds;
  if (body === '') return undefined;
  let total = 0n;
  const term = new RegExp(TERM);
  while (term.lastIndex < body.length) {
    const match = term.exec(body);
    if (!match) return undefined;
    const [, whole = '', fraction = '', unit = ''] = match;
    if (whole === '' && fraction === '') return undefined;
    total += termValue(whole, fraction, UNITS[unit] as bigint);
  }
  if (total > 2n ** 63n - 1n) return undefined;
  return (sign === '-' ? -total : total) as Nanoseconds;
};

const trimmed = (value: bigint, unit: bigint, digits: number): string => {
  const fraction = (value % unit).toString().padStart(digits, '0').replace(/0+$/, '');
  return `${value / unit}${fraction === '' ? '' : `.${fraction}`}`;
};

/** `1h30m0s`, `1.5s`, `100ms`, `0s`: how Go prints a duration. */
export const formatGoDuration = (span: Nanoseconds): string => {
  if (span < 0n) return `-${formatGoDuration((0n - span) as Nanoseconds)}`;
  if (span === 0n) return '0s';
  if (span < 1_000n) return `${span}ns`;
  if (span < 1_000_000n) return `${trimmed(span, 1_000n, 3)}µs`;
  if (span < 1_000_000_000n) return `${trimmed(span, 1_000_000n, 6)}ms`;
  const minutes = span / 60_000_000_000n;
  const hours = minutes / 60n;
  const rest = `${trimmed(span % 60_000_000_000n, 1_000_000_000n, 9)}s`;
  if (hours > 0n) return `${hours}h${minutes % 60n}m${rest}`;
  return minutes > 0n ? `${minutes}m${rest}` : rest;
};
