// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromUnix } from '../../../base/time.ts';
import { LineCutter, LONGEST_MESSAGE } from '../line-cutter.ts';
import { JsonDecoder } from './decode.ts';
import { RecordEncoder } from './encode.ts';

const TIME = '2026-01-02T03:04:05.5Z';
const AT = fromUnix(1_767_323_045n, 500_000_000);

const encode = (chunks: (string | Uint8Array)[], attributes?: Record<string, string>): string => {
  const cutter = new LineCutter('stdout', LONGEST_MESSAGE);
  const encoder = new RecordEncoder(attributes);
  const pieces = chunks.flatMap((chunk) => cutter.take(Buffer.from(chunk), AT));
  const rest = cutter.finish(AT);
  const all = rest ? [...pieces, rest] : pieces;
  return Buffer.concat(all.map((piece) => encoder.encode(piece))).toString();
};

const record = (log: string): string => `{"log":"${log}","stream":"stdout","time":"${TIME}"}\n`;

test('each line is a record, whatever the chunks', () => {
  const records = record('one\\n') + record('two\\n') + record('\\n');
  assert.equal(encode(['one\ntwo\n\n']), records);
  assert.equal(encode(['on', 'e', '\ntw', 'o\n\n']), records);
});

test('a rest without a newline is written when the stream ends', () => {
  assert.equal(encode(['a\nrest']), record('a\\n') + record('rest'));
});

test('a line of 16384 bytes and more is cut, and only its last part ends in a newline', () => {
  const part = 'x'.repeat(16_384);
  assert.equal(encode([`${part.slice(1)}\n`]), record(`${part.slice(1)}\\n`));
  assert.equal(encode([`${part}\nb\n`]), record(part) + record('\\n') + record('b\\n'));
  assert.equal(
    encode([`a\n${part}${part}end\n`]),
    record('a\\n') + record(part) + record(part) + record('end\\n'),
  );
});

test('Go’s escapes, the usual and the rare', () => {
  assert.equal(encode(['"\\<>&\t\r\n']), record('\\"\\\\\\u003c\\u003e\\u0026\\u0009\\r\\n'));
  assert.equal(encode(['\x00\b\f\x1b\x7f\u2028\n']), record('\\u0000\\u0008\\u000c\\u001b\x7f\\u2028\\n'));
  assert.equal(encode(['"\u0080\u0081ü\n']), record('\\"\u0080\u0081ü\\n'));
  assert.equal(encode(['"$&$1"\n"b"\n']), record('\\"$\\u0026$1\\"\\n') + record('\\"b\\"\\n'));
});

test('each byte that is no UTF-8 becomes a replacement, a true one stays', () => {
  const bytes = Buffer.concat([Buffer.from('é\ufffd'), Buffer.from([0xff, 0xe2, 0x82]), Buffer.from('z\n')]);
  assert.equal(encode([bytes]), record('é\ufffd\\ufffd\\ufffd\\ufffdz\\n'));
});

test('attributes come after the stream, in order', () => {
  assert.equal(
    encode(['a\n'], { b: '$&', a: '1' }),
    `{"log":"a\\n","stream":"stdout","attrs":{"a":"1","b":"$\\u0026"},"time":"${TIME}"}\n`,
  );
});

test('what was written is read back byte for byte', () => {
  const text = 'plain\n"quoted"\\\t\nzwölf\n\n\x1b[31mred\x1b[0m\nend';
  const lines = new JsonDecoder().decode(Buffer.from(encode([text], { k: 'v' }) + encode([text])));
  assert.equal(Buffer.concat(lines.map((line) => line.text)).toString(), text + text);
  assert.deepEqual(lines[0]?.attributes, { k: 'v' });
  assert.equal(lines[0]?.at, AT);
});

test('a record cut off in its middle is left out, its neighbours are not', () => {
  const text = `${record('a\\n')}{"log":"cut","str\n\n${record('b\\n').replace('stdout', 'stderr')}`;
  const lines = new JsonDecoder().decode(Buffer.from(text));
  assert.deepEqual(
    lines.map((line) => [line.stream, Buffer.from(line.text).toString()]),
    [
      ['stdout', 'a\n'],
      ['stderr', 'b\n'],
    ],
  );
});
