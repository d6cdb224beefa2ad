// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeLogFiles } from '../../../adapters/logfiles/fake.ts';
import type { Timestamp } from '../../../base/time.ts';
import { LineCutter, LONGEST_MESSAGE } from '../line-cutter.ts';
import type { LogLine } from '../logs.ts';
import type { LogPiece } from '../piece.ts';
import { EntryDecoder } from './decode.ts';
import { encodeEntries } from './entry.ts';
import { localFormat } from './format.ts';
import { parseLocalRotation } from './rotation.ts';

const AT = 1_795_319_103_900_000_251n as Timestamp;

const piece = (text: string, more: Partial<LogPiece> = {}): LogPiece => ({
  stream: 'stdout',
  bytes: Buffer.from(text),
  at: AT,
  ...more,
});

const shown = ({ stream, text, at }: LogLine): readonly unknown[] => [
  stream,
  Buffer.from(text).toString(),
  at,
];

const decode = (bytes: Buffer): readonly (readonly unknown[])[] =>
  new EntryDecoder().decode(Buffer.from(bytes)).map(shown);

test('a record is what Moby writes', () => {
  // What dockerd 20.10 wrote for `echo two >&2`, and for a line that ended with the stream.
  const two = '00000017' + '0a06737464657272' + '10bbdaf7f9e8a690f518' + '1a0374776f' + '00000017';
  const at = 1_795_319_104_047_803_707n as Timestamp;
  assert.equal(encodeEntries(piece('two\n', { stream: 'stderr', at })).toString('hex'), two);
  const id = '3e2502ae0f8426ee77bb7d741e101d3caf9ccace46e54385fe31f6128e7b5217';
  const end =
    '0000005f0a067374646f757410d1febe8be9a690f5181a03656e6420012a441240' +
    `${Buffer.from(id).toString('hex')}18010000005f`;
  const open = piece('end', {
    at: 1_795_319_104_084_623_185n as Timestamp,
    partial: { id, ordinal: 1, last: false },
  });
  const bytes = encodeEntries(open);
  assert.deepEqual(decode(bytes), [['stdout', 'end', open.at]]);
  assert.equal(bytes.toString('hex'), end);
});

test('what was written is read back, long lines joined by the lack of a newline', () => {
  const cutter = new LineCutter('stdout', LONGEST_MESSAGE);
  const text = `one\n\n${'x'.repeat(40_000)}\n${'y'.repeat(130)}\nend`;
  const pieces = [...cutter.take(Buffer.from(text), AT), cutter.finish(AT)].filter(
    (each) => each !== undefined,
  );
  const bytes = Buffer.concat(pieces.map(encodeEntries));
  assert.equal(localFormat.wholeEnd(bytes), bytes.length);
  const lines = new EntryDecoder().decode(bytes);
  assert.equal(Buffer.concat(lines.map((line) => line.text)).toString(), text);
  assert.ok(lines.every(({ at }) => at === AT));
});

test('times of all sizes', () => {
  for (const at of [0n, 1n, 127n, 128n, 2n ** 28n - 1n, 2n ** 28n, 2n ** 56n, 2n ** 62n + 5n, -1n])
    assert.deepEqual(decode(encodeEntries(piece('a\n', { at: at as Timestamp }))), [['stdout', 'a\n', at]]);
});

test('a record that is not whole is left for later, garbage is passed over', () => {
  const bytes = encodeEntries(piece('a\nb\n'));
  assert.equal(localFormat.wholeEnd(bytes.subarray(0, -1)), bytes.length / 2);
  assert.equal(localFormat.wholeEnd(Buffer.from('garbage that is no record')), 25);
  assert.deepEqual(decode(Buffer.from('0000000201010000000200', 'hex')), []);
});

test('a tail is found from behind, over a record that was cut off too', async () => {
  const files = new FakeLogFiles();
  const bytes = encodeEntries(piece('1\n2\n3\n'));
  for (const [index, torn] of [0, 3, 9].entries()) {
    const path = `/${index}`;
    const file = Buffer.concat([bytes, bytes.subarray(0, torn)]);
    files.put(path, file.toString('latin1'));
    const reader = await files.openReader(path, 0);
    assert.ok(reader);
    const { position, found } = await localFormat.findTail(
      { ...reader, size: async () => file.length, read: async (into, at) => file.copy(into, 0, at) },
      2,
    );
    assert.deepEqual([position, found], [bytes.length / 3, 2]);
  }
});

test('values of options that cannot be read are refused as dockerd does', () => {
  const names = { maxSize: 'max-size', maxFiles: 'max-file', compress: 'compress' } as const;
  assert.deepEqual(parseLocalRotation({}, names), { maxSize: 20_971_520, maxFiles: 5, compress: true });
  assert.deepEqual(parseLocalRotation({ 'max-size': '0', 'max-file': '2' }, names), {
    maxFiles: 2,
    compress: true,
  });
  const bad = (options: Record<string, string>, message: RegExp): void =>
    assert.throws(() => parseLocalRotation(options, names), message);
  bad({ 'max-size': '-1' }, /^EngineError: invalid value for max-size: -1: invalid size: '-1'$/);
  bad({ 'max-file': 'zz' }, /invalid value for max-file: zz: strconv.Atoi: parsing "zz": invalid syntax/);
  bad({ 'max-file': '1' }, /compression cannot be enabled when max file count is 1/);
  bad(
    { compress: 'zz' },
    /error reading compress log option: strconv.ParseBool: parsing "zz": invalid syntax/,
  );
});
