// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ContainerId, randomId } from '../../../base/ids.ts';
import { milliseconds, seconds } from '../../../base/time.ts';
import { StartGate } from './start-gate.ts';

const id = randomId<ContainerId>();

test('who closes the gate waits for those inside', async () => {
  const gate = new StartGate();
  const [one, other] = [await gate.enter(id), await gate.enter(id)];
  const closing = gate.close(id, seconds(60));
  let isClosed = false;
  void closing.then(() => (isClosed = true));
  one[Symbol.dispose]();
  await Promise.resolve();
  assert.equal(isClosed, false);
  other[Symbol.dispose]();
  assert.ok(await closing);
});

test('who comes while it is closed gets in when it opens', async () => {
  const gate = new StartGate();
  const closed = await gate.close(id, seconds(60));
  const entering = gate.enter(id);
  let isInside = false;
  void entering.then(() => (isInside = true));
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(isInside, false);
  closed?.[Symbol.dispose]();
  (await entering)[Symbol.dispose]();
  assert.ok(await gate.close(id, seconds(60)));
});

test('one that never gets through keeps the gate from closing, not others from entering', async () => {
  const gate = new StartGate();
  const inside = await gate.enter(id);
  assert.equal(await gate.close(id, milliseconds(1)), undefined);
  (await gate.enter(id))[Symbol.dispose]();
  inside[Symbol.dispose]();
  assert.ok(await gate.close(id, milliseconds(1)));
});
