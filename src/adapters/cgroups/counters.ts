// SPDX-License-Identifier: Apache-2.0
import type { Counter } from './cgroups.ts';

/** A decimal count; 0 for what is none. */
export const readCounter = (text: string | undefined): Counter => {
  const value = Number(text ?? 0);
  if (Number.isSafeInteger(value)) return value;
  return /^\d+\s*$/.test(text ?? '') ? BigInt((text ?? '').trim()) : 0;
};

/** `count` times a whole number. */
export const scale = (count: Counter, factor: number): Counter => {
  const product = Number(count) * factor;
  return Number.isSafeInteger(product) ? product : BigInt(count) * BigInt(factor);
};

/** Lines of a key and a count. */
export const readKeyed = (text: string | undefined): ReadonlyMap<string, Counter> => {
  const found = new Map<string, Counter>();
  for (const line of (text ?? '').split('\n')) {
    const space = line.indexOf(' ');
    if (space > 0) found.set(line.slice(0, space), readCounter(line.slice(space + 1)));
  }
  return found;
};

/** Reads one of the kernel's files; `undefined` when it is not there. */
export type ReadText = (path: string) => string | undefined;
