// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { type FakeDnsSockets, createFakeDnsSockets } from '../../src/adapters/dns-sockets/fake.ts';
import type { DnsTransport } from '../../src/adapters/dns-sockets/index.ts';
import { createFakeNetworkNamespaces } from '../../src/adapters/netns/fake.ts';
import { createFakeNftables } from '../../src/adapters/nftables/fake.ts';
import { type ContainerId, type NetworkId, type SandboxId, randomId } from '../../src/base/ids.ts';
import { type DnsRoom, createDns } from '../../src/domain/dns/index.ts';
import type { NamedEndpoint, NamedSandbox } from '../../src/domain/networks/index.ts';
import { decodeMessage } from '../../src/spec/dns/decode.ts';
import { encodeMessage } from '../../src/spec/dns/encode.ts';
import type { DnsMessage, DnsRecord } from '../../src/spec/dns/message.ts';
import { formatIp, parseIp } from '../../src/spec/ip.ts';

/** `text` as an address. */
export const ip = (text: string) => parseIp(text) ?? assert.fail(text);
const NET = 'a'.repeat(64) as NetworkId;
export const OTHER = 'b'.repeat(64) as NetworkId;

/** A place in the network `mynet`. */
export const endpoint = (changes: Partial<NamedEndpoint> = {}): NamedEndpoint => ({
  network: NET,
  networkName: 'mynet',
  ipv4Address: '',
  ipv6Address: '',
  names: [],
  links: [],
  ...changes,
});

/** The room on fakes. */
export interface Stage {
  readonly dns: DnsRoom;
  readonly sockets: FakeDnsSockets;
  /** Opens a sandbox named `name` in one network, at `ipv4`. */
  join(
    name: string,
    ipv4: string,
    changes?: Partial<NamedSandbox>,
    place?: Partial<NamedEndpoint>,
  ): NamedSandbox;
  /** What the resolver of `sandbox` replies. */
  ask(
    sandbox: NamedSandbox,
    query: DnsMessage | Buffer,
    transport?: DnsTransport,
  ): Buffer | undefined | Promise<Buffer | undefined>;
  readonly tables: () => readonly string[];
}

export const dnsStage = (random: (below: number) => number = (below) => below - 1): Stage => {
  const namespaces = createFakeNetworkNamespaces();
  const sockets = createFakeDnsSockets(() => namespaces.current());
  const tables = new Map<string, ReturnType<typeof createFakeNftables>>();
  const dns = createDns({
    sockets,
    namespaces,
    openNftables: () => {
      const nftables = createFakeNftables();
      tables.set(namespaces.current(), nftables);
      return nftables;
    },
    random,
  });
  return {
    dns,
    sockets,
    join: (name, ipv4, changes = {}, place = {}) => {
      const id = randomId<SandboxId>();
      const namespacePath = `/ns/${id}`;
      namespaces.create(namespacePath, () => undefined);
      const sandbox: NamedSandbox = {
        id,
        container: randomId<ContainerId>(),
        containerName: name,
        namespacePath,
        endpoints: [endpoint({ ipv4Address: ipv4, names: [name], ...place })],
        leadsOut: true,
        upstreams: [],
        holdsSingleLabels: false,
        ...changes,
      };
      dns.opened(sandbox);
      return sandbox;
    },
    ask: (sandbox, query, transport = 'udp') => {
      const [, service] =
        [...sockets.listening].find(([key]) => key.startsWith(`${sandbox.namespacePath} `)) ?? [];
      const bytes = Buffer.isBuffer(query) ? query : encodeMessage(query);
      return (service ?? assert.fail('nobody listens'))(bytes, transport) as ReturnType<Stage['ask']>;
    },
    tables: () =>
      [...tables.values()].flatMap((nftables) => nftables.tableOf('berth-dns')?.chains[0]?.rules ?? []),
  };
};

/** A reply, decoded. */
export const read = (bytes: Uint8Array | undefined): DnsMessage =>
  decodeMessage(bytes ?? assert.fail('no reply')) ?? assert.fail('a malformed reply');
/** What an answer says. */
export const textOf = ({ data }: DnsRecord): string => {
  if (data.kind === 'address') return formatIp(data.address);
  return data.kind === 'name' ? data.name : data.kind;
};
