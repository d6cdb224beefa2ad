// SPDX-License-Identifier: Apache-2.0
import { printValue, typeName, type Value } from './value.ts';

const VERB = /%([-+# 0]*)(\d+)?(?:\.(\d+))?(.)/gs;

const quote = (value: Value): string =>
  typeof value === 'string' ? JSON.stringify(value) : `%!q(${typeName(value)}=${printValue(value)})`;

const hex = (value: Value): string | undefined => {
  if (typeof value === 'number') return Math.trunc(value).toString(16);
  return typeof value === 'string' ? Buffer.from(value).toString('hex') : undefined;
};

const convert = (verb: string, value: Value, precision: number | undefined): string | undefined => {
  if (verb === 'v') return printValue(value);
  if (verb === 's' && typeof value !== 'number' && typeof value !== 'boolean') {
    const text = printValue(value);
    return precision === undefined ? text : Array.from(text).slice(0, precision).join('');
  }
  if (verb === 'q') return quote(value);
  if (verb === 'x') return hex(value);
  if (verb === 'X') return hex(value)?.toUpperCase();
  if (verb === 'd' && Number.isInteger(value)) return printValue(value);
  if (verb === 'f' && typeof value === 'number') return value.toFixed(precision ?? 6);
  return verb === 't' && typeof value === 'boolean' ? String(value) : undefined;
};

const fill = (text: string, flags: string, width: number, isNumber: boolean): string => {
  if (flags.includes('-')) return text.padEnd(width);
  return text.padStart(width, flags.includes('0') && isNumber ? '0' : ' ');
};

/** Go's Sprintf, for the verbs v, s, q, d, x, X, f, t. */
export const printFormatted = (format: string, values: readonly Value[]): string => {
  let used = 0;
  const text = format.replace(VERB, (_, flags: string, width = '0', precision?: string, verb = '') => {
    if (verb === '%') return '%';
    if (used >= values.length) return `%!${verb}(MISSING)`;
    const value = values[used++];
    const converted = convert(verb, value, precision === undefined ? undefined : Number(precision));
    if (converted === undefined) return `%!${verb}(${typeName(value)}=${printValue(value)})`;
    return fill(converted, flags, Number(width), typeof value === 'number');
  });
  const extra = values.slice(used).map((value) => `${typeName(value)}=${printValue(value)}`);
  return extra.length === 0 ? text : `${text}%!(EXTRA ${extra.join(', ')})`;
};

/** Go's Sprint: a space between two values that are both no strings. */
export const printAll = (values: readonly Value[]): string =>
  values
    .map((value, index) => {
      const before = values[index - 1];
      const isApart = index > 0 && typeof value !== 'string' && typeof before !== 'string';
      return `${isApart ? ' ' : ''}${printValue(value)}`;
    })
    .join('');
