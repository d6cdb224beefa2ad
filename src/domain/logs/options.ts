// SPDX-License-Identifier: Apache-2.0
import { EngineError } from '../../base/errors.ts';
import type { LogOptions } from './driver.ts';

/** Taken for every driver (daemon.md §8.1). */
const COMMON = new Set([
  'mode',
  'max-buffer-size',
  'cache-disabled',
  'cache-max-size',
  'cache-max-file',
  'cache-compress',
]);

const invalid = (text: string): EngineError => new EngineError('invalid-argument', text);

const checkMode = (options: LogOptions): void => {
  const { mode = 'blocking' } = options;
  if (mode !== '' && mode !== 'blocking' && mode !== 'non-blocking')
    throw invalid(`logger: logging mode not supported: ${mode}`);
  if (options['max-buffer-size'] === undefined) return;
  if (mode !== 'non-blocking')
    throw invalid("logger: max-buffer-size option is only supported with 'mode=non-blocking'");
  parseSize(options['max-buffer-size']);
};

/** Refuses what neither `driver` knows nor all drivers do. @throws invalid-argument `unknown log opt 'x' for json-file log driver` */
export const checkOptionNames = (driver: string, options: LogOptions, known: ReadonlySet<string>): void => {
  checkMode(options);
  for (const name of Object.keys(options)) {
    if (!known.has(name) && !COMMON.has(name))
      throw invalid(`unknown log opt '${name}' for ${driver} log driver`);
  }
};

const SIZE = /^(\d+(?:\.\d+)?) ?([kmgtp]?)i?b?$/i;

/** Decimal multiples: `10k` is 10,000 bytes. @throws invalid-argument `invalid size: 'x'` */
export const parseSize = (text: string): number => {
  const [, number, unit = ''] = SIZE.exec(text) ?? [];
  if (number === undefined) throw invalid(`invalid size: '${text}'`);
  return Math.floor(Number(number) * 1000 ** (unit === '' ? 0 : 'kmgtp'.indexOf(unit.toLowerCase()) + 1));
};

/** @throws invalid-argument in Go's words */
export const parseCount = (text: string): number => {
  if (!/^[+-]?\d+$/.test(text)) throw invalid(`strconv.Atoi: parsing "${text}": invalid syntax`);
  return Number(text);
};

/** @throws invalid-argument in Go's words */
export const parseFlag = (text: string): boolean => {
  if (['1', 't', 'T', 'TRUE', 'true', 'True'].includes(text)) return true;
  if (['0', 'f', 'F', 'FALSE', 'false', 'False'].includes(text)) return false;
  throw invalid(`strconv.ParseBool: parsing "${text}": invalid syntax`);
};
