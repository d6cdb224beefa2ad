// SPDX-License-Identifier: Apache-2.0
import { parseError } from './template-error.ts';

const ESCAPE = /\\(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|([0-7]{3})|(.))/g;

const SIMPLE: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  "'": "'",
  '"': '"',
};

const unescape = (text: string, line: number): string =>
  text.replace(
    ESCAPE,
    (whole, byte?: string, short?: string, long?: string, octal?: string, simple?: string) => {
      const code = byte ?? short ?? long;
      if (code !== undefined) return String.fromCodePoint(parseInt(code, 16));
      if (octal !== undefined) return String.fromCodePoint(parseInt(octal, 8));
      const plain = SIMPLE[simple ?? ''];
      if (plain === undefined) throw parseError(line, `invalid syntax: ${whole}`);
      return plain;
    },
  );

/** The value of Go's string or character literal: a character is its number. @throws invalid-argument */
export const unquote = (literal: string, line: number): string | number => {
  const inner = literal.slice(1, -1);
  if (literal.startsWith('`')) return inner;
  const text = unescape(inner, line);
  if (!literal.startsWith("'")) return text;
  if (Array.from(text).length !== 1) throw parseError(line, `malformed character constant: ${literal}`);
  return text.codePointAt(0) ?? 0;
};
