// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createNetworksDeps } from '../../../test/support/networks-deps.ts';
import { isKind } from '../../base/errors.ts';
import { type ContainerId, type NetworkId, randomId } from '../../base/ids.ts';
import { endpointRequest } from '../../spec/endpoint-settings.ts';
import { createNetworks } from './create-networks.ts';
import type { NamedSandbox, NetworksRoom } from './networks.ts';

const container = randomId<ContainerId>();

/** A room on a machine in memory, and what name resolution was told. */
const createRoom = async () => {
  const deps = createNetworksDeps();
  const { nftables } = deps;
  const told: string[] = [];
  const note = (verb: string) => (sandbox: NamedSandbox) =>
    void told.push(`${verb} ${sandbox.endpoints.map(({ names }) => names.join(' ')).join(', ')}`);
  const room = createNetworks({
    ...deps,
    resolution: { opened: note('opened'), changed: note('changed'), closed: () => void told.push('closed') },
  });
  await room.start();
  const published = (): readonly string[] =>
    nftables.elements('berth-docker0', 'published').map(({ value }) => value);
  return { room, told, published };
};

const createNetwork = async (
  room: NetworksRoom,
  name: string,
  subnet: string,
  internal = false,
): Promise<NetworkId> => {
  const { id } = await room.create({
    name,
    driver: '',
    scope: '',
    internal,
    attachable: false,
    ingress: false,
    configOnly: false,
    configFrom: '',
    ipam: { driver: '', pools: [{ subnet }] },
    options: {},
    labels: {},
  });
  return id;
};

const start = (room: NetworksRoom, network: string) =>
  room.createSandbox({
    container,
    containerName: 'web',
    hostname: 'host',
    domainname: '',
    networkMode: network,
    endpoints: {},
    publish: [{ port: { number: 80, protocol: 'tcp' }, hostAddress: '', hostPorts: [8080, 8080] }],
  });

const asking = (address: string) => ({
  ...endpointRequest.zero,
  ipamConfig: { ipv4Address: address, ipv6Address: '', linkLocalIPs: undefined },
});

test('ports follow the way out, and names are told of', async () => {
  const { room, told, published } = await createRoom();
  const back = await createNetwork(room, 'back', '10.1.0.0/24', true);
  const front = await createNetwork(room, 'front', '10.2.0.0/24');
  const sandbox = await start(room, 'back');
  const short = container.slice(0, 12);
  assert.deepEqual(published(), []);
  assert.equal(sandbox.hidesPorts, true);
  const request = { ...endpointRequest.zero, aliases: ['shop'] };
  await room.connect(container, { network: front, containerName: 'web', request });
  assert.deepEqual(published(), ['10.2.0.2 . 80']);
  assert.deepEqual(sandbox.hostsLines, ['10.1.0.2\thost', '10.2.0.2\thost']);
  room.renameContainer(container, 'new');
  await room.disconnect(container, front);
  assert.deepEqual(published(), []);
  assert.deepEqual(
    sandbox.endpoints.map(({ network }) => network),
    [back],
  );
  await sandbox[Symbol.asyncDispose]();
  assert.equal(told[0], `opened web ${short} host`);
  assert.ok(told.includes(`changed web shop ${short} host, web ${short} host`));
  assert.ok(told.includes(`changed new shop ${short} host, new ${short} host`));
  assert.equal(told.at(-1), 'closed');
});

test('a network that cannot be joined leaves the sandbox as it was', async () => {
  const { room } = await createRoom();
  const front = await createNetwork(room, 'front', '10.2.0.0/24');
  const sandbox = await start(room, 'bridge');
  const refused = async (request: ReturnType<typeof asking>, text: RegExp): Promise<void> =>
    assert.rejects(
      async () => room.connect(container, { network: front, containerName: 'web', request }),
      (error) => isKind(error, 'forbidden') && text.test(error.message),
    );
  await refused(asking('10.2.0.1'), /^Address already in use$/);
  assert.equal(sandbox.endpoints.length, 1);
  assert.deepEqual(room.checkEndpoint('front', asking('10.9.0.1')), [
    'no configured subnet or ip-range contain the IP address 10.9.0.1',
  ]);
  await room.connect(container, { network: front, containerName: 'web', request: asking('10.2.0.7') });
  await refused(asking(''), /^endpoint with name web already exists in network front$/);
  await assert.rejects(
    async () => room.delete('front'),
    /network front has active endpoints \(name:"web" id:"[0-9a-f]{12}"\)$/,
  );
  await sandbox[Symbol.asyncDispose]();
  await room.delete('front');
  assert.throws(() => room.resolve('front'), /network front not found/);
});
