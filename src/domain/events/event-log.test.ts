// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFakeEventStore } from '../../adapters/store/event-store-fake.ts';
import { silentLog } from '../../base/log.ts';
import { now, type Timestamp } from '../../base/time.ts';
import { createEvents } from './event-log.ts';
import type { EngineEvent, NewEvent } from './event.ts';
import type { EventQuery } from './events.ts';

const event = (action: string): NewEvent => ({ type: 'container', action, actor: 'abc', attributes: {} });
const everything: EventQuery = { filters: {} };
const open = (store = createFakeEventStore()) => createEvents({ store, log: silentLog });

const take = async (events: AsyncIterable<EngineEvent>, count: number): Promise<readonly string[]> => {
  const actions: string[] = [];
  for await (const { action } of events) if (actions.push(action) === count) break;
  return actions;
};

test('a follower gets what is published after it joined', async () => {
  using events = open();
  events.publish(event('create'));
  const stream = events.follow(everything, new AbortController().signal);
  events.publish(event('start'));
  assert.deepEqual(await take(stream, 1), ['start']);
  assert.equal(events.listeners, 0);
});

test('past events come first, none twice, and outlive the log', async () => {
  const store = createFakeEventStore();
  {
    using before = open(store);
    before.publish(event('create'));
  }
  using events = open(store);
  events.publish(event('start'));
  const stream = events.follow({ ...everything, since: 0n as Timestamp }, new AbortController().signal);
  events.publish(event('die'));
  assert.deepEqual(await take(stream, 3), ['create', 'start', 'die']);
});

test('a past end closes the stream behind the replay', async () => {
  using events = open();
  events.publish(event('create'));
  const until = now();
  events.publish(event('start'));
  const stream = events.follow({ ...everything, until }, new AbortController().signal);
  assert.deepEqual(await take(stream, 9), ['create']);
});

test('a slow reader loses its oldest events', async () => {
  using events = open();
  const stream = events.follow(everything, new AbortController().signal);
  for (let count = 0; count < 150; count += 1) events.publish(event(String(count)));
  assert.deepEqual(await take(stream, 1), ['50']);
});

test('an abort ends the stream', async () => {
  using events = open();
  const abort = new AbortController();
  const stream = events.follow(everything, abort.signal);
  abort.abort();
  assert.deepEqual(await take(stream, 1), []);
});

test('times grow from event to event', async () => {
  using events = open();
  const stream = events.follow(everything, new AbortController().signal);
  for (let count = 0; count < 50; count += 1) events.publish(event('x'));
  const times: bigint[] = [];
  for await (const { at } of stream) if (times.push(at) === 50) break;
  assert.ok(times.every((at, index) => index === 0 || at > (times[index - 1] ?? 0n)));
});
