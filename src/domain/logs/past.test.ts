// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeLogFiles } from '../../adapters/logfiles/fake.ts';
import type { LogFiles } from '../../adapters/logfiles/index.ts';
import { sampleLogs } from '../../../test/support/sample-logs.ts';
import { sampleLogSubject } from '../../../test/support/sample-log-subject.ts';
import type { LogLine, LogSink, OutputStream } from './logs.ts';

const BOTH = { stdout: true, stderr: true };
const stays = { signal: new AbortController().signal };

const ticks = async (count: number): Promise<void> => {
  for (let tick = 0; tick < count; tick += 1) await new Promise((resolve) => void setImmediate(resolve));
};

/** Numbers that look like chance and are the same each time. */
const chance = (seed: number): ((below: number) => number) => {
  let state = seed;
  return (below) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * below);
  };
};

/** A disk that takes its time for everything, and counts what is open. */
const slowFiles = (time: () => number) => {
  const files = new FakeLogFiles();
  const open = { readers: 0 };
  const slow: LogFiles = {
    openWriter: async (...request) => {
      await ticks(time());
      const writer = await files.openWriter(...request);
      let last = Promise.resolve();
      const write = (records: Uint8Array): Promise<void> => {
        last = last.then(() => ticks(time())).then(() => void writer.write(records));
        return last;
      };
      return {
        isRotating: false,
        get generation() {
          return writer.generation;
        },
        // Some of it is taken at once, written later.
        write: (records) => {
          const written = write(records);
          return time() > 1 ? written : undefined;
        },
        flush: () => last,
        onChange: (listener) => writer.onChange(listener),
        [Symbol.asyncDispose]: () => last.then(() => writer[Symbol.asyncDispose]()),
      };
    },
    openReader: async (path, age) => {
      await ticks(time());
      const reader = await files.openReader(path, age);
      if (!reader) return undefined;
      open.readers += 1;
      let isOpen = true;
      return {
        ...reader,
        [Symbol.asyncDispose]: async () => {
          open.readers -= isOpen ? 1 : 0;
          isOpen = false;
        },
      };
    },
  };
  return { files: slow, open };
};

const textsOf = async (lines: AsyncIterable<LogLine>): Promise<Record<OutputStream, string>> => {
  const texts = { stdout: '', stderr: '' };
  for await (const { stream, text } of lines) texts[stream] += Buffer.from(text).toString();
  return texts;
};

/** What one process says: whole lines, parts of lines, lines too long for a record, on both outputs. */
const speaker = (pick: (below: number) => number) => {
  let count = 0;
  return (): { readonly stream: OutputStream; readonly text: string } => {
    const shape = pick(10);
    const number = (): string => `${(count += 1)}${shape === 9 ? 'x'.repeat(17_000) : ''}`;
    const lines = Array.from({ length: 1 + pick(4) }, () => `${number()}${shape < 3 ? ' ' : '\n'}`);
    return { stream: pick(3) === 0 ? 'stderr' : 'stdout', text: lines.join('') };
  };
};

interface Client {
  readonly past: Promise<Record<OutputStream, string>>;
  readonly live: Record<OutputStream, string>;
}

/** Speaks over two runs while clients come at any time: each must have been told all, once. */
const converse = async (seed: number, type: string, options: Record<string, string>): Promise<void> => {
  const pick = chance(seed);
  const { files, open } = slowFiles(() => pick(4));
  const logs = sampleLogs(files);
  const subject = sampleLogSubject(type, options);
  const say = speaker(pick);
  const said = { stdout: '', stderr: '' };
  const clients: Client[] = [];
  const come = (): void => {
    const past = textsOf(logs.past(subject, BOTH, stays));
    clients.push({ past, live: { stdout: '', stderr: '' } });
  };
  const speak = async (sink: LogSink): Promise<void> => {
    const { stream, text } = say();
    const taken = sink.write(stream, Buffer.from(text));
    said[stream] += text;
    for (const { live } of clients) live[stream] += text;
    if (pick(2) === 0) await taken;
  };
  for (const run of [1, 2]) {
    come();
    const opening = logs.open(subject);
    await ticks(pick(3));
    come();
    const sink = await opening;
    for (let turn = 0; turn < 30; turn += 1) {
      await speak(sink);
      if (pick(6) === 0) come();
      await ticks(pick(2));
    }
    const closing = sink[Symbol.asyncDispose]();
    come();
    await closing;
    assert.ok(clients.length > run * 3);
  }
  for (const { past, live } of clients) {
    const before = await past;
    for (const stream of ['stdout', 'stderr'] as const)
      assert.equal(before[stream] + live[stream], said[stream], `${type} ${seed}`);
  }
  assert.equal(open.readers, 0);
};

for (const [name, type, options] of [
  ['of json-file', 'json-file', {}],
  ['of local', 'local', { 'max-size': '100m' }],
  ['of json-file that is rotated', 'json-file', { 'max-size': '3k', 'max-file': '1000' }],
  ['beside a driver that can’t read', 'syslog', { 'syslog-address': 'udp://127.0.0.1:514' }],
  ['that holds nothing up', 'json-file', { mode: 'non-blocking', 'max-buffer-size': '10m' }],
] as const)
  test(`with what comes after it the past of a log ${name} is all that was said, once`, async () => {
    for (let seed = 1; seed <= 3; seed += 1) await converse(seed, type, options);
  });

test('what was rotated away after the call is told, what was before is not', async () => {
  const { files } = slowFiles(() => 1);
  const logs = sampleLogs(files);
  const subject = sampleLogSubject('json-file', { 'max-size': '90', 'max-file': '2' });
  const sink = await logs.open(subject);
  for (let line = 1; line <= 6; line += 1) await sink.write('stdout', Buffer.from(`${line}\n`));
  const past = logs.past(subject, BOTH, stays);
  for (let line = 7; line <= 20; line += 1) await sink.write('stdout', Buffer.from(`${line}\n`));
  const { stdout } = await textsOf(past);
  assert.match(stdout, /^(3\n4\n)?5\n6\n$/);
  await sink[Symbol.asyncDispose]();
});

test('only the streams that are asked for are told, and what is held of them last', async () => {
  const logs = sampleLogs(new FakeLogFiles());
  const subject = sampleLogSubject('json-file');
  const sink = await logs.open(subject);
  void sink.write('stdout', Buffer.from('one\npart'));
  void sink.write('stderr', Buffer.from('two\nrest'));
  const only = logs.past(subject, { stdout: false, stderr: true }, stays);
  void sink.write('stderr', Buffer.from(' of it\n'));
  assert.deepEqual(await textsOf(only), { stdout: '', stderr: 'two\nrest' });
  await sink[Symbol.asyncDispose]();
});

test('a client that goes away before it has read keeps no file open', async () => {
  const { files, open } = slowFiles(() => 2);
  const logs = sampleLogs(files);
  const subject = sampleLogSubject('json-file');
  const sink = await logs.open(subject);
  await sink.write('stdout', Buffer.from('one\n'));
  const client = new AbortController();
  const lines = logs.past(subject, BOTH, client);
  client.abort();
  await ticks(30);
  assert.equal(open.readers, 0);
  assert.deepEqual(await textsOf(lines), { stdout: '', stderr: '' });
  await sink[Symbol.asyncDispose]();
});

test('a log that can’t be opened fails its reader, not its writer', async () => {
  const files = new FakeLogFiles();
  files.openReader = () => Promise.reject(new Error('EIO'));
  const logs = sampleLogs(files);
  const subject = sampleLogSubject('json-file');
  const sink = await logs.open(subject);
  const lines = logs.past(subject, BOTH, stays);
  await sink.write('stdout', Buffer.from('one\n'));
  await assert.rejects(textsOf(lines), /EIO/);
  await sink[Symbol.asyncDispose]();
});

test('a driver that can’t read, without a copy beside it, says so at once', () => {
  const logs = sampleLogs(new FakeLogFiles());
  assert.throws(() => logs.past(sampleLogSubject('none'), BOTH, stays), /does not support reading/);
});
