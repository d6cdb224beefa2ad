// SPDX-License-Identifier: Apache-2.0
import { EngineError } from '../base/errors.ts';

/** Linux signal numbers (signal(7), x86 and ARM), by name without `SIG`. */
const NUMBERS: ReadonlyMap<string, number> = new Map([
  ['HUP', 1],
  ['INT', 2],
  ['QUIT', 3],
  ['ILL', 4],
  ['TRAP', 5],
  ['ABRT', 6],
  ['IOT', 6],
  ['BUS', 7],
  ['FPE', 8],
  ['KILL', 9],
  ['USR1', 10],
  ['SEGV', 11],
  ['USR2', 12],
  ['PIPE', 13],
  ['ALRM', 14],
  ['TERM', 15],
  ['STKFLT', 16],
  ['CHLD', 17],
  ['CLD', 17],
  ['CONT', 18],
  ['STOP', 19],
  ['TSTP', 20],
  ['TTIN', 21],
  ['TTOU', 22],
  ['URG', 23],
  ['XCPU', 24],
  ['XFSZ', 25],
  ['VTALRM', 26],
  ['PROF', 27],
  ['WINCH', 28],
  ['IO', 29],
  ['POLL', 29],
  ['PWR', 30],
  ['SYS', 31],
]);

const RTMIN = 34;
/** The last real-time signal, and the highest number a Linux process can be sent. */
const RTMAX = 64;

export const SIGKILL = 9;
export const SIGTERM = 15;

const realTime = (name: string): number | undefined => {
  const match = /^RT(MIN|MAX)(?:([+-])(\d{1,2}))?$/.exec(name);
  if (!match) return undefined;
  const offset = Number(match[3] ?? 0) * (match[2] === '-' ? -1 : 1);
  const number = (match[1] === 'MIN' ? RTMIN : RTMAX) + offset;
  return number >= RTMIN && number <= RTMAX ? number : undefined;
};

/**
 * The number of a signal given by number or by name, in any case, with or without `SIG`.
 * @throws invalid-argument `invalid signal: X`
 */
export const parseSignal = (text: string): number => {
  const invalid = new EngineError('invalid-argument', `invalid signal: ${text}`);
  if (/^\d+$/.test(text)) {
    const number = Number(text);
    if (number === 0) throw invalid;
    return number;
  }
  const name = text.toUpperCase().replace(/^SIG/, '');
  const number = NUMBERS.get(name) ?? realTime(name);
  if (number === undefined) throw invalid;
  return number;
};

/** True for numbers that the kernel knows. */
export const isKnownSignal = (number: number): boolean => number >= 1 && number <= RTMAX;
