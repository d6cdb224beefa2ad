// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFakeLogTargets } from '../../../adapters/log-targets/fake.ts';
import { parseRfc3339, type Timestamp } from '../../../base/time.ts';
import type { LogMessage } from '../piece.ts';
import { parseAddress } from './address.ts';
import { connectSyslog } from './connect.ts';
import { parseFacility } from './facility.ts';
import { parseFormat } from './format.ts';

const local = new Date(2026, 1, 3, 4, 5, 6);
const at = parseRfc3339(local.toISOString().replace('.000Z', '.123456789Z')) as Timestamp;
const message = (text: string, stream: LogMessage['stream'] = 'stdout'): LogMessage => ({
  stream,
  line: Buffer.from(text),
  at,
});
const sender = { facility: 3, hostname: 'host', tag: 'tag', pid: 7 };

const formatted = (name: string | undefined, isTls = false): string =>
  parseFormat(name, isTls)(message('text'), sender).toString();

test('messages are formatted as the option says, in local time', () => {
  assert.equal(formatted(undefined), '<30>Feb  3 04:05:06 tag[7]: text\n');
  assert.equal(formatted('rfc3164'), '<30>Feb  3 04:05:06 host tag[7]: text\n');
  const zone = '(Z|[+-]\\d\\d:\\d\\d)';
  assert.match(
    formatted('rfc5424'),
    new RegExp(`^<30>1 2026-02-03T04:05:06${zone} host tag 7 tag - text\n$`),
  );
  assert.match(
    formatted('rfc5424micro'),
    new RegExp(`^<30>1 2026-02-03T04:05:06\\.123456${zone} host tag 7 tag - text\n$`),
  );
  assert.throws(() => formatted('rfc1'), { message: 'Invalid syslog format' });
});

test('only RFC 5424 over TLS counts octets', () => {
  const counted = formatted('rfc5424', true);
  const [length = '', ...rest] = counted.split(' ');
  assert.equal(Number(length), Buffer.byteLength(rest.join(' ')));
  assert.match(formatted('rfc3164', true), /^<30>/);
  assert.match(formatted('rfc5424'), /^<30>/);
});

test('stderr is an error, and bytes that are no text stay as they are', () => {
  const bytes = parseFormat('', false)({ stream: 'stderr', line: Buffer.of(0xff, 0), at }, sender);
  assert.match(bytes.toString('latin1'), /^<27>.*: \xff\0\n$/);
});

test('a facility is a name or a number', () => {
  assert.equal(parseFacility(''), 3);
  assert.equal(parseFacility('local7'), 23);
  assert.equal(parseFacility('23'), 23);
  for (const bad of ['24', '-1', 'toString', 'x'])
    assert.throws(() => parseFacility(bad), { message: 'invalid syslog facility' });
});

test('an address is read as dockerd reads it', () => {
  const targets = createFakeLogTargets();
  targets.files.set('/run/log', '');
  assert.equal(parseAddress('', targets), undefined);
  assert.deepEqual(parseAddress('udp://h', targets), { scheme: 'udp', host: 'h', port: '514' });
  assert.deepEqual(parseAddress('tcp+tls://h:6514', targets), { scheme: 'tcp+tls', host: 'h', port: '6514' });
  assert.deepEqual(parseAddress('unix:///run/log', targets), { scheme: 'unix', path: '/run/log' });
  assert.throws(() => parseAddress('unix:///no', targets), {
    message: 'stat /no: no such file or directory',
  });
  assert.throws(() => parseAddress('x', targets), { message: "unsupported scheme: ''" });
});

test('a broken stream is opened again once, and tells when that fails', async () => {
  const targets = createFakeLogTargets();
  await using connection = await connectSyslog(targets, { scheme: 'tcp', host: 'h', port: '514' }, {});
  await connection.send([Buffer.from('a'), Buffer.from('b')]);
  assert.equal(Buffer.concat(targets.streams[0]?.written ?? []).toString(), 'ab');
  targets.streams[0]?.[Symbol.dispose]();
  await connection.send([Buffer.from('c')]);
  assert.equal(Buffer.concat(targets.streams[1]?.written ?? []).toString(), 'c');
  targets.streams[1]?.[Symbol.dispose]();
  targets.absent.add('h:514');
  await assert.rejects(async () => connection.send([Buffer.from('d')]), {
    message: 'dial tcp h:514: connect: connection refused',
  });
});

test('without an address the places where a daemon may listen are tried in turn', async () => {
  const targets = createFakeLogTargets();
  targets.absent.add('/dev/log').add('/var/run/syslog');
  await using connection = await connectSyslog(targets, undefined, {});
  await connection.send([Buffer.from('a')]);
  assert.equal(targets.datagrams.length, 1);
  targets.absent.add('/var/run/log');
  await assert.rejects(connectSyslog(targets, undefined, {}), { message: 'Unix syslog delivery error' });
});

test('TLS files are read, and told when they are none', async () => {
  const targets = createFakeLogTargets();
  const address = { scheme: 'tcp+tls', host: 'h', port: '6514' } as const;
  const refusal = async (options: Readonly<Record<string, string>>): Promise<string> =>
    connectSyslog(targets, address, options).then(
      () => '',
      (error: unknown) => (error as Error).message,
    );
  assert.equal(
    await refusal({ 'syslog-tls-ca-cert': '/ca' }),
    'could not read CA certificate "/ca": open /ca: no such file or directory',
  );
  targets.files.set('/ca', 'nothing');
  assert.equal(
    await refusal({ 'syslog-tls-ca-cert': '/ca' }),
    'failed to append certificates from PEM file: "/ca"',
  );
  assert.equal(
    await refusal({ 'syslog-tls-cert': '/cert' }),
    'could not load X509 key pair: open /cert: no such file or directory',
  );
  assert.equal(await refusal({ 'syslog-tls-ca-cert': '/no', 'syslog-tls-skip-verify': '' }), '');
});
