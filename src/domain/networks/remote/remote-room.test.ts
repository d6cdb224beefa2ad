// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFakeHostNetwork } from '../../../adapters/host-network/fake.ts';
import { createFakeHostPorts } from '../../../adapters/host-ports/fake.ts';
import { createFakeNetlink, type FakeNetlink } from '../../../adapters/netlink/fake.ts';
import { createFakeNetworkNamespaces } from '../../../adapters/netns/fake.ts';
import { createFakeNftables } from '../../../adapters/nftables/fake.ts';
import { createFakeNetworkStore } from '../../../adapters/store/network-store-fake.ts';
import { sampleNetworksConfig } from '../../../../test/support/sample-networks-config.ts';
import { fixedConfig } from '../../../base/config-source.ts';
import { type ContainerId, randomId } from '../../../base/ids.ts';
import { silentLog } from '../../../base/log.ts';
import { endpointRequest } from '../../../spec/endpoint-settings.ts';
import type { Plugins } from '../../plugins/index.ts';
import { createNetworks } from '../create-networks.ts';
import type { NetworksRoom, SandboxRequest } from '../networks.ts';

type Body = Readonly<Record<string, unknown>>;

const LINK = 'vcable';

/** A machine in memory with a plugin `p` that has one cable. */
const createMachine = () => {
  const held: { netlink?: FakeNetlink } = {};
  const namespaces = createFakeNetworkNamespaces((path) => held.netlink?.drop(path));
  const netlink = createFakeNetlink(namespaces);
  held.netlink = netlink;
  const store = createFakeNetworkStore();
  const heard: string[] = [];
  const answers = new Map<string, () => Promise<Body>>();
  const makeCable = async (): Promise<Body> => {
    using host = netlink.connect();
    host.createVeth({ name: 'vhost', mtu: 1500, peer: { name: LINK, macAddress: '02:00:00:00:00:09' } });
    return Promise.resolve({ InterfaceName: { SrcName: LINK, DstPrefix: 'net' }, Gateway: '172.18.0.1' });
  };
  answers.set('GetCapabilities', async () => Promise.resolve({ Scope: 'local' }));
  answers.set('Join', makeCable);
  const call = async (name: string): Promise<Body> => {
    const method = name.replace('NetworkDriver.', '');
    heard.push(method);
    return (await answers.get(method)?.()) ?? {};
  };
  const plugins: Plugins = {
    find: async (name) => Promise.resolve(name === 'p' ? { name, call } : undefined),
  };
  const boot = async (): Promise<NetworksRoom> => {
    const room = createNetworks({
      config: fixedConfig(sampleNetworksConfig),
      namespaceDirectory: '/run/netns',
      netlink,
      namespaces,
      nftables: createFakeNftables(),
      hostPorts: createFakeHostPorts(new Set()),
      hostNetwork: createFakeHostNetwork({ 'ipv4/ip_forward': '1', 'ipv4/conf/docker0/route_localnet': '1' }),
      store,
      events: { publish: () => undefined },
      plugins,
      log: silentLog,
    });
    await room.start();
    return room;
  };
  const links = (): readonly string[] => {
    using host = netlink.connect();
    return host.links().flatMap(({ name, kind }) => (kind === 'veth' ? [name] : []));
  };
  return { boot, heard, answers, links, store, namespaces };
};

const create = async (room: NetworksRoom, driver = 'p'): Promise<void> => {
  await room.create({
    name: 'one',
    driver,
    scope: '',
    internal: false,
    attachable: false,
    ingress: false,
    configOnly: false,
    configFrom: '',
    ipam: { driver: '', pools: [{ subnet: '172.18.0.0/16' }] },
    options: {},
    labels: {},
  });
};

const request = (networkMode: string): SandboxRequest => ({
  container: randomId<ContainerId>(),
  containerName: 'web',
  hostname: 'web',
  domainname: '',
  networkMode,
  endpoints: {},
  publish: [],
});

test('a container gets the link of its plugin, which gets it back under its own name', async () => {
  const { boot, heard, links, store } = createMachine();
  const room = await boot();
  await create(room);
  heard.splice(0);
  const sandbox = await room.createSandbox(request('one'));
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
  assert.deepEqual(links(), ['vhost', LINK]);
  await room.delete('one');
  assert.deepEqual([heard, store.debts.load()], [['DeleteNetwork'], []]);
});

test('while a plugin is waited for, others are not, and its network stays', async () => {
  const { boot, answers, namespaces } = createMachine();
  const room = await boot();
  await create(room);
  const joined = Promise.withResolvers<Body>();
  answers.set('Join', async () => joined.promise);
  const waiting = room.createSandbox(request('one'));
  const other = await room.createSandbox(request('bridge'));
  assert.equal(other.endpoints.length, 1);
  await assert.rejects(room.delete('one'), /has active endpoints \(name:"web"/);
  joined.resolve({ Err: 'too late' });
  await assert.rejects(waiting, /failed to set up container networking: remote: too late$/);
  assert.deepEqual(namespaces.list('/run/netns'), [other.namespacePath]);
  await room.delete('one');
});

test('an address is free again when its plugin did not take the endpoint', async () => {
  const { boot, answers } = createMachine();
  const room = await boot();
  await create(room);
  answers.set('CreateEndpoint', async () => Promise.resolve({ Err: 'no' }));
  await assert.rejects(room.createSandbox(request('one')), /failed to create endpoint web on network one/);
  answers.delete('CreateEndpoint');
  const sandbox = await room.createSandbox(request('one'));
  assert.equal(sandbox.endpoints[0]?.ipv4Address, '172.18.0.2');
});

test('a container gets the address again that it had last, while nobody else has it', async () => {
  const { boot, answers } = createMachine();
  answers.set('Join', async () => Promise.resolve({}));
  const room = await boot();
  await create(room);
  const former = { one: { ipv4Address: '172.18.0.9', ipv6Address: '' } };
  const addressOf = async (changes: Partial<SandboxRequest>): Promise<string | undefined> => {
    const sandbox = await room.createSandbox({ ...request('one'), ...changes });
    return sandbox.endpoints[0]?.ipv4Address;
  };
  assert.equal(await addressOf({ former }), '172.18.0.9');
  assert.equal(await addressOf({ former }), '172.18.0.2');
  const mine = { ipv4Address: '172.18.0.9', ipv6Address: '', linkLocalIPs: undefined };
  const endpoints = { one: { ...endpointRequest.zero, ipamConfig: mine } };
  await assert.rejects(addressOf({ endpoints }), /Address already in use$/);
});

test('the next daemon knows the network without its plugin, and tells it of what is gone', async () => {
  const { boot, heard, store } = createMachine();
  const room = await boot();
  await create(room);
  const sandbox = await room.createSandbox(request('one'));
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
  const { boot } = createMachine();
  const room = await boot();
  await assert.rejects(create(room, 'q'), { kind: 'not-found', message: 'plugin "q" not found' });
  await assert.rejects(create(room, 'host'), { kind: 'forbidden' });
});
