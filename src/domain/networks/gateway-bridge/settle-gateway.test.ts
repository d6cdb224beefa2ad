// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  createNetworkIn,
  createPluginMachine,
  sandboxRequest,
} from '../../../../test/support/plugin-machine.ts';
import { shortId } from '../../../base/ids.ts';
import { endpointRequest } from '../../../spec/endpoint-settings.ts';
import type { NetworksRoom, PublishRequest, Sandbox, SandboxRequest } from '../networks.ts';
import type { SandboxRecord } from '../sandbox-record.ts';

const PORT: PublishRequest = {
  port: { number: 80, protocol: 'tcp' },
  hostAddress: '',
  hostPorts: [8080, 8080],
};

/** A machine whose plugin names no gateway, with the plugin's network `one`. */
const createStage = async () => {
  const machine = createPluginMachine();
  machine.answers.set('Join', async () => machine.makeCable({}));
  machine.answers.set('DeleteEndpoint', machine.removeCable);
  const room = await machine.boot();
  await createNetworkIn(room);
  const start = async (changes: Partial<SandboxRequest> = {}) => {
    const request = sandboxRequest('one', { publish: [PORT], ...changes });
    const sandbox = await room.createSandbox(request);
    return { sandbox, container: request.container, path: sandbox.namespacePath ?? assert.fail() };
  };
  const published = (): readonly string[] =>
    machine.nftables.elements('berth-docker0', 'published').map(({ value }) => value);
  const told = (): readonly string[] =>
    machine.events
      .splice(0)
      .map(({ action, attributes }) => `${action} ${(attributes as Record<string, string>)['name']}`);
  return { ...machine, room, start, published, told };
};

/** Names and addresses of who is on `docker_gwbridge`. */
const guests = (room: NetworksRoom): readonly string[] =>
  room
    .endpoints(room.resolve('docker_gwbridge').id)
    .map(({ containerName, ipv4Address }) => `${containerName} ${ipv4Address}`);

const gatewayName = ({ id }: Sandbox): string => `gateway_${shortId(id)}`;
const shown = ({ endpoints }: Sandbox): readonly string[] => endpoints.map(({ networkName }) => networkName);
const asking = endpointRequest.zero;

test('who has no other way out leaves by docker_gwbridge, which clients and name servers do not see', async () => {
  const { room, start, waysOut, published, told } = await createStage();
  told();
  const { sandbox, path } = await start();
  assert.deepEqual(told(), ['connect one']);
  assert.deepEqual(waysOut(path), ['172.19.0.1 eth0']);
  assert.deepEqual(guests(room), [`${gatewayName(sandbox)} 172.19.0.2`]);
  assert.deepEqual(published(), ['172.19.0.2 . 80']);
  assert.deepEqual([shown(sandbox), sandbox.hostsLines], [['one'], ['172.18.0.2\tweb']]);
  assert.equal(sandbox.hidesPorts, false);
  await assert.rejects(room.delete('docker_gwbridge'), /has active endpoints \(name:"gateway_/);
  await sandbox[Symbol.asyncDispose]();
  assert.deepEqual([told(), guests(room), published()], [['disconnect one'], [], []]);
  await room.delete('docker_gwbridge');
});

test('nobody else gets one: not of plugins with gateways, nor of internal networks', async () => {
  const { room, answers, links } = await createStage();
  await createNetworkIn(room, { name: 'inner', internal: true, ipam: { driver: '', pools: [] } });
  const running = await room.createSandbox(sandboxRequest('inner'));
  await running[Symbol.asyncDispose]();
  assert.deepEqual(links(), []);
  answers.set('Join', async () => Promise.resolve({ Gateway: '172.18.0.1' }));
  await room.createSandbox(sandboxRequest('one'));
  answers.set('Join', async () => Promise.resolve({ DisableGatewayService: true }));
  await room.createSandbox(sandboxRequest('one'));
  assert.throws(() => room.resolve('docker_gwbridge'), { kind: 'not-found' });
});

test('it goes when another network leads out, and comes when that is left', async () => {
  const { room, start, waysOut, published, links } = await createStage();
  const { sandbox, container, path } = await start();
  const pools = [{ subnet: '10.9.0.0/24' }];
  const other = await createNetworkIn(room, { name: 'other', driver: 'bridge', ipam: { driver: '', pools } });
  await room.connect(container, { network: other, containerName: 'web', request: asking });
  assert.deepEqual([waysOut(path), guests(room)], [['10.9.0.1 eth1'], []]);
  assert.deepEqual([published(), links().length], [['10.9.0.2 . 80'], 2]);
  await room.disconnect(container, other);
  assert.deepEqual(waysOut(path), ['172.19.0.1 eth0']);
  assert.deepEqual(guests(room), [`${gatewayName(sandbox)} 172.19.0.2`]);
  assert.deepEqual(published(), ['172.19.0.2 . 80']);
  await room.disconnect(container, room.resolve('one').id);
  assert.deepEqual([waysOut(path), guests(room), published()], [[], [], []]);
  await room.connect(container, { network: room.resolve('one').id, containerName: 'web', request: asking });
  assert.deepEqual(guests(room), [`${gatewayName(sandbox)} 172.19.0.2`]);
});

test('a user’s own endpoint there takes its place; the engine’s is not the user’s to take away', async () => {
  const { room, start } = await createStage();
  const { sandbox, container } = await start();
  const { id } = room.resolve('docker_gwbridge');
  const engines = `${gatewayName(sandbox)} 172.19.0.2`;
  await assert.rejects(room.disconnect(container, id), { kind: 'not-found' });
  assert.equal(room.disconnectStranger(id, gatewayName(sandbox)), false);
  room.renameContainer(container, 'new');
  assert.deepEqual(guests(room), [engines]);
  await room.connect(container, { network: id, containerName: 'new', request: asking });
  assert.deepEqual([guests(room), shown(sandbox)], [['new 172.19.0.3'], ['one', 'docker_gwbridge']]);
  assert.deepEqual(sandbox.hostsLines, ['172.18.0.2\tweb']);
  await room.disconnect(container, id);
  assert.deepEqual([guests(room), shown(sandbox)], [[engines], ['one']]);
});

test('containers of an overlay network leave by it, unless a router is named or it is internal', async () => {
  const { room, waysOut } = await createStage();
  const pathIn = async (name: string, changes: Parameters<typeof createNetworkIn>[1]): Promise<string> => {
    const options = { 'berth.overlay.peers': '' };
    await createNetworkIn(room, { name, driver: 'overlay', options, ...changes });
    const sandbox = await room.createSandbox(sandboxRequest(name));
    return sandbox.namespacePath ?? assert.fail();
  };
  const routed = [{ subnet: '10.7.0.0/24', gateway: '10.7.0.9' }];
  assert.deepEqual(waysOut(await pathIn('routed', { ipam: { driver: '', pools: routed } })), [
    '10.7.0.9 eth0',
  ]);
  const inner = { internal: true, ipam: { driver: '', pools: [{ subnet: '10.6.0.0/24' }] } };
  assert.deepEqual(waysOut(await pathIn('inner', inner)), []);
  assert.throws(() => room.resolve('docker_gwbridge'), { kind: 'not-found' });
  const open = { ipam: { driver: '', pools: [{ subnet: '10.5.0.0/24' }] } };
  assert.deepEqual(waysOut(await pathIn('open', open)), ['172.19.0.1 eth1']);
});

test('a container whose namespace its runtime makes finds it there', async () => {
  const { start, namespaces, waysOut, named } = await createStage();
  const { sandbox, path } = await start({ awaitsProcess: true });
  assert.deepEqual([namespaces.exists(path), named], [false, []]);
  namespaces.create('/proc/7/ns/net', () => undefined);
  sandbox.attach(7);
  assert.deepEqual([waysOut(path), named], [['172.19.0.1 eth0'], ['opened one']]);
});

test('the next daemon knows it, and gives it to whom the one before did not come to give it', async () => {
  const { boot, room, start, waysOut, links, published, store } = await createStage();
  const { sandbox, container, path } = await start();
  const next = await boot();
  const adopted = (await next.adoptSandbox(container)) ?? assert.fail();
  assert.deepEqual([guests(next), shown(adopted)], [guests(room), ['one']]);
  const record = store.sandboxes.load().find(({ id }) => id === sandbox.id)?.document as SandboxRecord;
  const { id } = next.resolve('docker_gwbridge');
  const endpoints = record.endpoints.filter(({ network }) => network !== id);
  store.sandboxes.put(record.id, { ...record, endpoints, ports: [], publishedTo: '' });
  const third = await boot();
  // As if the one before had ended when the cable was in and not on record.
  await third.adoptSandbox(container);
  assert.deepEqual([links().length, published()], [2, ['172.19.0.2 . 80']]);
  assert.deepEqual(
    [guests(third), waysOut(path)],
    [[`${gatewayName(sandbox)} 172.19.0.2`], ['172.19.0.1 eth0']],
  );
});

test('a start fails in Docker’s words when it is not to be had, and a connect changes nothing', async () => {
  const { room, start, answers } = await createStage();
  await start();
  const failed =
    /^failed to set up container networking: container [0-9a-f]{64}: endpoint join on GW Network failed: driver failed programming external connectivity on endpoint gateway_[0-9a-f]{12} \([0-9a-f]{64}\): Bind for 0\.0\.0\.0:8080 failed: port is already allocated$/;
  answers.set('Join', async () => Promise.resolve({}));
  await assert.rejects(start(), { kind: 'internal', message: failed });
  assert.equal(guests(room).length, 1);
  const pools = [{ subnet: '10.8.0.0/30' }];
  for (const sandbox of room.endpoints(room.resolve('one').id))
    await room.disconnect(sandbox.container, sandbox.network);
  await room.delete('docker_gwbridge');
  await createNetworkIn(room, { name: 'docker_gwbridge', driver: 'bridge', ipam: { driver: '', pools } });
  const { container } = await start({ publish: [] });
  const full =
    /endpoint create on GW Network failed: no available IPv4 addresses on this network's address pools/;
  await assert.rejects(start({ publish: [] }), { kind: 'internal', message: full });
  const bridged = await room.createSandbox(sandboxRequest('none'));
  assert.equal(bridged.endpoints.length, 1);
  assert.deepEqual(
    room.endpoints(room.resolve('one').id).map((endpoint) => endpoint.container),
    [container],
  );
});
