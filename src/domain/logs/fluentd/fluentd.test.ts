// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { decode, encode as pack } from '@msgpack/msgpack';
import { sampleLogMessage, sampleLogSubject } from '../../../../test/support/sample-log-subject.ts';
import { createFakeLogTargets, type FakeStream } from '../../../adapters/log-targets/fake.ts';
import { milliseconds, seconds } from '../../../base/time.ts';
import { parseAddress } from './address.ts';
import { waitAfter } from './connection.ts';
import { createFluentdDriver } from './driver.ts';
import { fluentdEncoder } from './encode.ts';
import { parseFluentdOptions } from './options.ts';

const encoder = (options: Partial<Parameters<typeof fluentdEncoder>[1]> = {}) =>
  fluentdEncoder((value) => pack(value), {
    tag: 't',
    fields: { container_id: 'c' },
    subSecondPrecision: false,
    requestAck: false,
    ...options,
  });

test('an event is tag, time, record and option', () => {
  const { bytes, chunk } = encoder()(sampleLogMessage('one'));
  const record = { container_id: 'c', source: 'stdout', log: 'one' };
  assert.deepEqual(decode(bytes), ['t', 1_700_000_000, record, {}]);
  assert.equal(chunk, undefined);
});

test('a part of a line says which, and an acknowledged event its id', () => {
  const partial = { id: 'p', ordinal: 1, last: true };
  const { bytes, chunk } = encoder({ requestAck: true })(sampleLogMessage('one', { partial }));
  const [, , record, option] = decode(bytes) as readonly unknown[];
  assert.deepEqual(record, {
    container_id: 'c',
    source: 'stdout',
    log: 'one',
    partial_message: 'true',
    partial_id: 'p',
    partial_ordinal: '1',
    partial_last: 'true',
  });
  assert.deepEqual(option, { chunk });
});

test('times have nanoseconds when asked for, and a label wins over the line', () => {
  const { bytes } = encoder({ subSecondPrecision: true, fields: { log: 'mine' } })(sampleLogMessage('one'));
  assert.deepEqual([...bytes.subarray(3, 5)], [0xd7, 0]);
  assert.equal(Buffer.from(bytes).readUInt32BE(5), 1_700_000_000);
  assert.equal(Buffer.from(bytes).readUInt32BE(9), 123_456_789);
  assert.deepEqual((decode(bytes) as readonly unknown[])[2], { log: 'mine', source: 'stdout' });
});

test('output that is no text is passed on as it is', () => {
  const { bytes } = encoder()(sampleLogMessage('', { line: Buffer.of(0xff, 0xfe) }));
  assert.ok(Buffer.from(bytes).includes(Buffer.of(0xdb, 0, 0, 0, 2, 0xff, 0xfe)));
});

test('addresses have the parts and defaults that dockerd gives them', () => {
  assert.deepEqual(parseAddress(''), { network: 'tcp', host: '127.0.0.1', port: 24_224 });
  assert.deepEqual(parseAddress('logs'), { network: 'tcp', host: 'logs', port: 24_224 });
  assert.deepEqual(parseAddress('[::1]:1'), { network: 'tcp', host: '::1', port: 1 });
  assert.deepEqual(parseAddress('[::1]'), { network: 'tcp', host: '::1', port: 24_224 });
  assert.deepEqual(parseAddress('tls://:2'), { network: 'tls', host: '127.0.0.1', port: 2, trust: {} });
  assert.deepEqual(parseAddress('unix:///run/f'), { network: 'unix', path: '/run/f' });
  assert.throws(() => parseAddress('tcp://x:70000'), /invalid port: .*value out of range/);
});

test('options have the defaults that the documentation names', () => {
  const { address: _address, ...rest } = parseFluentdOptions({});
  assert.deepEqual(rest, {
    bufferLimit: 1_048_576,
    retryWait: seconds(1),
    maxRetries: 2 ** 31 - 1,
    isAsync: false,
    reconnectInterval: 0n,
    subSecondPrecision: false,
    requestAck: false,
    writeTimeout: 0n,
  });
});

test('waits grow by half, from none to a minute', () => {
  const waits = [0, 1, 2, 3, 4, 50].map((tries) => waitAfter(tries, seconds(1)));
  assert.deepEqual(waits, [0, 1, 1, 2, 3, 60].map(seconds));
  assert.equal(waitAfter(3, milliseconds(100)), milliseconds(200));
});

const open = async (options: Readonly<Record<string, string>>, targets = createFakeLogTargets()) => {
  const lost: number[] = [];
  const target = await createFluentdDriver({ targets }).open(sampleLogSubject('fluentd', options), {
    hostname: 'host',
    report: (_error, count = 0) => void lost.push(count),
  });
  return { targets, target, lost };
};

const piece = (text: string) => ({
  stream: 'stdout' as const,
  bytes: Buffer.from(text),
  at: sampleLogMessage('').at,
});

test('a start that does not reach fluentd fails, unless it sends asynchronously', async () => {
  const targets = createFakeLogTargets();
  targets.absent.add('127.0.0.1:24224');
  await assert.rejects(open({}, targets), {
    message: 'dial tcp 127.0.0.1:24224: connect: connection refused',
  });
  const { target, lost } = await open({ 'fluentd-async': 'true', 'fluentd-buffer-limit': '2' }, targets);
  await target.write(piece('1\n2\n3\n'));
  assert.deepEqual(lost, [1]);
  await target[Symbol.asyncDispose]();
  assert.deepEqual(lost, [1, 2]);
});

test('what was not acknowledged is sent again over a new connection', async () => {
  const targets = createFakeLogTargets();
  let answers = 0;
  targets.onConnect = (stream: FakeStream) => {
    stream.onWrite = (bytes) => {
      const option = (decode(bytes) as readonly { readonly chunk?: string }[])[3];
      answers += 1;
      stream.answers.push(pack({ ack: answers === 1 ? 'other' : option?.chunk }));
    };
  };
  const options = { 'fluentd-request-ack': 'true', 'fluentd-retry-wait': '1ns' };
  const { target } = await open(options, targets);
  await target.write(piece('one\n'));
  assert.deepEqual(
    targets.streams.map(({ written }) => written.length),
    [1, 1],
  );
  assert.deepEqual(targets.streams[0]?.written, targets.streams[1]?.written);
  await target[Symbol.asyncDispose]();
});

test('what waits is sent before the log ends when fluentd is there', async () => {
  const { target, targets, lost } = await open({ 'fluentd-async': 'true' });
  void target.write(piece('one\n'));
  await turn();
  void target.write(piece('two\n'));
  await target[Symbol.asyncDispose]();
  assert.equal(targets.streams[0]?.written.length, 2);
  assert.deepEqual(lost, []);
});

test('tries end as often as the options say', async () => {
  const options = { 'fluentd-max-retries': '2', 'fluentd-retry-wait': '1ns' };
  const { target, targets } = await open(options);
  targets.absent.add('127.0.0.1:24224');
  targets.streams[0]?.[Symbol.dispose]();
  await assert.rejects(async () => target.write(piece('one\n')), {
    message: 'fluent#write: could not connect to fluentd after 2 retries',
  });
  await target[Symbol.asyncDispose]();
});
