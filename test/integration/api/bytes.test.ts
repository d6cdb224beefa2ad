// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { Agent } from 'node:http';
import { test } from 'node:test';
import { EngineError, isKind } from '../../../src/base/errors.ts';
import { requestHttp } from '../../support/http-request.ts';
import { exchangeBytes, startFakeEngine } from './fake-engine.ts';
import { EXEC_ID, fakeSystem } from './fake-rooms.ts';
import { createFakeProcess } from './fake-session.ts';

const IDENTITY =
  'Api-Version: 1.51\r\nDocker-Experimental: false\r\nOstype: linux\r\nServer: Docker/0.1.0 (linux)\r\n';
const HELLO = '\x01\0\0\0\0\0\0\x05hello';

const helloContainers = {
  attach: async (reference: string) => {
    if (reference !== 'c') throw new EngineError('not-found', `No such container: ${reference}`);
    return hello();
  },
  execStart: async () => hello(),
};

const hello = (): ReturnType<typeof createFakeProcess>['session'] => {
  const process = createFakeProcess();
  process.print('stdout', 'hello');
  process.exit();
  return process.session;
};

const attach = (path: string, upgrade: string): string =>
  `POST ${path} HTTP/1.1\r\nHost: x\r\n${upgrade}\r\n`;
const UPGRADE = 'Connection: Upgrade\r\nUpgrade: tcp\r\n';

test('an attach is answered to the byte, by version and by what was asked', async () => {
  await using engine = await startFakeEngine({ containers: helloContainers });
  const upgraded = (type: string): string =>
    `HTTP/1.1 101 UPGRADED\r\nContent-Type: application/vnd.docker.${type}\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n${HELLO}`;
  assert.equal(
    await exchangeBytes(engine, attach('/v1.42/containers/c/attach', UPGRADE)),
    upgraded('multiplexed-stream'),
  );
  assert.equal(
    await exchangeBytes(engine, attach('/v1.41/containers/c/attach', UPGRADE)),
    upgraded('raw-stream'),
  );
  assert.equal(
    await exchangeBytes(engine, attach('/containers/c/attach', 'Upgrade: foo\r\n')),
    upgraded('multiplexed-stream'),
  );
  assert.equal(
    await exchangeBytes(engine, attach('/containers/c/attach', '')),
    `HTTP/1.1 200 OK\r\nContent-Type: application/vnd.docker.raw-stream\r\n\r\n${HELLO}`,
  );
});

test('an attach that fails says so in bare bytes', async () => {
  await using engine = await startFakeEngine({ containers: helloContainers });
  const expected =
    'HTTP/1.1 404 Not Found\r\nContent-Type: application/vnd.docker.raw-stream\r\n\r\nNo such container: x\r\n';
  assert.equal(await exchangeBytes(engine, attach('/containers/x/attach', UPGRADE)), expected);
  assert.equal(await exchangeBytes(engine, attach('/containers/x/attach', '')), expected);
});

test('an exec is answered with the identity of the engine', async () => {
  await using engine = await startFakeEngine({ containers: helloContainers });
  const request = (upgrade: string): string =>
    `POST /v1.51/exec/${EXEC_ID}/start HTTP/1.1\r\nHost: x\r\n${upgrade}Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}`;
  assert.equal(
    await exchangeBytes(engine, request(UPGRADE)),
    `HTTP/1.1 101 UPGRADED\r\nContent-Type: application/vnd.docker.multiplexed-stream\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n${IDENTITY}\r\n${HELLO}`,
  );
  assert.equal(
    await exchangeBytes(engine, request('')),
    `HTTP/1.1 200 OK\r\nContent-Type: application/vnd.docker.raw-stream\r\n${IDENTITY}\r\n${HELLO}`,
  );
});

test('what goes wrong before an exec streams is ordinary JSON', async () => {
  await using engine = await startFakeEngine({ containers: helloContainers });
  const answer = await requestHttp(engine.socketPath, 'POST', `/exec/${EXEC_ID}/start`, {
    body: 'x',
    headers: { 'Content-Type': 'text/plain', Connection: 'Upgrade', Upgrade: 'tcp' },
  });
  assert.equal(answer.status, 400);
  assert.equal(answer.headers['content-type'], 'application/json');
});

test('stdin that comes with the request is kept', async () => {
  const cat = createFakeProcess({ echo: true });
  await using engine = await startFakeEngine({ containers: { attach: async () => cat.session } });
  const bytes = await exchangeBytes(engine, `${attach('/containers/c/attach', UPGRADE)}early`, {
    halfClose: true,
  });
  assert.ok(bytes.endsWith('\x01\0\0\0\0\0\0\x05early'), bytes);
});

test('the ping tells all that a client needs', async () => {
  await using engine = await startFakeEngine({});
  const answer = await requestHttp(engine.socketPath, 'GET', '/v1.24/_ping');
  const { date: _, connection: __, ...headers } = answer.headers;
  assert.equal(answer.text, 'OK');
  assert.deepEqual(headers, {
    'api-version': '1.51',
    'docker-experimental': 'false',
    ostype: 'linux',
    server: 'Docker/0.1.0 (linux)',
    'builder-version': '1',
    'cache-control': 'no-cache, no-store, must-revalidate',
    pragma: 'no-cache',
    swarm: 'inactive',
    'content-type': 'text/plain; charset=utf-8',
    'content-length': '2',
  });
  const head = await requestHttp(engine.socketPath, 'HEAD', '/_ping');
  assert.equal(head.status, 200);
  assert.equal(head.headers['content-length'], '0');
});

test('unclean paths are sent elsewhere, unknown ones are not found, both without a version', async () => {
  await using engine = await startFakeEngine({});
  const moved = await requestHttp(engine.socketPath, 'GET', '/containers/%2Fx/json?size=1');
  assert.deepEqual(
    [moved.status, moved.headers.location, moved.text],
    [301, '/containers/x/json?size=1', ''],
  );
  assert.equal(moved.headers['api-version'], undefined);
  for (const [method, path] of [
    ['GET', '/nope'],
    ['GET', '/v1.99/nope'],
    ['HEAD', '/info'],
    ['PATCH', '/info'],
    ['GET', '/vx/info'],
    ['GET', '/info/'],
  ] as const) {
    const answer = await requestHttp(engine.socketPath, method, path);
    assert.equal(answer.status, 404, path);
    assert.equal(answer.headers['api-version'], undefined);
    if (method !== 'HEAD') assert.equal(answer.text, '{"message":"page not found"}\n');
  }
});

test('versions out of range are refused in the words that clients know', async () => {
  await using engine = await startFakeEngine({ system: fakeSystem });
  const tooNew = await requestHttp(engine.socketPath, 'GET', '/v1.52/version');
  assert.equal(
    tooNew.text,
    '{"message":"client version 1.52 is too new. Maximum supported API version is 1.51"}\n',
  );
  assert.equal(tooNew.headers['docker-experimental'], undefined);
  assert.equal(tooNew.headers['api-version'], '1.51');
  const tooOld = await requestHttp(engine.socketPath, 'GET', '/v1.23/version');
  assert.equal(tooOld.headers['content-type'], 'text/plain; charset=utf-8');
  assert.equal(tooOld.headers['x-content-type-options'], 'nosniff');
  assert.match(tooOld.text, /^client version 1\.23 is too old\. .*\n$/);
  assert.equal((await requestHttp(engine.socketPath, 'GET', '/v01.051/version')).status, 200);
  assert.equal((await requestHttp(engine.socketPath, 'OPTIONS', '/v1.52/x')).status, 400);
  const options = await requestHttp(engine.socketPath, 'OPTIONS', '/x');
  assert.deepEqual([options.status, options.text], [200, '']);
});

test('what is not there yet, and what needs a swarm, says so', async () => {
  await using engine = await startFakeEngine({});
  const build = await requestHttp(engine.socketPath, 'POST', '/build');
  assert.deepEqual(
    [build.status, build.json],
    [501, { message: 'ImageBuild is not implemented yet by this engine' }],
  );
  const swarm = await requestHttp(engine.socketPath, 'GET', '/v1.40/services');
  assert.equal(swarm.status, 503);
  assert.match(swarm.text, /This node is not a swarm manager\. Use \\"docker swarm init\\"/);
  const plugins = await requestHttp(engine.socketPath, 'GET', '/plugins');
  assert.deepEqual(plugins.json, []);
});

test('answers without a body do not speak of one', async () => {
  const containers = { start: async () => 'already-running' as const, kill: async () => undefined };
  await using engine = await startFakeEngine({ containers });
  for (const [path, status] of [
    ['start', 304],
    ['kill', 204],
  ] as const) {
    const answer = await requestHttp(engine.socketPath, 'POST', `/containers/c/${path}`);
    assert.equal(answer.status, status);
    assert.equal(answer.headers['content-length'], undefined);
    assert.equal(answer.headers['content-type'], undefined);
    assert.equal(answer.headers['api-version'], '1.51');
  }
});

test('a parameter may come as a form', async () => {
  const names: string[] = [];
  await using engine = await startFakeEngine({
    containers: { rename: async (_: string, name: string) => void names.push(name) },
  });
  await requestHttp(engine.socketPath, 'POST', '/containers/c/rename?name=query', {
    body: 'name=form',
    headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
  });
  assert.deepEqual(names, ['form']);
});

test('a body that is too long is refused before it is sent', async () => {
  await using engine = await startFakeEngine({});
  const bytes = await exchangeBytes(
    engine,
    'POST /containers/create HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1073741824\r\n\r\n{',
  );
  assert.match(bytes, /^HTTP\/1\.1 400 Bad Request\r\n/);
  assert.match(bytes, /Connection: close/);
  assert.match(bytes, /request body too large/);
});

test('what is wrong with an archive is told in the stream, though most of it was not read', async () => {
  async function* load(archive: AsyncIterable<Uint8Array>): AsyncGenerator<never> {
    for await (const _ of archive) break;
    yield* [];
    throw new EngineError('invalid-argument', 'unexpected EOF');
  }
  await using engine = await startFakeEngine({ images: { load } });
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const body = Buffer.alloc(8 * 1024 * 1024);
  for (let round = 0; round < 2; round += 1) {
    const answer = await requestHttp(engine.socketPath, 'POST', '/images/load', { body, agent });
    assert.equal(answer.status, 200);
    assert.equal(answer.text, '{"errorDetail":{"message":"unexpected EOF"},"error":"unexpected EOF"}\r\n');
  }
  agent.destroy();
});

test('a body that ends before its time is a client that has left', async () => {
  const failed = Promise.withResolvers<unknown>();
  async function* load(archive: AsyncIterable<Uint8Array>): AsyncGenerator<never> {
    try {
      for await (const _ of archive);
    } catch (error) {
      failed.resolve(error);
    }
    yield* [];
  }
  await using engine = await startFakeEngine({ images: { load } });
  const socket = engine.connect();
  socket.write('POST /images/load HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nabc');
  setTimeout(() => socket.destroy(), 50);
  assert.ok(isKind(await failed.promise, 'cancelled'));
});
