// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Timestamp } from '../../base/time.ts';
import { LineCutter } from './line-cutter.ts';
import { type LogPiece, messagesOf } from './piece.ts';

const first = 1n as Timestamp;
const second = 2n as Timestamp;

const shown = ({ bytes, at, partial }: LogPiece): readonly unknown[] => [
  bytes.toString(),
  at,
  ...(partial ? [partial.ordinal, partial.last] : []),
];

test('whole lines are one piece, whatever the chunks', () => {
  const cutter = new LineCutter('stderr', 8);
  assert.deepEqual(cutter.take(Buffer.from('one\ntwo\nthr'), first).map(shown), [['one\ntwo\n', first]]);
  assert.deepEqual(cutter.take(Buffer.from('ee\n\n'), second).map(shown), [['three\n\n', second]]);
  assert.equal(cutter.finish(second), undefined);
});

test('parts of a long line are numbered, share a name and the time of the first, and the last one says so', () => {
  const cutter = new LineCutter('stdout', 4);
  const pieces = [
    ...cutter.take(Buffer.from('abcdef'), first),
    ...cutter.take(Buffer.from('ghi\nz\n'), second),
  ];
  assert.deepEqual(pieces.map(shown), [
    ['abcd', first, 1, false],
    ['efgh', first, 2, false],
    ['i\n', first, 3, true],
    ['z\n', second],
  ]);
  assert.equal(new Set(pieces.slice(0, 3).map(({ partial }) => partial?.id)).size, 1);
  assert.match(pieces[0]?.partial?.id ?? '', /^[\da-f]{64}$/);
});

test('a rest without a newline is a part that is not the last', () => {
  const cutter = new LineCutter('stdout', 4);
  cutter.take(Buffer.from('a\nre'), first);
  const rest = cutter.finish(second);
  assert.deepEqual(rest && shown(rest), ['re', second, 1, false]);
});

test('a piece is taken apart into messages without their newlines', () => {
  const cutter = new LineCutter('stdout', 4);
  const pieces = cutter.take(Buffer.from('a\n\nbcdef\n'), first);
  const messages = pieces.flatMap((piece) => messagesOf(piece));
  assert.deepEqual(
    messages.map(({ line, partial }) => [Buffer.from(line).toString(), partial?.ordinal]),
    [
      ['a', undefined],
      ['', undefined],
      ['bcde', 1],
      ['f', 2],
    ],
  );
});
