// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseGoUrl, portNumber, splitHostPort } from './go-url.ts';

test('an address is divided into its parts', () => {
  assert.deepEqual(parseGoUrl('TCP://user:pw@[::1]:514/a%20b?q#f'), {
    scheme: 'tcp',
    host: '[::1]:514',
    path: '/a b',
    query: 'q',
    fragment: 'f',
  });
  assert.deepEqual(parseGoUrl('unix:///run/log'), {
    scheme: 'unix',
    host: '',
    path: '/run/log',
    query: '',
    fragment: '',
  });
  assert.equal(parseGoUrl('localhost:514').scheme, 'localhost');
  assert.equal(parseGoUrl('').scheme, '');
});

test('what is no address is refused in the words of Go', () => {
  const refusals = [
    ['127.0.0.1:514', 'parse "127.0.0.1:514": first path segment in URL cannot contain colon'],
    [':1', 'parse ":1": missing protocol scheme'],
    ['udp://x:y', 'parse "udp://x:y": invalid port ":y" after host'],
    ['udp://[::1', `parse "udp://[::1": missing ']' in host`],
    ['udp://x\u0001', 'parse "udp://x\\u0001": net/url: invalid control character in URL'],
  ] as const;
  for (const [text, message] of refusals) assert.throws(() => parseGoUrl(text), { message });
});

test('host and port are told apart', () => {
  assert.deepEqual(splitHostPort('[fe80::1]:514'), { host: 'fe80::1', port: '514' });
  assert.deepEqual(splitHostPort(':514'), { host: '', port: '514' });
  assert.throws(() => splitHostPort('x'), { message: 'address x: missing port in address' });
  assert.throws(() => splitHostPort('::1'), { message: 'address ::1: too many colons in address' });
  assert.equal(portNumber('udp', { host: 'x', port: '514' }), 514);
  assert.throws(() => portNumber('udp', { host: 'x', port: '70000' }), {
    message: 'dial udp: address 70000: invalid port',
  });
  assert.throws(() => portNumber('udp', { host: 'x', port: 'syslog' }), /unknown port/);
});
