// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Inbox } from './inbox.ts';

test('items come in order, whether they or the reader were first, and then the end', async () => {
  const inbox = new Inbox<number>();
  const early = inbox.next();
  inbox.push(1);
  inbox.push(2);
  inbox.end();
  assert.deepEqual([await early, await inbox.next(), await inbox.next()], [1, 2, undefined]);
});

test('a failure comes after what was there before it, and the first end counts', async () => {
  const inbox = new Inbox<number>();
  inbox.push(1);
  inbox.fail(new Error('cut'));
  inbox.end();
  assert.equal(await inbox.next(), 1);
  await assert.rejects(inbox.next(), { message: 'cut' });
});
