// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { lstat, readdir, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { createServer, connect } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { type Api, createApi, type Listener } from '../../../src/api/index.ts';
import { silentLog } from '../../../src/base/log.ts';
import { seconds } from '../../../src/base/time.ts';
import { requestHttp } from '../../support/http-request.ts';
import { mustRun } from '../../support/run-command.ts';
import { temporaryDirectory } from './fake-engine.ts';
import { fakeRooms, fakeSystem } from './fake-rooms.ts';

const createTestApi = (...listeners: readonly Listener[]): Api =>
  createApi({ listeners, identity: { version: '0.1.0', experimental: false }, log: silentLog });

const rooms = fakeRooms({ system: fakeSystem });

test('a socket is root and its group alone, and goes with its daemon', async () => {
  await using directory = await temporaryDirectory();
  const path = join(directory.path, 's');
  await using api = createTestApi({ kind: 'unix', path, group: 7 });
  await api.open();
  const stat = await lstat(path);
  assert.deepEqual([stat.mode & 0o777, stat.uid, stat.gid], [0o660, 0, 7]);
  await api.close();
  assert.deepEqual(await readdir(directory.path), []);
});

test('requests that come early wait until the engine is there', async () => {
  await using directory = await temporaryDirectory();
  const path = join(directory.path, 's');
  await using api = createTestApi({ kind: 'unix', path });
  await api.open();
  const early = requestHttp(path, 'GET', '/version');
  assert.equal(await Promise.race([early, pause(100, 'waits')]), 'waits');
  api.serve(rooms);
  assert.equal((await early).status, 200);
});

test('a socket that nobody answers is taken over, one that somebody answers is not', async () => {
  await using directory = await temporaryDirectory();
  const path = join(directory.path, 's');
  await mustRun('python3', [
    '-c',
    `import socket; socket.socket(socket.AF_UNIX).bind(${JSON.stringify(path)})`,
  ]);
  await using first = createTestApi({ kind: 'unix', path });
  await first.open();
  await using second = createTestApi({ kind: 'unix', path });
  await assert.rejects(second.open(), { kind: 'conflict', message: /address already in use/ });
  first.serve(rooms);
  assert.equal((await requestHttp(path, 'GET', '/_ping')).status, 200);
});

test('a file that is no socket is left alone', async () => {
  await using directory = await temporaryDirectory();
  const path = join(directory.path, 's');
  await writeFile(path, 'precious');
  await using api = createTestApi({ kind: 'unix', path });
  await assert.rejects(api.open(), { kind: 'conflict' });
  assert.equal((await lstat(path)).size, 8);
});

test("a closing daemon leaves another's socket in its place", async () => {
  await using directory = await temporaryDirectory();
  const path = join(directory.path, 's');
  await using api = createTestApi({ kind: 'unix', path });
  await api.open();
  const { rename } = await import('node:fs/promises');
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(`${path}.new`, resolve));
  await rename(`${path}.new`, path);
  await api.close();
  assert.ok((await lstat(path)).isSocket());
  other.close();
});

test('all addresses or none', async () => {
  await using directory = await temporaryDirectory();
  const path = join(directory.path, 's');
  await using api = createTestApi({ kind: 'unix', path }, { kind: 'tcp', host: '203.0.113.1', port: 1 });
  await assert.rejects(api.open(), { kind: 'unavailable', message: /failed to load listeners/ });
  assert.deepEqual(await readdir(directory.path), []);
});

test('with a certificate authority only its clients come in', async () => {
  await using directory = await temporaryDirectory();
  const [key, cert] = [join(directory.path, 'key'), join(directory.path, 'cert')];
  await mustRun('openssl', [
    'req',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-keyout',
    key,
    '-out',
    cert,
    '-subj',
    '/CN=localhost',
    '-days',
    '1',
  ]);
  const { readFile } = await import('node:fs/promises');
  const tls = { key: await readFile(key), cert: await readFile(cert), ca: await readFile(cert) };
  await using api = createTestApi({ kind: 'tcp', host: '127.0.0.1', port: 0, tls });
  await api.open();
  api.serve(rooms);
  const ping = (credentials: object): Promise<string> =>
    new Promise((resolve, reject) => {
      const options = {
        host: '127.0.0.1',
        port: api.ports[0],
        path: '/_ping',
        agent: false,
        checkServerIdentity: () => undefined,
      };
      request({ ...options, ...credentials }, (response) => resolve(text(response)))
        .on('error', reject)
        .end();
    });
  assert.equal(await ping(tls), 'OK');
  await assert.rejects(ping({ ca: tls.ca }));
});

test('a close waits for a handler, but not for ever', async () => {
  await using directory = await temporaryDirectory();
  const path = join(directory.path, 's');
  await using api = createTestApi({ kind: 'unix', path });
  await api.open();
  const work = Promise.withResolvers<void>();
  api.serve(
    fakeRooms({ containers: { pause: () => work.promise, unpause: () => new Promise(() => undefined) } }),
  );
  const answered = requestHttp(path, 'POST', '/containers/c/pause');
  await pause(50);
  const closing = api.close();
  await pause(50);
  work.resolve();
  assert.equal((await answered).status, 204);
  await closing;
  await using stuck = createTestApi({ kind: 'unix', path });
  await stuck.open();
  stuck.serve(fakeRooms({ containers: { unpause: () => new Promise(() => undefined) } }));
  const cut = assert.rejects(requestHttp(path, 'POST', '/containers/c/unpause'));
  await pause(50);
  await stuck.close(seconds(0.1));
  await cut;
});

test('a head that is too long is refused', async () => {
  await using directory = await temporaryDirectory();
  const path = join(directory.path, 's');
  await using api = createTestApi({ kind: 'unix', path });
  await api.open();
  api.serve(rooms);
  const socket = connect(path);
  socket.on('error', () => undefined);
  socket.write(`GET /_ping HTTP/1.1\r\nHost: x\r\nX: ${'a'.repeat(2 * 1024 * 1024)}`);
  const [first] = (await new Promise((resolve) => socket.once('data', (data) => resolve([data])))) as [
    Buffer,
  ];
  assert.match(first.toString(), /^HTTP\/1\.1 431 /);
  socket.destroy();
});
