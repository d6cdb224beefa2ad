// SPDX-License-Identifier: Apache-2.0
import { EngineError } from '../base/errors.ts';

const refuse = (reader: string, text: string, why: string): EngineError =>
  new EngineError('internal', `strconv.${reader}: parsing ${JSON.stringify(text)}: ${why}`);

const LARGEST = 2n ** 63n - 1n;

/** Reads a decimal int64. @throws internal, in the words of Go's `reader`, since clients are shown them */
export const parseInt64 = (text: string, reader = 'ParseInt'): bigint => {
  if (!/^[+-]?\d+$/.test(text)) throw refuse(reader, text, 'invalid syntax');
  const value = BigInt(text.replace(/^\+/, ''));
  if (value > LARGEST || value < -LARGEST - 1n) throw refuse(reader, text, 'value out of range');
  return value;
};

/** Reads a whole number that a `number` holds exactly. @throws internal */
export const atoi = (text: string): number => {
  const value = Number(parseInt64(text, 'Atoi'));
  if (!Number.isSafeInteger(value)) throw refuse('Atoi', text, 'value out of range');
  return value;
};

/** Why `text` is no uint32, in Go's words; `undefined` when it is one. */
export const uint32Fault = (text: string): string | undefined => {
  if (!/^\d+$/.test(text)) return /^-\d+$/.test(text) ? 'value out of range' : 'invalid syntax';
  return BigInt(text) >= 2n ** 32n ? 'value out of range' : undefined;
};
