// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sampleLogMessage, sampleLogSubject } from '../../../../test/support/sample-log-subject.ts';
import { createFakeLogTargets } from '../../../adapters/log-targets/fake.ts';
import { silentLog } from '../../../base/log.ts';
import { milliseconds, seconds } from '../../../base/time.ts';
import { createSplunkDriver } from './driver.ts';
import { splunkEncoder, splunkTag } from './event.ts';
import { splunkLimits } from './limits.ts';
import { parseSplunkOptions } from './options.ts';

const NEEDED = { 'splunk-url': 'https://splunk:8088/', 'splunk-token': 'abc' };

const encoded = (format: string, line: string, options: Readonly<Record<string, string>> = {}): unknown => {
  const subject = sampleLogSubject('splunk', options);
  const encode = splunkEncoder(subject, 'host', format, splunkTag(subject, 'host'));
  const event = encode(sampleLogMessage(line));
  return event && (JSON.parse(event.toString()) as unknown);
};

test('an event has a body in one of three formats', () => {
  const about = { host: 'host', time: '1700000000.123456' };
  const tag = 'abababababab';
  assert.deepEqual(encoded('inline', '{"a":1}', { 'splunk-index': 'main', labels: 'stage' }), {
    ...about,
    index: 'main',
    event: { line: '{"a":1}', source: 'stdout', tag, attrs: { stage: 'test' } },
  });
  assert.deepEqual(encoded('json', '{"a":1}', { tag: '' }), {
    ...about,
    event: { line: { a: 1 }, source: 'stdout' },
  });
  assert.deepEqual(encoded('json', 'plain'), { ...about, event: { line: 'plain', source: 'stdout', tag } });
  assert.deepEqual(encoded('raw', 'plain', { env: 'HOW' }), { ...about, event: `${tag} HOW=well plain` });
  assert.equal(encoded('raw', ' \t '), undefined);
  assert.throws(() => encoded('x', ''), {
    message: 'unknown format specified x, supported formats are inline, json and raw',
  });
});

test('options have the defaults that the documentation names', () => {
  const { url, ...rest } = parseSplunkOptions(NEEDED);
  assert.equal(url.href, 'https://splunk:8088/services/collector/event/1.0');
  assert.deepEqual(rest, {
    token: 'abc',
    skipVerify: false,
    authoritiesPath: undefined,
    serverName: undefined,
    gzipLevel: undefined,
    indexAcknowledgment: false,
    verifyConnection: true,
    format: 'inline',
  });
  assert.equal(parseSplunkOptions({ ...NEEDED, 'splunk-gzip': '1', 'splunk-gzip-level': '9' }).gzipLevel, 9);
});

test('a service is named by scheme and host alone', () => {
  for (const url of ['splunk:8088', 'http://x/path', 'http://x?q', 'http://x#f', 'ftp://x'])
    assert.throws(
      () => parseSplunkOptions({ ...NEEDED, 'splunk-url': url }),
      /^EngineError: splunk: expected format/,
    );
  assert.throws(() => parseSplunkOptions({ ...NEEDED, 'splunk-url': ':1' }), {
    message: 'splunk: failed to parse :1 as url value in splunk-url',
  });
});

test("the daemon's environment may say other limits", () => {
  assert.deepEqual(splunkLimits({}, silentLog), {
    frequency: seconds(5),
    batchSize: 1000,
    bufferMaximum: 10_000,
    channelSize: 4000,
  });
  const environment = {
    SPLUNK_LOGGING_DRIVER_POST_MESSAGES_FREQUENCY: '10ms',
    SPLUNK_LOGGING_DRIVER_POST_MESSAGES_BATCH_SIZE: '2',
    SPLUNK_LOGGING_DRIVER_BUFFER_MAX: 'x',
  };
  const limits = splunkLimits(environment, silentLog);
  assert.equal(limits.frequency, milliseconds(10));
  assert.equal(limits.batchSize, 2);
  assert.equal(limits.bufferMaximum, 10_000);
});

test('what is left is sent when the log ends', async () => {
  const targets = createFakeLogTargets();
  const driver = createSplunkDriver({ targets, environment: {}, log: silentLog });
  const context = { hostname: 'host', report: () => assert.fail('nothing is lost') };
  const target = await driver.open(sampleLogSubject('splunk', NEEDED), context);
  const bytes = Buffer.from('one\ntwo\n');
  await target.write({ stream: 'stdout', bytes, at: sampleLogMessage('').at });
  await target[Symbol.asyncDispose]();
  assert.deepEqual(
    targets.calls.map(({ method }) => method),
    ['OPTIONS', 'POST'],
  );
  assert.equal(targets.calls[1]?.headers['authorization'], 'Splunk abc');
});

test('a service that refuses fails the start in its own words', async () => {
  const targets = createFakeLogTargets();
  targets.answer = () => ({ status: 404, statusLine: '404 Not Found', body: 'no' });
  const driver = createSplunkDriver({ targets, environment: {}, log: silentLog });
  const opened = driver.open(sampleLogSubject('splunk', NEEDED), {
    hostname: 'host',
    report: () => undefined,
  });
  await assert.rejects(opened, { message: 'splunk: failed to verify connection - 404 Not Found - no' });
});
