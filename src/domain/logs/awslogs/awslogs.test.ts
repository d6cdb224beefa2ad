// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sampleLogMessage, sampleLogSubject } from '../../../../test/support/sample-log-subject.ts';
import { createFakeLogTargets, type FakeLogTargets } from '../../../adapters/log-targets/fake.ts';
import type { HttpCall } from '../../../adapters/log-targets/index.ts';
import { silentLog } from '../../../base/log.ts';
import { seconds } from '../../../base/time.ts';
import { credentialSource } from './credentials.ts';
import { createAwslogsDriver } from './driver.ts';
import { inOrder, LONGEST_EVENT, splitEvent } from './events.ts';
import { MultilineJoiner, parseMultiline } from './multiline.ts';
import { checkAwslogsOptions, parseAwslogsOptions } from './options.ts';
import { parseProfile } from './shared-file.ts';

const { signal } = new AbortController();

test('an event that is too long is cut between characters', () => {
  const message = `${'x'.repeat(LONGEST_EVENT - 1)}\u{1f600}`;
  const events = splitEvent({ timestamp: 1, message });
  assert.deepEqual(
    events.map((event) => event.message.length),
    [LONGEST_EVENT - 1, 2],
  );
  assert.deepEqual(splitEvent({ timestamp: 1, message: '' }), []);
  assert.equal(splitEvent({ timestamp: 1, message: 'x'.repeat(LONGEST_EVENT) }).length, 1);
});

test('events of a call are in the order of their times', () => {
  const events = [
    { timestamp: 2, message: 'c' },
    { timestamp: 1, message: 'a' },
    { timestamp: 1, message: 'b' },
  ];
  assert.deepEqual(
    inOrder(events).map(({ message }) => message),
    ['a', 'b', 'c'],
  );
});

test('lines are joined until one begins an event, or it is old or too long', () => {
  const start = parseMultiline({ 'awslogs-multiline-pattern': '^start' });
  assert.ok(start);
  const joiner = new MultilineJoiner(start);
  const take = (line: string): string | undefined => joiner.take(sampleLogMessage(line), 1000)?.message;
  assert.equal(take('start 1'), undefined);
  assert.equal(take('more'), undefined);
  assert.equal(take('start 2'), 'start 1\nmore\n');
  assert.equal(joiner.finishOlderThan(5000, 3000), undefined);
  assert.deepEqual(joiner.finishOlderThan(5000, 6000), { message: 'start 2\n', timestamp: 1000 });
  assert.equal(take('x'.repeat(LONGEST_EVENT - 5)), undefined);
  assert.equal(take('longer')?.length, LONGEST_EVENT - 4);
});

test('a format of dates becomes an expression', () => {
  const pattern = parseMultiline({ 'awslogs-datetime-format': String.raw`\[%b %d, %Y %H:%M:%S%L\]` });
  assert.ok(pattern?.test('[Nov 22, 2026 04:05:06.789] line'));
  assert.ok(!pattern?.test('[Nov 32, 2026 04:05:06.789] line'));
  assert.ok(
    parseMultiline({ 'awslogs-datetime-format': '%A %B %d %p %z %Z' })?.test('Monday May 31 AM +0100 UTCT'),
  );
  assert.equal(parseMultiline({}), undefined);
  assert.throws(
    () => parseMultiline({ 'awslogs-multiline-pattern': '(' }),
    /awslogs could not parse multiline/,
  );
});

test('options have the defaults that the documentation names', () => {
  assert.deepEqual(parseAwslogsOptions({ 'awslogs-group': 'g' }, 'tag'), {
    group: 'g',
    stream: 'tag',
    createGroup: false,
    createStream: true,
    flushInterval: seconds(5),
    bufferedEvents: 4096,
    multiline: undefined,
    isEmf: false,
    isBlocking: true,
  });
  assert.throws(
    () =>
      checkAwslogsOptions({
        'awslogs-group': 'g',
        'awslogs-format': 'json/emf',
        'awslogs-datetime-format': '%Y',
      }),
    {
      message:
        "you cannot configure log opt 'awslogs-datetime-format' or 'awslogs-multiline-pattern' when log opt 'awslogs-format' is set to 'json/emf'",
    },
  );
});

const source = (
  targets: FakeLogTargets,
  environment: Readonly<Record<string, string>>,
  endpoint?: string,
): Promise<unknown> => {
  const deps = { client: targets.httpClient({}), files: targets, environment };
  return credentialSource(deps, endpoint)(signal);
};

test('credentials are looked for in the environment, the shared file, the container and the instance', async () => {
  const targets = createFakeLogTargets();
  const answer = { AccessKeyId: 'id', SecretAccessKey: 'secret', Token: 'token' };
  const found = { accessKeyId: 'id', secretAccessKey: 'secret', sessionToken: 'token' };
  targets.answer = ({ url, method }: HttpCall) => {
    if (method === 'PUT') return { body: 'session' };
    return { body: url.pathname.endsWith('/security-credentials/') ? 'role' : JSON.stringify(answer) };
  };
  const environment = { AWS_ACCESS_KEY_ID: 'e', AWS_SECRET_ACCESS_KEY: 's' };
  assert.deepEqual(await source(targets, environment), { accessKeyId: 'e', secretAccessKey: 's' });
  assert.deepEqual(await source(targets, environment, '/mine'), found);
  assert.equal(targets.calls.at(-1)?.url.href, 'http://169.254.170.2/mine');
  const relative = { AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: '/task' };
  assert.deepEqual(await source(targets, relative), found);
  assert.equal(targets.calls.at(-1)?.url.href, 'http://169.254.170.2/task');
  assert.deepEqual(await source(targets, {}), found);
  assert.equal(targets.calls.at(-1)?.url.pathname, '/latest/meta-data/iam/security-credentials/role');
  assert.equal(targets.calls.at(-1)?.headers['x-aws-ec2-metadata-token'], 'session');
  targets.files.set('/home/.aws/credentials', '[default]\naws_access_key_id = f\naws_secret_access_key=g\n');
  assert.deepEqual(await source(targets, { HOME: '/home' }), { accessKeyId: 'f', secretAccessKey: 'g' });
});

test('the section of a profile is read alone', () => {
  const text = '# all\n[default]\na = 1\n[ profile two ]\na = 2\nb_c=3 # 4\n';
  assert.deepEqual(parseProfile(text, 'two'), { a: '2', b_c: '3 # 4' });
});

const open = (targets: FakeLogTargets, options: Readonly<Record<string, string>>, lost: unknown[] = []) =>
  createAwslogsDriver({
    targets,
    environment: { AWS_ACCESS_KEY_ID: 'e', AWS_SECRET_ACCESS_KEY: 's' },
    userAgent: 'berth',
    log: silentLog,
  }).open(sampleLogSubject('awslogs', { 'awslogs-group': 'g', 'awslogs-region': 'cn-north-1', ...options }), {
    hostname: 'host',
    report: (_error, count) => void lost.push(count),
  });

const operationOf = ({ headers }: HttpCall): string =>
  String(headers['X-Amz-Target']).slice('Logs_20140328.'.length);

test('what the service refuses is told; what is there already is not', async () => {
  const targets = createFakeLogTargets();
  targets.answer = () => ({
    status: 400,
    headers: { 'x-amzn-requestid': 'r' },
    body: '{"__type":"com.amazonaws#AccessDeniedException","Message":"no"}',
  });
  await assert.rejects(async () => open(targets, {}), {
    message:
      'failed to create Cloudwatch log stream: operation error CloudWatch Logs: CreateLogStream, https response error StatusCode: 400, RequestID: r, AccessDeniedException: no',
  });
  assert.equal(targets.calls[0]?.url.href, 'https://logs.cn-north-1.amazonaws.com.cn/');
  targets.answer = () => ({ status: 400, body: '{"__type":"ResourceAlreadyExistsException"}' });
  await (await open(targets, {}))[Symbol.asyncDispose]();
});

test('a wrong sequence token is put right', async () => {
  const targets = createFakeLogTargets();
  const tokens: unknown[] = [];
  targets.answer = (call) => {
    if (operationOf(call) !== 'PutLogEvents') return { body: '{}' };
    const { sequenceToken } = JSON.parse(Buffer.from(call.body ?? []).toString()) as Readonly<
      Record<string, unknown>
    >;
    tokens.push(sequenceToken);
    if (sequenceToken === 'right') return { body: '{"nextSequenceToken":"next"}' };
    const refusal = { __type: 'InvalidSequenceTokenException', expectedSequenceToken: 'right' };
    return { status: 400, body: JSON.stringify(refusal) };
  };
  const lost: unknown[] = [];
  const target = await open(targets, { 'awslogs-create-stream': 'false' }, lost);
  await target.write({ stream: 'stdout', bytes: Buffer.from('one\n'), at: sampleLogMessage('').at });
  await target[Symbol.asyncDispose]();
  assert.deepEqual([tokens, lost], [[undefined, 'right'], []]);
});

test('a stream that was never made costs its output, and the end does not wait for it', async () => {
  const targets = createFakeLogTargets();
  targets.answer = () => ({ status: 400, body: '{"__type":"AccessDeniedException"}' });
  const lost: unknown[] = [];
  const target = await open(targets, { mode: 'non-blocking' }, lost);
  await target.write({ stream: 'stdout', bytes: Buffer.from('one\ntwo\n'), at: sampleLogMessage('').at });
  await target[Symbol.asyncDispose]();
  assert.deepEqual(lost, [2]);
});
