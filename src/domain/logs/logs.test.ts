// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeLogFiles } from '../../adapters/logfiles/fake.ts';
import { sampleLogs } from '../../../test/support/sample-logs.ts';
import { isKind } from '../../base/errors.ts';
import type { Timestamp } from '../../base/time.ts';
import { parseRotation } from './json-file/rotation.ts';
import type { LogLine, LogQuery, Logs, LogSubject } from './logs.ts';

const ID = 'ab'.repeat(32);
const PATH = `/c/${ID}/${ID}-json.log`;
const ALL: LogQuery = { stdout: true, stderr: true, follow: false };

const subject = (config: Record<string, string> = {}, type = 'json-file'): LogSubject => ({
  id: ID,
  name: 'web',
  imageId: `sha256:${'cd'.repeat(32)}`,
  imageName: 'busybox',
  created: 0n as Timestamp,
  path: 'sh',
  args: ['-c', 'x'],
  labels: { app: 'shop', tier: 'front' },
  env: ['MODE=live', 'OTHER=1'],
  directory: `/c/${ID}`,
  config: { type, config },
});

const make = (
  options: Record<string, string> = {},
  driver = 'json-file',
): { logs: Logs; files: FakeLogFiles } => {
  const files = new FakeLogFiles();
  return { files, logs: sampleLogs(files, { driver, options }) };
};

const never = new AbortController().signal;
const over = AbortSignal.abort();

const collect = async (lines: AsyncIterable<LogLine>): Promise<string[]> => {
  const texts: string[] = [];
  for await (const { stream, text } of lines) texts.push(`${stream}:${Buffer.from(text).toString()}`);
  return texts;
};

const read = (logs: Logs, query: Partial<LogQuery> = {}, about = subject()): Promise<string[]> =>
  collect(logs.read(about, { ...ALL, ...query }, { signal: never, ended: over }));

const record = (text: string, time: string, stream = 'stdout'): string =>
  `{"log":"${text}\\n","stream":"${stream}","time":"${time}"}\n`;

test('what a run wrote is read back, from both streams, chosen by stream', async () => {
  const { logs, files } = make();
  const sink = await logs.open(subject());
  void sink.write('stdout', Buffer.from('out\n'));
  void sink.write('stderr', Buffer.from('err\npart'));
  assert.deepEqual(await read(logs), ['stdout:out\n', 'stderr:err\n']);
  await sink[Symbol.asyncDispose]();
  assert.deepEqual(await read(logs), ['stdout:out\n', 'stderr:err\n', 'stderr:part']);
  assert.deepEqual(await read(logs, { stdout: false }), ['stderr:err\n', 'stderr:part']);
  assert.match(files.text(PATH), /^\{"log":"out\\n","stream":"stdout","time":"2\d{3}-[^"]+Z"\}\n/);
  assert.equal(logs.path(subject()), PATH);
});

test('a tail counts records from the end, over rotated files too', async () => {
  const { logs, files } = make();
  files.put(`${PATH}.1`, record('1', '2026-01-01T00:00:00Z') + record('2', '2026-01-01T00:00:01Z'));
  files.put(PATH, record('3', '2026-01-01T00:00:02Z') + record('4', '2026-01-01T00:00:03Z'));
  assert.deepEqual(await read(logs, { tail: 0 }), []);
  assert.deepEqual(await read(logs, { tail: 1 }), ['stdout:4\n']);
  assert.deepEqual(await read(logs, { tail: 2 }), ['stdout:3\n', 'stdout:4\n']);
  assert.deepEqual(await read(logs, { tail: 3 }), ['stdout:2\n', 'stdout:3\n', 'stdout:4\n']);
  assert.equal((await read(logs, { tail: 9 })).length, 4);
  assert.equal((await read(logs)).length, 4);
});

test('since and until are both inclusive', async () => {
  const { logs, files } = make();
  const at = (second: number) => BigInt(Date.parse(`2026-01-01T00:00:0${second}Z`)) * 1_000_000n;
  files.put(PATH, [1, 2, 3, 4].map((n) => record(String(n), `2026-01-01T00:00:0${n}Z`)).join(''));
  assert.deepEqual(await read(logs, { since: at(2) as Timestamp, until: at(3) as Timestamp }), [
    'stdout:2\n',
    'stdout:3\n',
  ]);
});

test('a follower gets what comes, over a rotation, until the run has ended', async () => {
  const { logs } = make();
  const about = subject({ 'max-size': '200', 'max-file': '2' });
  const sink = await logs.open(about);
  void sink.write('stdout', Buffer.from('old\n'));
  const ended = new AbortController();
  const lines = collect(logs.read(about, { ...ALL, follow: true }, { signal: never, ended: ended.signal }));
  const expected = ['stdout:old\n'];
  for (let index = 0; index < 10; index += 1) {
    await new Promise((resolve) => void setImmediate(resolve));
    void sink.write('stdout', Buffer.from(`line ${index}\n`));
    expected.push(`stdout:line ${index}\n`);
  }
  void sink.write('stdout', Buffer.from('end'));
  await sink[Symbol.asyncDispose]();
  ended.abort();
  assert.deepEqual(await lines, [...expected, 'stdout:end']);
});

test('a follower that goes away is let go at once, and one that stops reading leaves no trace', async () => {
  const { logs } = make();
  await using sink = await logs.open(subject());
  const client = new AbortController();
  const lines = collect(
    logs.read(subject(), { ...ALL, follow: true }, { signal: client.signal, ended: never }),
  );
  void sink.write('stdout', Buffer.from('a\n'));
  await new Promise((resolve) => void setImmediate(resolve));
  client.abort();
  assert.deepEqual(await lines, ['stdout:a\n']);
  for await (const line of logs.read(subject(), { ...ALL, follow: true }, { signal: never, ended: never })) {
    assert.equal(line.stream, 'stdout');
    break;
  }
});

test('a follower of a container without a log ends with the run', async () => {
  const { logs } = make();
  assert.deepEqual(
    await collect(logs.read(subject(), { ...ALL, follow: true }, { signal: never, ended: over })),
    [],
  );
});

test('chosen labels, variables and the tag go with each record', async () => {
  const { logs } = make();
  const about = subject({ labels: 'app', 'env-regex': '^MO', tag: '{{.Name}}/{{.ID}}' });
  await using sink = await logs.open(about);
  void sink.write('stdout', Buffer.from('a\n'));
  for await (const { attributes } of logs.read(about, ALL, { signal: never, ended: over }))
    assert.deepEqual(attributes, { MODE: 'live', app: 'shop', tag: `web/${ID.slice(0, 12)}` });
});

test('names of options are looked at when a container is made, values when it starts', async () => {
  const { logs } = make();
  const bad = { type: 'json-file', config: { zz: '1' } };
  assert.throws(() => logs.validate(bad), /unknown log opt 'zz' for json-file log driver/);
  assert.throws(
    () => logs.validate({ type: 'zz', config: undefined }),
    (error) =>
      isKind(error, 'invalid-argument') &&
      error.message === 'error looking up logging plugin zz: plugin "zz" not found',
  );
  assert.throws(
    () => logs.validate({ type: 'local', config: { labels: 'a' } }),
    /unknown log opt 'labels' for log driver local/,
  );
  const common = (config: Record<string, string>): void => logs.validate({ type: 'json-file', config });
  assert.throws(() => common({ mode: 'zz' }), /logger: logging mode not supported: zz/);
  assert.throws(
    () => common({ 'max-buffer-size': '1m' }),
    /logger: max-buffer-size option is only supported with 'mode=non-blocking'/,
  );
  assert.throws(
    () => common({ mode: 'non-blocking', 'max-buffer-size': 'zz' }),
    /error parsing option max-buffer-size: invalid size: 'zz'/,
  );
  assert.throws(() => common({ 'cache-disabled': 'zz' }), /invalid value for option cache-disabled: zz/);
  logs.validate({ type: 'none', config: { zz: '1' } });
  logs.validate({ type: 'json-file', config: { 'max-size': 'zz', mode: 'non-blocking' } });
  await assert.rejects(
    logs.open(subject({ 'max-size': 'zz' })),
    (error) => isKind(error, 'internal') && error.message === "invalid size: 'zz'",
  );
});

test('the daemon’s driver and options fill what the container leaves open', () => {
  const { logs } = make({ 'max-size': '1m', 'max-file': '2' });
  assert.deepEqual(logs.withDefaults({ type: '', config: undefined }), {
    type: 'json-file',
    config: { 'max-size': '1m', 'max-file': '2' },
  });
  assert.deepEqual(logs.withDefaults({ type: 'json-file', config: { 'max-size': '9' } }).config, {
    'max-size': '9',
    'max-file': '2',
  });
  assert.deepEqual(logs.withDefaults({ type: 'none', config: {} }), { type: 'none', config: {} });
});

test('the driver that keeps nothing can’t be read', async () => {
  const { logs } = make();
  await using sink = await logs.open(subject({}, 'none'));
  assert.equal(sink.write('stdout', Buffer.from('x')), undefined);
  assert.throws(
    () => logs.read(subject({}, 'none'), ALL, { signal: never, ended: over }),
    (error) =>
      isKind(error, 'not-implemented') &&
      error.message === 'configured logging driver does not support reading',
  );
  assert.equal(logs.path(subject({}, 'none')), '');
});

test('the daemon’s own options are looked at when it starts, its driver alone is not', () => {
  const at = (driver: string, options: Record<string, string>): void =>
    make(options, driver).logs.validateDefaults();
  at('zz', {});
  at('json-file', { 'max-size': '1m', 'cache-disabled': 'true' });
  assert.throws(
    () => at('json-file', { foo: '1' }),
    /^EngineError: failed to set log opts: unknown log opt 'foo' for json-file log driver$/,
  );
});

test('the daemon’s options of the cache hold for every driver', () => {
  const { logs } = make({ 'max-size': '1m', 'cache-max-file': '9' });
  assert.deepEqual(logs.withDefaults({ type: 'syslog', config: undefined }), {
    type: 'syslog',
    config: { 'cache-max-file': '9' },
  });
});

test('a log that names no size has five files, max-size=-1 one without an end', () => {
  const never = { maxFiles: 1, compress: false };
  assert.deepEqual(parseRotation({}), { maxSize: 100_000_000, maxFiles: 5, compress: false });
  assert.deepEqual(parseRotation({ 'max-file': '2' }), {
    maxSize: 100_000_000,
    maxFiles: 2,
    compress: false,
  });
  assert.deepEqual(parseRotation({ 'max-size': '10k' }), { ...never, maxSize: 10_000 });
  assert.deepEqual(parseRotation({ 'max-size': '-1' }), never);
  assert.deepEqual(parseRotation({ 'max-size': '-1', 'max-file': '3' }), { ...never, maxFiles: 3 });
  const pair = 'compress cannot be true when max-file is less than 2 or max-size is not set';
  assert.throws(() => parseRotation({ compress: 'true' }), new RegExp(pair));
  assert.throws(() => parseRotation({ compress: 'true', 'max-size': '1k' }), new RegExp(pair));
  assert.throws(() => parseRotation({ 'max-size': '0' }), /max-size must be a positive number/);
});

test('the driver of Moby’s own format is read in all ways', async () => {
  const { logs } = make();
  const about = subject({ 'max-size': '200', 'max-file': '3', compress: 'false' }, 'local');
  const sink = await logs.open(about);
  const ended = new AbortController();
  const followed = collect(
    logs.read(about, { ...ALL, follow: true }, { signal: never, ended: ended.signal }),
  );
  const expected = [];
  for (let index = 0; index < 20; index += 1) {
    void sink.write('stdout', Buffer.from(`line ${index}\n`));
    expected.push(`stdout:line ${index}\n`);
    await new Promise((resolve) => void setImmediate(resolve));
  }
  void sink.write('stderr', Buffer.from('end'));
  await sink[Symbol.asyncDispose]();
  ended.abort();
  assert.deepEqual(await followed, [...expected, 'stderr:end']);
  assert.deepEqual(await read(logs, { tail: 9 }, about), [...expected.slice(-8), 'stderr:end']);
  assert.deepEqual(await read(logs, { stdout: false }, about), ['stderr:end']);
  assert.equal(logs.path(about), '');
});
