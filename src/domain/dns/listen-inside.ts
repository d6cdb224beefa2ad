// SPDX-License-Identifier: Apache-2.0
import type { DnsListener, DnsService, DnsSockets } from '../../adapters/dns-sockets/index.ts';
import type { Nftables, Table } from '../../adapters/nftables/index.ts';
import { isKind } from '../../base/errors.ts';
import type { SandboxId } from '../../base/ids.ts';

/** Where containers ask, Docker's own. */
export const RESOLVER_ADDRESS = '127.0.0.11';
/** The table inside the container's namespace. */
const TABLE = 'berth-dns';

/** The first of the ports that Linux gives out by itself, and how many there are: programs do not listen there by habit. */
const FIRST_PORT = 32_768;
const PORTS = 28_232;

/**
 * The port that is tried first: the same over every restart of the daemon, so that what the kernel remembers of a
 * program's socket, and the rules that are there, still lead to us.
 */
const preferredPort = (id: SandboxId): number => FIRST_PORT + (Number.parseInt(id.slice(0, 12), 16) % PORTS);

/** The table's one chain: its name tells where its rules lead to. */
const chainFor = ({ udpPort, tcpPort }: DnsListener): string => `to-${udpPort}-${tcpPort}`;

/** Port 53 stays free for the container's own programs: what is sent there arrives at the port that we listen at. */
const tableFor = (listener: DnsListener): Table => ({
  name: TABLE,
  maps: [],
  chains: [
    {
      name: chainFor(listener),
      hook: { type: 'nat', hook: 'output', priority: -100 },
      rules: [['udp', listener.udpPort] as const, ['tcp', listener.tcpPort] as const].map(
        ([protocol, port]) =>
          `ip daddr ${RESOLVER_ADDRESS} ${protocol} dport 53 dnat to ${RESOLVER_ADDRESS}:${port}`,
      ),
    },
  ],
});

export interface ListenDeps {
  readonly sockets: DnsSockets;
  /** The packet filter of the namespace that the thread is in at its first use. */
  openNftables(): Nftables;
}

const listen = ({ sockets }: ListenDeps, id: SandboxId, service: DnsService): DnsListener => {
  const address = RESOLVER_ADDRESS;
  try {
    return sockets.listen({ address, port: preferredPort(id) }, service);
  } catch (error) {
    if (!isKind(error, 'conflict')) throw error;
    return sockets.listen({ address, port: 0 }, service);
  }
};

/**
 * A new namespace has no such table; that of an adopted one mostly leads to the same port, and else is replaced. Looking
 * costs 0.2 ms; to try to create what is there, and fail, costs 15.
 */
const redirect = (nftables: Nftables, listener: DnsListener): void => {
  const table = tableFor(listener);
  const known = nftables.contents(TABLE);
  if (known?.chains.get(chainFor(listener)) === table.chains[0]?.rules.length) return;
  nftables.apply([{ change: known ? 'replace-table' : 'create-table', table }]);
};

/** Serves 127.0.0.11:53 in the namespace that the thread is in. Nothing is left open when it fails. */
export const listenInside = (deps: ListenDeps, id: SandboxId, service: DnsService): DnsListener => {
  const listener = listen(deps, id, service);
  try {
    using nftables = deps.openNftables();
    redirect(nftables, listener);
    return listener;
  } catch (error) {
    listener[Symbol.dispose]();
    throw error;
  }
};
