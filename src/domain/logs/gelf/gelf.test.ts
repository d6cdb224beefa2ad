// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { sampleLogMessage, sampleLogSubject } from '../../../../test/support/sample-log-subject.ts';
import { createFakeLogTargets } from '../../../adapters/log-targets/fake.ts';
import { chunksOf } from './chunks.ts';
import { createGelfDriver } from './driver.ts';
import { gelfEncoder } from './message.ts';
import { parseGelfOptions } from './options.ts';
import { openTcp } from './tcp.ts';

const UDP = { 'gelf-address': 'udp://graylog:12201' };
const TCP = { 'gelf-address': 'tcp://graylog:12201' };

test('a message has the fields of GELF 1.1 and those of the container', () => {
  const subject = sampleLogSubject('gelf', { labels: 'stage', env: 'HOW', tag: '{{.Name}}' });
  const encode = gelfEncoder(subject, 'host');
  const line = Buffer.from('a "b" \u00ff');
  assert.deepEqual(JSON.parse(Buffer.from(encode(sampleLogMessage('', { line }))).toString()), {
    version: '1.1',
    host: 'host',
    short_message: 'a "b" \u00ff',
    timestamp: 1_700_000_000.123,
    level: 6,
    _command: 'sh -c true',
    _container_id: 'ab'.repeat(32),
    _container_name: 'sample',
    _created: '2023-11-14T22:13:20Z',
    _image_id: `sha256:${'cd'.repeat(32)}`,
    _image_name: 'busybox',
    _tag: 'sample',
    _stage: 'test',
    _HOW: 'well',
  });
});

test('a message is cut into numbered chunks of one id, the last one no longer than it must be', () => {
  assert.equal(chunksOf(Buffer.alloc(1420)).length, 1);
  const chunks = chunksOf(Buffer.alloc(2 * 1408, 7)).map((chunk) => Buffer.from(chunk));
  assert.deepEqual(
    chunks.map((chunk) => [chunk.readUInt16BE(0), chunk[10], chunk[11], chunk.length]),
    [
      [0x1e0f, 0, 2, 1420],
      [0x1e0f, 1, 2, 1420],
    ],
  );
  assert.deepEqual(chunks[0]?.subarray(2, 10), chunks[1]?.subarray(2, 10));
  assert.throws(() => chunksOf(Buffer.alloc(129 * 1408)), {
    message: 'msg too large, would need 129 chunks',
  });
});

test('options have the defaults that the documentation names', () => {
  assert.deepEqual(parseGelfOptions(UDP), {
    network: 'udp',
    place: 'graylog:12201',
    compression: 'gzip',
    level: 1,
    reconnects: 3,
    reconnectDelay: 1,
  });
  assert.equal(parseGelfOptions({ ...UDP, 'gelf-compression-level': '-1' }).level, -1);
});

test('a message too large is told and the next one sent; options of every driver are left alone', async () => {
  const targets = createFakeLogTargets();
  const lost: unknown[] = [];
  const options = { ...UDP, 'gelf-compression-type': 'none', mode: 'blocking' };
  const context = { hostname: 'host', report: (error: unknown) => void lost.push((error as Error).message) };
  await using target = await createGelfDriver({ targets }).open(sampleLogSubject('gelf', options), context);
  const bytes = Buffer.from(`${'x'.repeat(200_000)}\n\nnext\n`);
  await target.write({ stream: 'stdout', bytes, at: sampleLogMessage('').at });
  assert.deepEqual(lost, ['gelf: cannot send GELF message: msg too large, would need 143 chunks']);
  assert.equal(targets.datagrams.length, 1);
  assert.match(Buffer.from(targets.datagrams[0] ?? []).toString(), /"short_message":"next"/);
});

test('datagrams are compressed unless told otherwise', async () => {
  const targets = createFakeLogTargets();
  const context = { hostname: 'host', report: () => undefined };
  await using target = await createGelfDriver({ targets }).open(sampleLogSubject('gelf', UDP), context);
  await target.write({ stream: 'stdout', bytes: Buffer.from('one\n'), at: sampleLogMessage('').at });
  assert.match(gunzipSync(targets.datagrams[0] as Uint8Array).toString(), /"short_message":"one"/);
});

test('a tcp stream is opened again as often as the options say', async () => {
  const targets = createFakeLogTargets();
  const options = { ...TCP, 'gelf-tcp-max-reconnect': '2', 'gelf-tcp-reconnect-delay': '0' };
  await using connection = await openTcp(targets, parseGelfOptions(options));
  targets.streams[0]?.[Symbol.dispose]();
  await connection.send(Buffer.from('{}'));
  assert.equal(Buffer.concat(targets.streams[1]?.written ?? []).toString(), '{}\0');
  targets.absent.add('graylog:12201');
  targets.streams[1]?.[Symbol.dispose]();
  await assert.rejects(connection.send(Buffer.from('{}')), {
    message: 'Maximum reconnection attempts was reached; giving up',
  });
});
