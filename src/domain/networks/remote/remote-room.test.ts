// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  PLUGIN_LINK,
  createNetworkIn,
  createPluginMachine,
  sandboxRequest,
} from '../../../../test/support/plugin-machine.ts';
import { endpointRequest } from '../../../spec/endpoint-settings.ts';
import type { SandboxRequest } from '../networks.ts';

test('a container gets the link of its plugin, which gets it back under its own name', async () => {
  const { boot, heard, links, store } = createPluginMachine();
  const room = await boot();
  await createNetworkIn(room);
  heard.splice(0);
  const sandbox = await room.createSandbox(sandboxRequest('one'));
  const [endpoint] = sandbox.endpoints;
  assert.deepEqual(
    [endpoint?.ipv4Address, endpoint?.gateway, links()],
    ['172.18.0.2', '172.18.0.1', ['vhost']],
  );
  assert.deepEqual(heard.splice(0), [
    'CreateEndpoint',
    'Join',
    'ProgramExternalConnectivity',
    'EndpointOperInfo',
  ]);
  await assert.rejects(room.delete('one'), /has active endpoints/);
  await sandbox[Symbol.asyncDispose]();
  assert.deepEqual(heard.splice(0), ['RevokeExternalConnectivity', 'Leave', 'DeleteEndpoint']);
  assert.deepEqual(links(), ['vhost', PLUGIN_LINK]);
  await room.delete('one');
  assert.deepEqual([heard, store.debts.load()], [['DeleteNetwork'], []]);
});

test('while a plugin is waited for, others are not, and its network stays', async () => {
  const { boot, answers, namespaces } = createPluginMachine();
  const room = await boot();
  await createNetworkIn(room);
  const joined = Promise.withResolvers<Readonly<Record<string, unknown>>>();
  answers.set('Join', async () => joined.promise);
  const waiting = room.createSandbox(sandboxRequest('one'));
  const other = await room.createSandbox(sandboxRequest('bridge'));
  assert.equal(other.endpoints.length, 1);
  await assert.rejects(room.delete('one'), /has active endpoints \(name:"web"/);
  joined.resolve({ Err: 'too late' });
  await assert.rejects(waiting, /failed to set up container networking: remote: too late$/);
  assert.deepEqual(namespaces.list('/run/netns'), [other.namespacePath]);
  await room.delete('one');
});

test('an address is free again when its plugin did not take the endpoint', async () => {
  const { boot, answers } = createPluginMachine();
  const room = await boot();
  await createNetworkIn(room);
  answers.set('CreateEndpoint', async () => Promise.resolve({ Err: 'no' }));
  await assert.rejects(
    room.createSandbox(sandboxRequest('one')),
    /failed to create endpoint web on network one/,
  );
  answers.delete('CreateEndpoint');
  const sandbox = await room.createSandbox(sandboxRequest('one'));
  assert.equal(sandbox.endpoints[0]?.ipv4Address, '172.18.0.2');
});

test('a container gets the address again that it had last, while nobody else has it', async () => {
  const { boot, answers } = createPluginMachine();
  answers.set('Join', async () => Promise.resolve({}));
  const room = await boot();
  await createNetworkIn(room);
  const former = { one: { ipv4Address: '172.18.0.9', ipv6Address: '' } };
  const addressOf = async (changes: Partial<SandboxRequest>): Promise<string | undefined> => {
    const sandbox = await room.createSandbox(sandboxRequest('one', changes));
    return sandbox.endpoints[0]?.ipv4Address;
  };
  assert.equal(await addressOf({ former }), '172.18.0.9');
  assert.equal(await addressOf({ former }), '172.18.0.2');
  const mine = { ipv4Address: '172.18.0.9', ipv6Address: '', linkLocalIPs: undefined };
  const endpoints = { one: { ...endpointRequest.zero, ipamConfig: mine } };
  await assert.rejects(addressOf({ endpoints }), /Address already in use$/);
});

test('the next daemon knows the network without its plugin, and tells it of what is gone', async () => {
  const { boot, heard, store } = createPluginMachine();
  const room = await boot();
  await createNetworkIn(room);
  const sandbox = await room.createSandbox(sandboxRequest('one'));
  heard.splice(0);
  const next = await boot();
  assert.deepEqual([next.resolve('one').driver, heard], ['p', []]);
  assert.ok(next.drivers.includes('p'));
  // Nobody knows the container any more.
  assert.equal(await next.sweep(() => false), 1);
  const { endpoints } = sandbox;
  const isOwed = (): boolean => store.debts.load().some(({ id }) => id === endpoints[0]?.id);
  for (let turns = 0; isOwed() && turns < 1000; turns += 1) await Promise.resolve();
  assert.deepEqual(heard, ['RevokeExternalConnectivity', 'Leave', 'DeleteEndpoint']);
  await next.delete('one');
  assert.deepEqual(store.debts.load(), []);
});

test('a driver that nobody has is told of, and so are names that no plugin can have', async () => {
  const { boot } = createPluginMachine();
  const room = await boot();
  await assert.rejects(createNetworkIn(room, { driver: 'q' }), {
    kind: 'not-found',
    message: 'plugin "q" not found',
  });
  await assert.rejects(createNetworkIn(room, { driver: 'host' }), { kind: 'forbidden' });
});
