// SPDX-License-Identifier: Apache-2.0
import { EngineError } from '../../../base/errors.ts';
import { printAll, printFormatted } from './print-formatted.ts';
import { isList, isMap, isTrue, printValue, typeName, type Value } from './value.ts';

/** A kind of argument, by the name that Go's messages have for it. */
export type Kind = 'string' | 'integer' | '[]string' | 'any';

/** A function of templates: what it takes, and what it makes of it. */
export interface TemplateFunction {
  /** The kinds of its arguments; with `rest` any number more of anything. */
  readonly takes: readonly Kind[];
  readonly rest?: true;
  /** @throws invalid-argument with Go's message for values that it can't take */
  readonly call: (...values: never[]) => Value;
}

const refused = (message: string): EngineError => new EngineError('invalid-argument', message);

const sorted = (value: Value): unknown =>
  isMap(value)
    ? Object.fromEntries(Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1)))
    : (value ?? null);

const lengthOf = (value: Value): number => {
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (isList(value)) return value.length;
  if (isMap(value)) return Object.keys(value).length;
  throw refused(`error calling len: len of type ${typeName(value)}`);
};

const indexOf = (value: Value, key: Value): Value => {
  if (isMap(value)) {
    if (typeof key !== 'string')
      throw refused(`error calling index: value has type ${typeName(key)}; should be string`);
    return Object.hasOwn(value, key) ? value[key] : '';
  }
  if (typeof key !== 'number')
    throw refused(`error calling index: cannot index slice/array with type ${typeName(key)}`);
  if (typeof value !== 'string' && !isList(value))
    throw refused(`error calling index: can't index item of type ${typeName(value)}`);
  const items = typeof value === 'string' ? [...Buffer.from(value)] : value;
  if (key < 0 || key >= items.length) throw refused(`error calling index: index out of range: ${key}`);
  return items[key];
};

const slice = (value: Value, ...bounds: Value[]): Value => {
  if (typeof value !== 'string' && !isList(value))
    throw refused(`error calling slice: can't slice item of type ${typeName(value)}`);
  const [start = 0, end = value.length] = bounds.map(Number);
  if (!(start >= 0 && end >= start && end <= value.length))
    throw refused(`error calling slice: index out of range: ${start <= value.length ? end : start}`);
  return value.slice(start, end);
};

const compare = (one: Value, other: Value): number => {
  if (typeof one !== typeof other)
    throw refused('error calling comparison: incompatible types for comparison');
  if (one === other) return 0;
  return (one ?? 0) < (other ?? 0) ? -1 : 1;
};

const HTML: Readonly<Record<string, string>> = {
  '<': '&lt;',
  '>': '&gt;',
  '&': '&amp;',
  '"': '&#34;',
  "'": '&#39;',
};

const javascript = (text: string): string =>
  text.replace(/[\\'"<>&=]/g, (character) =>
    /[\\'"]/.test(character)
      ? `\\${character}`
      : `\\u${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`,
  );

const title = (text: string): string =>
  text.replace(
    /(^|[^\p{L}\p{N}_'])(\p{L})/gu,
    (_, before: string, letter: string) => before + letter.toUpperCase(),
  );

const pad = (text: string, before: number, after: number): string =>
  text === '' ? '' : ' '.repeat(Math.max(0, before)) + text + ' '.repeat(Math.max(0, after));

const chooseAnd = (first: Value, ...others: Value[]): Value =>
  [first, ...others].find((value) => !isTrue(value)) ?? others.at(-1) ?? first;

const chooseOr = (first: Value, ...others: Value[]): Value =>
  [first, ...others].find((value) => isTrue(value)) ?? others.at(-1) ?? first;

const text = (call: (value: string) => Value): TemplateFunction => ({ takes: ['string'], call });
const anything = (call: (...values: Value[]) => Value): TemplateFunction => ({ takes: [], rest: true, call });
const pair = (call: (order: number) => boolean): TemplateFunction => ({
  takes: ['any', 'any'],
  call: (one: Value, other: Value) => call(compare(one, other)),
});

/** Docker's own functions and those that Go has built in. */
export const FUNCTIONS: ReadonlyMap<string, TemplateFunction> = new Map<string, TemplateFunction>([
  ['json', { takes: ['any'], call: (value: Value) => JSON.stringify(sorted(value)) }],
  ['split', { takes: ['string', 'string'], call: (value: string, by: string) => value.split(by) }],
  ['join', { takes: ['[]string', 'string'], call: (list: readonly string[], by: string) => list.join(by) }],
  ['title', text(title)],
  ['lower', text((value) => value.toLowerCase())],
  ['upper', text((value) => value.toUpperCase())],
  ['pad', { takes: ['string', 'integer', 'integer'], call: pad }],
  [
    'truncate',
    {
      takes: ['string', 'integer'],
      call: (value: string, length: number) => Buffer.from(value).subarray(0, length).toString(),
    },
  ],
  ['and', { takes: ['any'], rest: true, call: chooseAnd }],
  ['or', { takes: ['any'], rest: true, call: chooseOr }],
  ['not', { takes: ['any'], call: (value: Value) => !isTrue(value) }],
  ['len', { takes: ['any'], call: lengthOf }],
  [
    'index',
    { takes: ['any'], rest: true, call: (first: Value, ...keys: Value[]) => keys.reduce(indexOf, first) },
  ],
  ['slice', { takes: ['any'], rest: true, call: slice }],
  ['print', anything((...values) => printAll(values))],
  ['println', anything((...values) => `${values.map(printValue).join(' ')}\n`)],
  [
    'printf',
    {
      takes: ['string'],
      rest: true,
      call: (format: string, ...values: Value[]) => printFormatted(format, values),
    },
  ],
  ['html', anything((...values) => printAll(values).replace(/[<>&"']/g, (each) => HTML[each] ?? each))],
  ['js', anything((...values) => javascript(printAll(values)))],
  ['urlquery', anything((...values) => encodeURIComponent(printAll(values)).replaceAll('%20', '+'))],
  [
    'eq',
    {
      takes: ['any', 'any'],
      rest: true,
      call: (first: Value, ...others: Value[]) => others.some((other) => compare(first, other) === 0),
    },
  ],
  ['ne', pair((order) => order !== 0)],
  ['lt', pair((order) => order < 0)],
  ['le', pair((order) => order <= 0)],
  ['gt', pair((order) => order > 0)],
  ['ge', pair((order) => order >= 0)],
]);
