// SPDX-License-Identifier: Apache-2.0
import { EngineError, messageOf } from '../../base/errors.ts';
import type { LogOptions } from './driver.ts';

/** Options of the copy that is kept of the output of drivers that can't read. */
const CACHE = new Set(['cache-disabled', 'cache-max-size', 'cache-max-file', 'cache-compress']);

/** Taken for every driver (daemon.md §8.1). */
const COMMON = new Set(['mode', 'max-buffer-size', ...CACHE]);

/** Whether an option is the cache's. */
export const isCacheOption = (name: string): boolean => CACHE.has(name);

const invalid = (text: string): EngineError => new EngineError('invalid-argument', text);

const checkMode = (options: LogOptions): void => {
  const { mode = 'blocking' } = options;
  if (mode !== '' && mode !== 'blocking' && mode !== 'non-blocking')
    throw invalid(`logger: logging mode not supported: ${mode}`);
  if (options['max-buffer-size'] === undefined) return;
  if (mode !== 'non-blocking')
    throw invalid("logger: max-buffer-size option is only supported with 'mode=non-blocking'");
  checkBufferSize(options['max-buffer-size']);
};

const checkBufferSize = (text: string): void => {
  try {
    parseBinarySize(text);
  } catch (cause) {
    throw new EngineError('invalid-argument', `error parsing option max-buffer-size: ${messageOf(cause)}`, {
      cause,
    });
  }
};

const checkCache = (options: LogOptions): void => {
  const disabled = options['cache-disabled'] ?? '';
  if (disabled !== '' && !isFlag(disabled))
    throw invalid(`invalid value for option cache-disabled: ${disabled}`);
};

/**
 * Looks at the options that hold for every driver and gives the driver's own.
 * @throws invalid-argument in dockerd's words
 */
export const checkCommonOptions = (options: LogOptions): LogOptions => {
  checkMode(options);
  checkCache(options);
  return Object.fromEntries(Object.entries(options).filter(([name]) => !COMMON.has(name)));
};

/** Refuses what `driver` does not know. @throws invalid-argument `unknown log opt 'x' for json-file log driver` */
export const checkOptionNames = (driver: string, options: LogOptions, known: ReadonlySet<string>): void => {
  for (const name of Object.keys(options))
    if (!known.has(name)) throw invalid(`unknown log opt '${name}' for ${driver} log driver`);
};

const SIZE = /^(\d+(?:\.\d+)?) ?([kmgtp]?)i?b?$/i;

const sizeOf = (text: string, step: number): number => {
  const [, number, unit = ''] = SIZE.exec(text) ?? [];
  if (number === undefined) throw invalid(`invalid size: '${text}'`);
  return Math.floor(Number(number) * step ** (unit === '' ? 0 : 'kmgtp'.indexOf(unit.toLowerCase()) + 1));
};

/** Decimal multiples: `10k` is 10,000 bytes. @throws invalid-argument `invalid size: 'x'` */
export const parseSize = (text: string): number => sizeOf(text, 1000);

/** Binary multiples: `1m` is 1,048,576 bytes. @throws invalid-argument `invalid size: 'x'` */
export const parseBinarySize = (text: string): number => sizeOf(text, 1024);

/** @throws invalid-argument in Go's words */
export const parseCount = (text: string): number => {
  if (!/^[+-]?\d+$/.test(text)) throw invalid(`strconv.Atoi: parsing "${text}": invalid syntax`);
  return Number(text);
};

const TRUE = ['1', 't', 'T', 'TRUE', 'true', 'True'];
const FALSE = ['0', 'f', 'F', 'FALSE', 'false', 'False'];

const isFlag = (text: string): boolean => TRUE.includes(text) || FALSE.includes(text);

/** True for what means yes; anything else means no. */
export const isFlagSet = (text: string): boolean => TRUE.includes(text);

/** @throws invalid-argument in Go's words */
export const parseFlag = (text: string): boolean => {
  if (!isFlag(text)) throw invalid(`strconv.ParseBool: parsing "${text}": invalid syntax`);
  return TRUE.includes(text);
};
