// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFakeHostNetwork } from '../../adapters/host-network/fake.ts';
import { createFakeHostPorts } from '../../adapters/host-ports/fake.ts';
import { createFakeNetlink, type FakeNetlink } from '../../adapters/netlink/fake.ts';
import { createFakeNetworkNamespaces, type FakeNetworkNamespaces } from '../../adapters/netns/fake.ts';
import { createFakeNftables } from '../../adapters/nftables/fake.ts';
import { createFakeNetworkStore } from '../../adapters/store/network-store-fake.ts';
import { fixedConfig } from '../../base/config-source.ts';
import { isKind } from '../../base/errors.ts';
import { type ContainerId, randomId } from '../../base/ids.ts';
import { silentLog } from '../../base/log.ts';
import type { NewEvent } from '../events/index.ts';
import { createNetworks } from './create-networks.ts';
import type { NetworksConfig } from './networks-config.ts';
import type { NetworksRoom, PublishRequest, SandboxRequest } from './networks.ts';
import { sampleNetworksConfig as sampleConfig } from '../../../test/support/sample-networks-config.ts';

const FOLDER = '/run/berth/netns';

/** A machine in memory; several rooms on it, one after the other, are a daemon that is restarted. */
const createMachine = () => {
  const held: { netlink?: FakeNetlink; namespaces?: FakeNetworkNamespaces } = {};
  const namespaces = createFakeNetworkNamespaces((path) => held.netlink?.drop(path));
  const netlink = createFakeNetlink(namespaces);
  held.netlink = netlink;
  const nftables = createFakeNftables();
  const hostPorts = createFakeHostPorts(new Set(['tcp 0.0.0.0 9000']));
  const hostNetwork = createFakeHostNetwork({
    'ipv4/ip_forward': '0',
    'ipv4/conf/docker0/route_localnet': '0',
    'ipv4/ip_local_port_range': '32768\t60999',
    'ipv4/conf/default/arp_notify': '0',
  });
  const store = createFakeNetworkStore();
  const events: NewEvent[] = [];
  const boot = async (changes: Partial<NetworksConfig> = {}): Promise<NetworksRoom> => {
    const room = createNetworks({
      config: fixedConfig({ ...sampleConfig, ...changes }),
      namespaceDirectory: FOLDER,
      netlink,
      namespaces,
      nftables,
      hostPorts,
      hostNetwork,
      store,
      events: { publish: (event) => void events.push(event) },
      log: silentLog,
    });
    await room.start();
    return room;
  };
  const veths = (): readonly string[] => {
    using here = netlink.connect();
    return here.links().flatMap(({ name, kind }) => (kind === 'veth' ? [name] : []));
  };
  const elements = (): readonly string[] =>
    nftables.elements('berth-docker0', 'published').map(({ key, value }) => `${key} : ${value}`);
  return { boot, namespaces, netlink, nftables, hostPorts, hostNetwork, store, events, veths, elements };
};

const request = (changes: Partial<SandboxRequest> = {}): SandboxRequest => ({
  container: randomId<ContainerId>(),
  containerName: 'web',
  hostname: 'web',
  domainname: '',
  networkMode: 'bridge',
  endpoints: {},
  publish: [],
  ...changes,
});
const publish = (host: number): readonly PublishRequest[] => [
  { port: { number: 80, protocol: 'tcp' }, hostAddress: '', hostPorts: [host, host] },
];

test('the predefined networks keep their ids over restarts and look as Docker shows them', async () => {
  const machine = createMachine();
  const first = await machine.boot();
  const networks = first.list({ filters: {} });
  assert.deepEqual(
    networks.map(({ name, driver }) => [name, driver]),
    [
      ['host', 'host'],
      ['none', 'null'],
      ['bridge', 'bridge'],
    ],
  );
  assert.deepEqual(first.resolve('bridge').options, {
    'com.docker.network.bridge.default_bridge': 'true',
    'com.docker.network.bridge.enable_icc': 'true',
    'com.docker.network.bridge.enable_ip_masquerade': 'true',
    'com.docker.network.bridge.host_binding_ipv4': '0.0.0.0',
    'com.docker.network.bridge.name': 'docker0',
    'com.docker.network.driver.mtu': '1500',
  });
  assert.deepEqual(first.resolve('bridge').ipam.pools, [{ subnet: '172.17.0.0/16', gateway: '172.17.0.1' }]);
  assert.equal(first.hostGateway, '172.17.0.1');
  const second = await machine.boot();
  assert.deepEqual(second.list({ filters: {} }), networks);
});

test('forwarding and the loopback route are switched on, and only when asked for', async () => {
  const on = createMachine();
  await on.boot();
  assert.deepEqual(on.hostNetwork.writes, [
    ['ipv4/conf/docker0/route_localnet', '1'],
    ['ipv4/ip_forward', '1'],
  ]);
  const off = createMachine();
  await off.boot({ ipForward: false, firewall: false });
  assert.deepEqual(off.hostNetwork.writes, []);
  assert.deepEqual(off.nftables.tables(), []);
});

test('a sandbox has its interface, and everything of it goes when it is released', async () => {
  const machine = createMachine();
  const room = await machine.boot();
  const sandbox = await room.createSandbox(request({ publish: publish(8080), domainname: 'example.org' }));
  const path = sandbox.namespacePath ?? assert.fail('no namespace');
  assert.equal(sandbox.key, path);
  assert.match(path, /^\/run\/berth\/netns\/[0-9a-f]{12}$/);
  const [endpoint] = sandbox.endpoints;
  assert.deepEqual(
    [endpoint?.ipv4Address, endpoint?.ipv4PrefixLength, endpoint?.gateway],
    ['172.17.0.2', 16, '172.17.0.1'],
  );
  assert.deepEqual(sandbox.hostsLines, ['172.17.0.2\tweb.example.org web']);
  assert.deepEqual(room.endpoints(room.resolve('bridge').id), sandbox.endpoints);
  {
    using inside = machine.namespaces.run(path, () => machine.netlink.connect());
    assert.equal(inside.link('eth0')?.macAddress, endpoint?.macAddress);
    assert.ok(inside.links().every(({ up }) => up));
    assert.equal(inside.routes().length, 1);
  }
  assert.deepEqual(machine.netlink.portOf(machine.veths()[0] ?? ''), { hairpin: true, isolated: false });
  assert.deepEqual(machine.elements(), ['tcp . 8080 : 172.17.0.2 . 80']);

  await sandbox[Symbol.asyncDispose]();
  await sandbox[Symbol.asyncDispose]();
  assert.deepEqual(machine.veths(), []);
  assert.deepEqual(machine.elements(), []);
  assert.equal(machine.hostPorts.held.size, 0);
  assert.equal(machine.namespaces.exists(path), false);
  assert.deepEqual(machine.store.sandboxes.load(), []);
  assert.equal(machine.namespaces.openFiles, 0);
  assert.equal(machine.netlink.openConnections, 1);
  assert.deepEqual(
    machine.events.map(({ action, attributes }) => [action, attributes['name'], attributes['type']]),
    [
      ['connect', 'bridge', 'bridge'],
      ['disconnect', 'bridge', 'bridge'],
    ],
  );
});

test('a sandbox that fails half-way leaves nothing, and its address is the next one to be given', async () => {
  const machine = createMachine();
  const room = await machine.boot();
  await assert.rejects(
    room.createSandbox(request({ publish: publish(9000) })),
    (error) =>
      isKind(error, 'internal') &&
      error.message.startsWith(
        'failed to set up container networking: driver failed programming external connectivity on endpoint web (',
      ),
  );
  assert.deepEqual(machine.veths(), []);
  assert.deepEqual(machine.namespaces.list(FOLDER), []);
  assert.deepEqual(machine.store.sandboxes.load(), []);
  assert.deepEqual(
    machine.events.map(({ action }) => action),
    ['disconnect'],
  );
  const sandbox = await room.createSandbox(request());
  assert.equal(sandbox.endpoints[0]?.ipv4Address, '172.17.0.2');
});

test("a full pool and an unknown network fail in Docker's words", async () => {
  const machine = createMachine();
  const room = await machine.boot({ bip: '10.0.0.1/30' });
  await room.createSandbox(request());
  const { id } = room.resolve('bridge');
  await assert.rejects(room.createSandbox(request()), {
    message: `failed to set up container networking: no available IPv4 addresses on this network's address pools: bridge (${id})`,
  });
  await assert.rejects(
    room.createSandbox(request({ networkMode: 'missing' })),
    (error) =>
      isKind(error, 'not-found') &&
      error.message === 'failed to set up container networking: network missing not found',
  );
});

test("a MAC address of the container's own is taken, a bad one refused", async () => {
  const machine = createMachine();
  const room = await machine.boot();
  const asking = (macAddress: string) => request({ endpoints: { bridge: { macAddress, gwPriority: 0 } } });
  const sandbox = await room.createSandbox(asking('02-AA-BB-CC-DD-EE'));
  assert.equal(sandbox.endpoints[0]?.macAddress, '02:aa:bb:cc:dd:ee');
  await assert.rejects(room.createSandbox(asking('nonsense')), (error) => isKind(error, 'invalid-argument'));
});

test('a daemon without a default bridge leaves its containers alone with their loopback', async () => {
  const machine = createMachine();
  const room = await machine.boot({ bridge: 'none' });
  assert.throws(
    () => room.resolve('bridge'),
    (error) => isKind(error, 'not-found'),
  );
  const sandbox = await room.createSandbox(request());
  assert.deepEqual(sandbox.endpoints, []);
  assert.notEqual(sandbox.namespacePath, undefined);
  assert.equal(room.hostGateway, '');
});

test('after a restart what lives is adopted with its address and its ports, what does not is gone', async () => {
  const machine = createMachine();
  const before = await machine.boot();
  const alive = request({ publish: publish(8080) });
  const dead = request({ publish: publish(8081) });
  await before.createSandbox(alive);
  const lost = await before.createSandbox(dead);
  await before[Symbol.asyncDispose]();
  assert.equal(machine.hostPorts.held.size, 0);
  assert.equal(machine.elements().length, 2);

  machine.namespaces.remove(lost.namespacePath ?? '');
  const after = await machine.boot();
  assert.equal(machine.elements().length, 2);
  const adopted = await after.adoptSandbox(alive.container);
  assert.equal(adopted?.endpoints[0]?.ipv4Address, '172.17.0.2');
  assert.equal(await after.adoptSandbox(dead.container), undefined);
  assert.deepEqual(machine.elements(), ['tcp . 8080 : 172.17.0.2 . 80']);
  assert.deepEqual([...machine.hostPorts.held.keys()], ['tcp 0.0.0.0 8080', 'tcp :: 8080']);
  assert.equal((await after.createSandbox(request())).endpoints[0]?.ipv4Address, '172.17.0.3');
});

test('a sweep takes away what belongs to nobody, on record or not', async () => {
  const machine = createMachine();
  const before = await machine.boot();
  const known = request();
  await before.createSandbox(known);
  await before.createSandbox(request({ publish: publish(8080) }));
  machine.namespaces.create(`${FOLDER}/0123456789ab`, () => undefined);

  const after = await machine.boot();
  await after.adoptSandbox(known.container);
  assert.equal(await after.sweep((container) => container === known.container), 2);
  assert.equal(machine.veths().length, 1);
  assert.equal(machine.namespaces.list(FOLDER).length, 1);
  assert.deepEqual(machine.elements(), []);
  assert.equal(await after.sweep(() => true), 0);
});

test('an endpoint whose container nobody knows any more goes by the name that it had', async () => {
  const machine = createMachine();
  const asked = request();
  await (await machine.boot()).createSandbox(asked);
  const after = await machine.boot();
  const { id } = after.resolve('bridge');
  assert.equal(after.disconnectStranger(id, 'somebody else'), false);
  assert.equal(after.disconnectStranger(id, asked.containerName), true);
  assert.equal(after.disconnectStranger(id, asked.containerName), false);
  assert.equal(machine.veths().length, 0);
  assert.equal((await after.createSandbox(request())).endpoints[0]?.ipv4Address, '172.17.0.2');
});

test("the daemon's own address for published ports is the default bridge's alone", async () => {
  const room = await createMachine().boot({ defaultHostAddress: '127.0.0.1' });
  const wish = {
    name: 'own',
    driver: '',
    scope: '',
    ipam: { driver: '', pools: [] },
    options: {},
    labels: {},
  };
  const flags = { internal: false, attachable: false, ingress: false, configOnly: false, configFrom: '' };
  await room.create({ ...wish, ...flags });
  const addresses = async (networkMode: string, port: number): Promise<readonly string[]> => {
    const { ports } = await room.createSandbox(request({ networkMode, publish: publish(port) }));
    return ports.flatMap(({ bindings }) => bindings.map(({ address }) => address));
  };
  assert.deepEqual(await addresses('bridge', 8080), ['127.0.0.1']);
  assert.deepEqual(await addresses('own', 8081), ['0.0.0.0', '::']);
});

test('a table that somebody flushed is put back with all that is published', async () => {
  const machine = createMachine();
  const room = await machine.boot();
  await room.createSandbox(request({ publish: publish(8080) }));
  machine.nftables.apply([{ change: 'delete-table', table: 'berth-docker0' }]);
  await room.createSandbox(request({ publish: publish(8081) }));
  assert.equal(machine.elements().length, 2);
});

test('a renamed container shows its new name, after a restart too', async () => {
  const machine = createMachine();
  const room = await machine.boot();
  const one = request();
  await room.createSandbox(one);
  room.renameContainer(one.container, 'other');
  room.renameContainer(randomId(), 'unknown');
  const { id } = room.resolve('bridge');
  assert.deepEqual(
    room.endpoints(id).map(({ containerName }) => containerName),
    ['other'],
  );
  const after = await machine.boot();
  const adopted = await after.adoptSandbox(one.container);
  assert.equal(adopted?.endpoints[0]?.containerName, 'other');
});

test('udp flows that led to a container are forgotten with it', async () => {
  const machine = createMachine();
  const room = await machine.boot();
  const [tcp] = publish(8080);
  const udp: PublishRequest = { port: { number: 53, protocol: 'udp' }, hostAddress: '', hostPorts: [53, 53] };
  await using _other = await room.createSandbox(request());
  await (await room.createSandbox(request({ publish: tcp ? [tcp] : [] })))[Symbol.asyncDispose]();
  assert.deepEqual(machine.netlink.forgotten, []);
  await (await room.createSandbox(request({ publish: [udp] })))[Symbol.asyncDispose]();
  assert.deepEqual(machine.netlink.forgotten, ['172.17.0.3']);
});

test('a second run of the same container takes the place of the first', async () => {
  const machine = createMachine();
  const room = await machine.boot();
  const one = request({ publish: publish(8080) });
  await room.createSandbox(one);
  const second = await room.createSandbox(one);
  assert.equal(second.endpoints[0]?.ipv4Address, '172.17.0.2');
  assert.equal(machine.veths().length, 1);
});

test('a link opens ports between containers that are kept apart, for as long as both run', async () => {
  const machine = createMachine();
  const room = await machine.boot({ icc: false });
  const [child, parent] = [request(), request({ containerName: 'parent' })];
  const target = await room.createSandbox(child);
  await room.createSandbox(parent);
  const linked = (): readonly string[] =>
    machine.nftables.elements('berth-docker0', 'linked').map(({ key, value }) => `${key} : ${value}`);
  const open = (...numbers: readonly number[]): void =>
    room.openPorts({
      from: parent.container,
      to: child.container,
      ports: numbers.map((number) => ({ number, protocol: 'tcp' })),
    });
  open(80, 81);
  open(80, 82);
  assert.deepEqual(linked(), [
    '172.17.0.3 . 172.17.0.2 . tcp . 80 : accept',
    '172.17.0.3 . 172.17.0.2 . tcp . 82 : accept',
  ]);
  await target[Symbol.asyncDispose]();
  assert.deepEqual(linked(), []);
  open(80);
  assert.deepEqual(linked(), []);
});

test('where all containers reach each other a link opens nothing', async () => {
  const machine = createMachine();
  const room = await machine.boot();
  const [child, parent] = [request(), request()];
  await room.createSandbox(child);
  await room.createSandbox(parent);
  room.openPorts({ from: parent.container, to: child.container, ports: [{ number: 80, protocol: 'tcp' }] });
  assert.deepEqual(machine.nftables.elements('berth-docker0', 'linked'), []);
});
