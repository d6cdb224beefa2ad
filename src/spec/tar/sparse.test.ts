// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  flat,
  forms,
  lines,
  type Numbers,
  oldGnu,
  ONE_ZERO,
  padded,
  pax,
} from '../../../test/support/sparse-archive.ts';
import { BLOCK } from './entry.ts';
import { readContent, readTar, type TarPart } from './read.ts';

async function* chunks(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

const readEach = async <Found>(
  bytes: Uint8Array,
  size: number,
  read: (part: TarPart) => Promise<Found>,
): Promise<readonly Found[]> => {
  const found: Found[] = [];
  for await (const part of readTar(chunks(bytes, size))) found.push(await read(part));
  return found;
};

const whole = async (part: TarPart) => ({
  name: part.entry.name,
  type: part.entry.type,
  size: part.entry.size,
  content: await readContent(part, 1e7),
});

const readAll = async (bytes: Uint8Array, size = 700) => readEach(bytes, size, whole);

/** Data that tells where it stands. */
const dataOf = (
  numbers: Numbers,
): { readonly stored: Buffer; readonly size: number; readonly file: Buffer } => {
  const size = Math.max(0, ...numbers.map(([offset, length]) => offset + length));
  const file = Buffer.alloc(size);
  const parts = numbers.map(([offset, length]) => {
    const part = Buffer.alloc(length, `<${offset}>`);
    part.copy(file, offset);
    return part;
  });
  return { stored: Buffer.concat(parts), size, file };
};

const FEW: Numbers = [
  [1024, 512],
  [70_000, 3],
  [300_000, 0],
];
const MANY: Numbers = Array.from({ length: 60 }, (_, index) => [index * 1000, index === 59 ? 7 : 100]);

test('a sparse file has its name, its size and zeros in its holes, in each form', async () => {
  for (const numbers of [FEW, MANY, [[0, 600]], [[5000, 0]]] satisfies Numbers[]) {
    const { stored, size, file } = dataOf(numbers);
    for (const [form, bytes] of Object.entries(forms(numbers, size, stored)))
      for (const step of [61, 512, 10_000]) {
        const [first, next] = await readAll(bytes, step);
        assert.equal(first?.name, form === 'old' ? 'old' : 'real/name', form);
        assert.deepEqual([first.type, first.size], ['file', size], form);
        assert.ok(file.equals(first.content), form);
        assert.equal(next?.content.toString(), 'n', form);
      }
  }
});

test('who can leave holes gets the data alone; who reads nothing stands at the next entry', async () => {
  const { stored, size } = dataOf(FEW);
  for (const bytes of Object.values(forms(FEW, size, stored))) {
    const [first, next] = await readEach(bytes, 100, async ({ entry, pieces }) => {
      const places: number[] = [];
      let length = 0;
      for await (const { offset, bytes: piece } of pieces ?? []) {
        places.push(offset);
        length += piece.length;
      }
      return { name: entry.name, places, length };
    });
    assert.deepEqual([first?.places.at(0), first?.places.at(-1), first?.length], [1024, 70_000, 515]);
    assert.equal(next?.name, 'next');
    const names = await readEach(bytes, 100, async ({ entry }) => entry.name);
    assert.deepEqual(names.slice(1), ['next']);
  }
});

test('a size that no disk has costs neither memory nor time to whom takes the data alone', async () => {
  const numbers: Numbers = [[2 ** 40, 3]];
  const bytes = pax(
    [...ONE_ZERO, ['name', 'x'], ['realsize', String(2 ** 50)]],
    Buffer.concat([lines(numbers), Buffer.from('end')]),
  );
  const [first] = await readEach(bytes, 512, async ({ entry, pieces }) => {
    const found = [];
    for await (const { offset } of pieces ?? []) found.push(offset);
    return { size: entry.size, found };
  });
  assert.deepEqual(first, { size: 2 ** 50, found: [2 ** 40] });
});

const HEADER = { kind: 'invalid-argument', message: 'archive/tar: invalid tar header' };

test('a map that no file can have is refused, in each form', async () => {
  const stored = Buffer.alloc(1024, 'x');
  const bad: readonly (readonly [Numbers, number])[] = [
    [
      [
        [0, 512],
        [511, 512],
      ],
      4096,
    ],
    [
      [
        [2000, 512],
        [0, 512],
      ],
      4096,
    ],
    [
      [
        [0, 512],
        [4000, 512],
      ],
      4096,
    ],
    [[[5000, 0]], 4096],
  ];
  for (const [numbers, size] of bad)
    for (const [form, bytes] of Object.entries(forms(numbers, size, stored)))
      await assert.rejects(readAll(bytes), HEADER, `${form} ${flat(numbers)}`);
});

test('a map that speaks of more or of less data than there is is refused', async () => {
  for (const [length, message] of [
    [600, 'archive/tar: sparse file references non-existent data'],
    [400, 'archive/tar: sparse file contains unreferenced data'],
  ] as const)
    for (const bytes of Object.values(forms([[0, length]], 4096, Buffer.alloc(512, 'x'))))
      await assert.rejects(readAll(bytes), { kind: 'invalid-argument', message });
});

test('a map whose words are no map is refused', async () => {
  const data = Buffer.alloc(BLOCK);
  const records: readonly (readonly [string, string])[][] = [
    [
      ['map', '0,512'],
      ['numblocks', '2'],
    ],
    [
      ['map', '0,512'],
      ['numblocks', '-1'],
    ],
    [['map', '0,512']],
    [
      ['map', '0,0x200'],
      ['numblocks', '1'],
    ],
    [
      ['map', '0,512'],
      ['numblocks', '1'],
      ['size', '-512'],
    ],
    [
      ['map', '0,512'],
      ['numblocks', '1'],
      ['size', '9'.repeat(20)],
    ],
    [
      ['map', '0,512'],
      ['numblocks', '1'],
      ['name', 'a\0b'],
    ],
    [
      ['numbytes', '512'],
      ['offset', '0'],
      ['numblocks', '1'],
    ],
    [
      ['offset', '0,512'],
      ['numbytes', '0'],
      ['numblocks', '1'],
    ],
    [
      ['offset', '0'],
      ['numblocks', '1'],
    ],
  ];
  for (const each of records) await assert.rejects(readAll(pax(each, data)), HEADER, JSON.stringify(each));
  for (const text of ['', '\n', 'x\n', '-1\n', '1\n0\n-5\n', '1\n0x0\n5\n'])
    await assert.rejects(readAll(pax(ONE_ZERO, padded(Buffer.from(`${text || '\n'}`)))), HEADER, text);
  await assert.rejects(readAll(oldGnu([[0, 512]], 4096, data, 'ustar\u000000')), HEADER);
  const map = pax(
    [
      ['map', '0,0'],
      ['numblocks', '1'],
    ],
    Buffer.alloc(0),
    'd/',
  );
  await assert.rejects(readAll(map), HEADER);
});

test('a map is read no further than its entry, and no further than is sensible', async () => {
  await assert.rejects(readAll(pax(ONE_ZERO, Buffer.from('9\n0\n1\n'))), { message: 'unexpected EOF' });
  const tooLong = { kind: 'invalid-argument', message: 'archive/tar: sparse map too long' };
  await assert.rejects(readAll(pax(ONE_ZERO, padded(Buffer.from(`${10 ** 9}\n`)))), tooLong);
  const long = Buffer.from(`700000\n${'0\n'.repeat(1_400_000)}`);
  await assert.rejects(readAll(pax(ONE_ZERO, padded(long)), 65_536), tooLong);
  const endless: Numbers = Array.from({ length: 50_000 }, () => [0, 0]);
  await assert.rejects(readAll(oldGnu(endless, 4096, Buffer.alloc(0)), 65_536), tooLong);
});

test('a version that nobody knows is a plain file', async () => {
  const [first] = await readAll(
    pax(
      [
        ['major', '2'],
        ['minor', '0'],
        ['name', 'x'],
      ],
      Buffer.from('text'),
    ),
  );
  assert.deepEqual([first?.name, first?.content.toString()], ['short', 'text']);
});
