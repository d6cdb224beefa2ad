// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { scanJson } from './go-json-syntax.ts';

const fault = (text: string): string => {
  const scan = scanJson(text);
  return scan.kind === 'fault' ? scan.message : scan.kind;
};

test('what Go refuses is told in its words', () => {
  const told: readonly (readonly [text: string, message: string])[] = [
    ['bad', "invalid character 'b' looking for beginning of value"],
    ['{"a":1', 'unexpected EOF'],
    ['{"a"', 'unexpected EOF'],
    ['{"a":}', "invalid character '}' looking for beginning of value"],
    ['{a:1}', "invalid character 'a' looking for beginning of object key string"],
    ['{"a" 1}', "invalid character '1' after object key"],
    ['{"a":1 "b":2}', `invalid character '"' after object key:value pair`],
    ['[1 2]', "invalid character '2' after array element"],
    ['[1,]', "invalid character ']' looking for beginning of value"],
    ['nul!', "invalid character '!' in literal null (expecting 'l')"],
    ['-x', "invalid character 'x' in numeric literal"],
    ['1.x', "invalid character 'x' after decimal point in numeric literal"],
    ['1ex', "invalid character 'x' in exponent of numeric literal"],
    ['"a\nb"', "invalid character '\\n' in string literal"],
    ['"\\x"', "invalid character 'x' in string escape code"],
    ['"\\u12g4"', "invalid character 'g' in \\u hexadecimal character escape"],
    ["'a'", "invalid character '\\'' looking for beginning of value"],
  ];
  for (const [text, message] of told) assert.equal(fault(text), message, text);
});

test('a value ends where another may begin', () => {
  assert.deepEqual(scanJson('{"a":[1,-2.5e3,"x\\u00e9"]} {}'), { kind: 'value', end: 26 });
  assert.deepEqual(scanJson('12 x'), { kind: 'value', end: 2 });
});

test('white space alone is no value', () => {
  assert.deepEqual(scanJson(' \r\n\t'), { kind: 'empty' });
});
