// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { createNetlink } from '../../../src/adapters/netlink/index.ts';
import { createNetworkNamespaces } from '../../../src/adapters/netns/index.ts';
import { type ContainerId, randomId } from '../../../src/base/ids.ts';
import type { NetworksRoom, Sandbox } from '../../../src/domain/networks/index.ts';
import { parseIp, parseIpPrefix } from '../../../src/spec/ip.ts';
import { type Agent, startAgent } from './agent.ts';

/** Addresses of the private host and of the machine outside, beside those of IPv4. */
export const HOST_ADDRESS6 = '2001:db8::1';
export const OUTSIDE_ADDRESS6 = '2001:db8::2';

const prefix = (text: string) => parseIpPrefix(text) ?? assert.fail(text);
const ip = (text: string) => parseIp(text) ?? assert.fail(text);

/** Gives host and outside IPv6, and tells the outside that the host is the way to everywhere. */
export const addIpv6 = (outside: string): void => {
  const netlink = createNetlink();
  const namespaces = createNetworkNamespaces();
  using host = netlink.connect();
  host.addAddress(host.link('uplink')?.index ?? 0, prefix(`${HOST_ADDRESS6}/64`));
  using there = namespaces.run(outside, () => netlink.connect());
  there.addAddress(there.link('eth0')?.index ?? 0, prefix(`${OUTSIDE_ADDRESS6}/64`));
  there.addRoute({ gateway: ip(HOST_ADDRESS6) });
};

/** Gives the host more addresses towards outside. */
export const addHostAddresses = (...addresses: readonly string[]): void => {
  using host = createNetlink().connect();
  for (const text of addresses) host.addAddress(host.link('uplink')?.index ?? 0, prefix(text));
};

/** Options of a bridge network, by the last part of their names. */
export interface NetworkShape {
  readonly options?: Readonly<Record<string, string>>;
  readonly internal?: boolean;
  /** The third number of its subnet, 10.9.N.0/24 and fd00:9:N::/64. */
  readonly number: number;
  readonly ipv6?: boolean;
}

const BRIDGE = 'com.docker.network.bridge.';

/** Makes a bridge network `name`. */
export const addNetwork = async (room: NetworksRoom, name: string, shape: NetworkShape): Promise<void> => {
  const { number, internal = false, ipv6 = false } = shape;
  await room.create({
    name,
    driver: 'bridge',
    scope: '',
    internal,
    attachable: false,
    ingress: false,
    configOnly: false,
    configFrom: '',
    ipv6,
    ipam: {
      driver: '',
      pools: [{ subnet: `10.9.${number}.0/24` }, ...(ipv6 ? [{ subnet: `fd00:9:${number}::/64` }] : [])],
    },
    options: Object.fromEntries(
      Object.entries(shape.options ?? {}).map(([key, value]) => [
        key.startsWith('com.') ? key : `${BRIDGE}${key}`,
        value,
      ]),
    ),
    labels: {},
  });
};

/** A container of a network, with an agent in it. */
export interface Peer extends AsyncDisposable {
  readonly sandbox: Sandbox;
  readonly container: ContainerId;
  readonly agent: Agent;
  readonly ipv4: string;
  readonly ipv6: string;
}

/** Starts one that publishes its tcp port 80 and its udp port 53 at `port` of the host; 0 for none. */
export const addPeer = async (room: NetworksRoom, network: string, port = 0): Promise<Peer> => {
  const container = randomId<ContainerId>();
  const publish = (number: number, protocol: 'tcp' | 'udp') => ({
    port: { number, protocol },
    hostAddress: '',
    hostPorts: [port, port] as const,
  });
  const sandbox = await room.createSandbox({
    container,
    containerName: `of-${network}`,
    hostname: '',
    domainname: '',
    networkMode: network,
    endpoints: {},
    publish: port === 0 ? [] : [publish(80, 'tcp'), publish(53, 'udp')],
  });
  const agent = await startAgent(sandbox.namespacePath ?? assert.fail('no namespace'));
  const [endpoint] = sandbox.endpoints;
  return {
    sandbox,
    container,
    agent,
    ipv4: endpoint?.ipv4Address ?? '',
    ipv6: endpoint?.ipv6Address ?? '',
    [Symbol.asyncDispose]: async () => {
      await agent[Symbol.asyncDispose]();
      await sandbox[Symbol.asyncDispose]();
    },
  };
};

/** Runs checks beside each other: those that wait for silence take time. */
export const all = async (...checks: readonly Promise<unknown>[]): Promise<void> => {
  const outcomes = await Promise.allSettled(checks);
  const failed = outcomes.flatMap((outcome) =>
    outcome.status === 'rejected' ? [outcome.reason as Error] : [],
  );
  assert.equal(failed.map(({ message, stack }) => `${message}\n${stack}`).join('\n'), '');
};
