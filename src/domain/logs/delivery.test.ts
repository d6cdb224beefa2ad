// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { milliseconds, seconds, type Timestamp } from '../../base/time.ts';
import { createBlockingDelivery, type DeliveryOptions } from './delivery.ts';
import type { LogTarget } from './driver.ts';
import { countMessages, type LogPiece } from './piece.ts';
import { createRing } from './ring.ts';

const piece = (text: string, more: Partial<LogPiece> = {}): LogPiece => ({
  stream: 'stdout',
  bytes: Buffer.from(text),
  at: 0n as Timestamp,
  ...more,
});

/** A target that takes nothing until it is told to. */
const heldTarget = () => {
  const taken: string[] = [];
  const holds: PromiseWithResolvers<void>[] = [];
  let isHeld = true;
  const target: LogTarget = {
    write: ({ bytes }) => {
      taken.push(bytes.toString());
      if (!isHeld) return undefined;
      const hold = Promise.withResolvers<void>();
      holds.push(hold);
      return hold.promise;
    },
    [Symbol.asyncDispose]: async () => undefined,
  };
  const release = async (): Promise<void> => {
    isHeld = false;
    for (const hold of holds.splice(0)) hold.resolve();
    await new Promise((resolve) => void setImmediate(resolve));
  };
  return { target, taken, release };
};

const losses = (patience = seconds(10)) => {
  const lost: string[] = [];
  const options: DeliveryOptions = {
    patience,
    onLoss: (error, pieces) => {
      const messages = pieces.reduce((sum, each) => sum + countMessages(each), 0);
      lost.push(`${messages} ${(error as Error).message}`);
    },
  };
  return { lost, options };
};

test('a ring takes what fits, loses the newest, and gives the rest in order', async () => {
  const { target, taken, release } = heldTarget();
  const { lost, options } = losses();
  const ring = createRing(target, 10, options);
  for (const text of ['first\n', 'a1\na2\n', 'b1\nb2\nb3\n', 'c\n'])
    assert.equal(ring.write(piece(text)), undefined);
  assert.deepEqual(lost, [
    '2 the buffer of the log driver is full',
    '1 the buffer of the log driver is full',
  ]);
  await release();
  assert.deepEqual(taken, ['first\n', 'a1\na2\n', 'b1\n']);
  void ring.write(piece('later\n'));
  assert.deepEqual(taken.slice(3), ['later\n']);
  await ring[Symbol.asyncDispose]();
  assert.equal(lost.length, 2);
});

test('one message always fits into an empty ring', async () => {
  const { target, taken, release } = heldTarget();
  const { lost, options } = losses();
  const ring = createRing(target, 4, options);
  void ring.write(piece('first\n'));
  void ring.write(piece('too long\nand more\n'));
  assert.equal(lost.length, 1);
  await release();
  assert.deepEqual(taken, ['first\n', 'too long\n']);
});

test('a ring that is closed while its target hangs loses what waits, and is not held up for long', async () => {
  const { target } = heldTarget();
  const { lost, options } = losses(milliseconds(1));
  const ring = createRing(target, 100, options);
  void ring.write(piece('first\n'));
  void ring.write(piece('second\n'));
  await ring[Symbol.asyncDispose]();
  assert.deepEqual(lost, ['1 the buffer of the log driver is full']);
});

test('who writes waits for a target that is busy', async () => {
  const { target, taken, release } = heldTarget();
  const { lost, options } = losses();
  const delivery = createBlockingDelivery(target, options);
  const waits = [delivery.write(piece('a\n')), delivery.write(piece('b\n', { stream: 'stderr' }))];
  assert.deepEqual(taken, ['a\n']);
  await release();
  for (const wait of waits) await wait;
  assert.deepEqual(taken, ['a\n', 'b\n']);
  assert.equal(delivery.write(piece('c\n')), undefined);
  assert.deepEqual(lost, []);
});

test('a target that hangs loses output until it goes on, and never holds up its container for good', async () => {
  const { target, taken, release } = heldTarget();
  const { lost, options } = losses(milliseconds(1));
  const delivery = createBlockingDelivery(target, options);
  await delivery.write(piece('a\n'));
  assert.equal(delivery.write(piece('b\nc\n')), undefined);
  assert.deepEqual(
    lost.map((text) => text.split(' ')[0]),
    ['0', '2'],
  );
  await release();
  void delivery.write(piece('d\n'));
  assert.deepEqual(taken, ['a\n', 'd\n']);
});

test('what a target fails at is lost, and the next is tried', async () => {
  const { lost, options } = losses();
  const taken: string[] = [];
  const delivery = createBlockingDelivery(
    {
      write: ({ bytes }) => {
        const text = bytes.toString();
        if (text === 'throws\n') throw new Error('broken');
        if (text === 'rejects\n') return Promise.reject(new Error('refused'));
        taken.push(text);
        return undefined;
      },
      [Symbol.asyncDispose]: () => Promise.reject(new Error('not closed')),
    },
    options,
  );
  for (const text of ['throws\n', 'rejects\n', 'a\n']) await delivery.write(piece(text));
  await delivery[Symbol.asyncDispose]();
  assert.deepEqual(taken, ['a\n']);
  assert.deepEqual(lost, ['1 broken', '1 refused', '0 not closed']);
});

for (const [kind, make] of [
  [
    'a blocking delivery',
    (target: LogTarget, options: DeliveryOptions) => createBlockingDelivery(target, options),
  ],
  ['a ring', (target: LogTarget, options: DeliveryOptions) => createRing(target, 100, options)],
] as const)
  test(`who looks through ${kind} sees what was written before, and nothing more until it has seen`, async () => {
    const { target, taken, release } = heldTarget();
    const delivery = make(target, losses().options);
    const seen: string[][] = [];
    const eyes = Promise.withResolvers<void>();
    void delivery.write(piece('a\n'));
    void delivery.mark(() => {
      seen.push([...taken]);
      return eyes.promise;
    });
    void delivery.write(piece('b\n'));
    assert.equal(seen.length, 0);
    await release();
    assert.deepEqual({ seen, taken }, { seen: [['a\n']], taken: ['a\n'] });
    eyes.resolve();
    await release();
    assert.deepEqual(taken, ['a\n', 'b\n']);
    void delivery.mark(async () => void seen.push([...taken]));
    assert.deepEqual(seen, [['a\n'], ['a\n', 'b\n']]);
    await delivery[Symbol.asyncDispose]();
  });

test('who looks while the target hangs sees when it goes on, and holds nobody up', async () => {
  const { target, taken, release } = heldTarget();
  const { options } = losses(milliseconds(1));
  const delivery = createBlockingDelivery(target, options);
  await delivery.write(piece('a\n'));
  const seen: string[][] = [];
  assert.equal(
    delivery.mark(async () => void seen.push([...taken])),
    undefined,
  );
  await release();
  assert.deepEqual(seen, [['a\n']]);
});
