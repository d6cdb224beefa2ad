// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sampleImage, sampleRoom } from '../../../test/support/sample-images.ts';
import { parseUntil } from './list.ts';

const room = async () => {
  const made = await sampleRoom();
  const add = (year: number, labels: Readonly<Record<string, string>>, tags: readonly string[]) =>
    made.load(sampleImage({ layers: [String(year)], labels, created: `${year}-01-01T00:00:00Z` }), tags);
  await add(2021, { a: '1' }, ['old:1']);
  await add(2023, { a: '2', b: '' }, ['r.test/new:1', 'mid:1']);
  await add(2022, {}, []);
  const names = (filters: Readonly<Record<string, readonly string[]>>): readonly string[] =>
    made.images.list({ all: false, filters }).map(({ repoTags }) => repoTags[0] ?? '-');
  return { ...made, names };
};

test('images come newest first', async () => {
  const { names } = await room();
  assert.deepEqual(names({}), ['mid:1', '-', 'old:1']);
});

test('filters choose by name, label, time and whether anybody named the image', async () => {
  const { names } = await room();
  assert.deepEqual(names({ dangling: ['1'] }), ['-']);
  assert.deepEqual(names({ dangling: ['false'] }), ['mid:1', 'old:1']);
  assert.deepEqual(names({ label: ['a'] }), ['mid:1', 'old:1']);
  assert.deepEqual(names({ label: ['a=1'] }), ['old:1']);
  assert.deepEqual(names({ label: ['a', 'b'] }), ['mid:1']);
  assert.deepEqual(names({ reference: ['old'] }), ['old:1']);
  assert.deepEqual(names({ reference: ['*:1', 'zz'] }), ['mid:1', 'old:1']);
  assert.deepEqual(names({ reference: ['r.test/*'] }), ['r.test/new:1']);
  assert.deepEqual(names({ before: ['mid:1'] }), ['-', 'old:1']);
  assert.deepEqual(names({ since: ['old:1'] }), ['mid:1', '-']);
  assert.deepEqual(names({ until: ['2021-06-01'] }), ['old:1']);
  assert.deepEqual(names({ until: ['1h'] }).length, 3);
});

test('a reference filter leaves an image only the names that fit', async () => {
  const { images } = await room();
  await images.tag('old:1', 'old', '2');
  const listed = images.list({ all: false, filters: { reference: ['old:2'] } });
  assert.deepEqual(
    listed.map(({ repoTags }) => repoTags),
    [['old:2']],
  );
});

test('filters that make no sense are told in Docker’s words', async () => {
  const { names } = await room();
  const refused = (filters: Readonly<Record<string, readonly string[]>>, kind: string, message: string) =>
    assert.throws(() => names(filters), { kind, message });
  refused({ x: ['y'] }, 'invalid-argument', `invalid filter 'x'`);
  refused({ dangling: ['x'] }, 'invalid-argument', `invalid filter 'dangling=[x]'`);
  refused({ until: ['zz'] }, 'internal', 'failed to parse value as time or duration: "zz"');
  refused({ reference: ['['] }, 'internal', 'syntax error in pattern');
  refused({ before: ['nope'] }, 'not-found', 'No such image: nope:latest');
});

test('a moment is a date, however short, or seconds', () => {
  const moment = parseUntil('2024-01-02T03:04:05Z');
  assert.equal(parseUntil('2024-01-02T03:04:05'), moment);
  assert.equal(parseUntil('1704164645'), moment);
  assert.equal(parseUntil('2024-01-02T03'), parseUntil('2024-01-02T03:00:00Z'));
});
