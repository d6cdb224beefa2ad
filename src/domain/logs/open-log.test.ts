// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeLogFiles } from '../../adapters/logfiles/fake.ts';
import { isKind } from '../../base/errors.ts';
import { silentLog } from '../../base/log.ts';
import { seconds, type Timestamp } from '../../base/time.ts';
import type { NewEvent } from '../events/index.ts';
import { LogCache } from './cache.ts';
import type { PushDriver } from './driver.ts';
import { createJsonFileDriver } from './json-file/driver.ts';
import { Losses } from './losses.ts';
import type { LogSubject } from './logs.ts';
import { openLog, type OpenLogDeps, reopenLog } from './open-log.ts';
import type { LogMessage } from './piece.ts';
import { pushDriver } from './push-driver.ts';

const subject = (config: Record<string, string> = {}): LogSubject => ({
  id: 'ab'.repeat(32),
  name: 'web',
  imageId: `sha256:${'cd'.repeat(32)}`,
  imageName: 'busybox',
  created: 0n as Timestamp,
  path: 'sh',
  args: [],
  labels: { app: 'shop' },
  env: [],
  directory: '/c',
  config: { type: 'far', config },
});

const room = () => {
  const files = new FakeLogFiles();
  const events: NewEvent[] = [];
  const cache = new LogCache(files);
  const deps: OpenLogDeps = {
    cache,
    events: { publish: (event) => void events.push(event) },
    log: silentLog,
    hostname: 'host',
  };
  return { deps, files, events, cache };
};

const far = (log: (messages: readonly LogMessage[]) => Promise<void> | undefined): PushDriver => ({
  name: 'far',
  validate: () => undefined,
  open: async () => ({ log, [Symbol.asyncDispose]: async () => undefined }),
});

const cached = async (cache: LogCache): Promise<string> => {
  const query = { stdout: true, stderr: true, follow: false };
  const signals = { signal: new AbortController().signal, ended: AbortSignal.abort() };
  let text = '';
  for await (const line of cache.read(subject(), query, signals)) text += Buffer.from(line.text).toString();
  return text;
};

test('a driver that can’t read gets messages, and a copy is kept for reading', async () => {
  const { deps, cache, events } = room();
  const lines: string[] = [];
  const driver = pushDriver(
    far((messages) => {
      lines.push(...messages.map(({ line }) => Buffer.from(line).toString()));
      return undefined;
    }),
  );
  const sink = await openLog(deps, driver, subject());
  await sink.write('stdout', Buffer.from('one\ntwo\nend'));
  await sink[Symbol.asyncDispose]();
  assert.deepEqual(lines, ['one', 'two', 'end']);
  assert.equal(await cached(cache), 'one\ntwo\nend');
  assert.deepEqual(events, []);
});

test('no copy is kept when none is wanted', async () => {
  const { deps, files, cache } = room();
  const about = subject({ 'cache-disabled': 'true' });
  assert.equal(cache.isWanted(about), false);
  const sink = await openLog(deps, pushDriver(far(() => undefined)), about);
  await sink.write('stdout', Buffer.from('one\n'));
  await sink[Symbol.asyncDispose]();
  assert.equal(files.text('/c/container-cached.log'), '');
});

test('a target that fails is told of by one event of the container, its copy goes on', async () => {
  const { deps, events, cache } = room();
  const driver = pushDriver(far(() => Promise.reject(new Error('nobody listens'))));
  const sink = await openLog(deps, driver, subject());
  await sink.write('stdout', Buffer.from('one\ntwo\n'));
  await sink.write('stdout', Buffer.from('three\n'));
  assert.deepEqual(events, [
    {
      type: 'container',
      action: 'log_lost',
      actor: 'ab'.repeat(32),
      attributes: {
        app: 'shop',
        image: 'busybox',
        name: 'web',
        driver: 'far',
        error: 'nobody listens',
        messages: '2',
      },
    },
  ]);
  await sink[Symbol.asyncDispose]();
  assert.equal(events[1]?.attributes['messages'], '1');
  assert.equal(await cached(cache), 'one\ntwo\nthree\n');
});

test('a log that can’t be opened fails a start, and never a container that runs', async () => {
  const { deps, events } = room();
  const driver = {
    ...pushDriver(far(() => undefined)),
    open: () => Promise.reject(new Error('no such place')),
  };
  await assert.rejects(
    openLog(deps, driver, subject()),
    (error) => isKind(error, 'internal') && error.message === 'no such place',
  );
  assert.equal(events.length, 0);
  assert.equal(await reopenLog(deps, driver, subject()), undefined);
  assert.deepEqual(
    events.map(({ attributes }) => attributes['error']),
    ['no such place'],
  );
});

test('a full disk is told of, and what comes when there is room again is kept', async () => {
  const { deps, files, events } = room();
  const about = { ...subject(), config: { type: 'json-file', config: {} } };
  const sink = await openLog(deps, createJsonFileDriver(files), about);
  files.full = true;
  for (const text of ['lost\n', 'lost too\n']) await sink.write('stdout', Buffer.from(text));
  files.full = false;
  await sink.write('stdout', Buffer.from('kept\n'));
  await sink[Symbol.asyncDispose]();
  assert.deepEqual(
    events.map(({ action, attributes }) => [action, attributes['driver'], attributes['error']]),
    [['log_lost', 'json-file', 'ENOSPC']],
  );
  assert.match(files.text(`/c/${about.id}-json.log`), /^\{"log":"kept/);
});

test('losses are told at once, and then once a minute', () => {
  const { deps, events } = room();
  let time = 0n as Timestamp;
  const lost = new Losses(deps, subject(), 'far', () => time);
  for (let second = 0; second < 130; second += 1) {
    time = seconds(second) as bigint as Timestamp;
    lost.add(new Error('x'), 1);
  }
  lost.close();
  lost.close();
  assert.deepEqual(
    events.map(({ attributes }) => attributes['messages']),
    ['1', '60', '60', '9'],
  );
});
