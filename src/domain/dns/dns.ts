// SPDX-License-Identifier: Apache-2.0
import type { DnsListener, DnsSockets } from '../../adapters/dns-sockets/index.ts';
import type { NetworkNamespaces } from '../../adapters/netns/index.ts';
import type { Nftables } from '../../adapters/nftables/index.ts';
import type { SandboxId } from '../../base/ids.ts';
import type { NamedSandbox, NameResolution } from '../networks/index.ts';
import { Directory } from './directory.ts';
import { listenInside } from './listen-inside.ts';
import { Resolver } from './resolver.ts';
import { SilentServers } from './silent-servers.ts';

/** All that the room needs. */
export interface DnsDeps {
  readonly sockets: DnsSockets;
  readonly namespaces: NetworkNamespaces;
  /** A new access to the packet filter of the namespace that the thread is in at its first use. */
  openNftables(): Nftables;
  /** An integer of at least 0 and less than `below`, which nobody can guess. */
  readonly random: (below: number) => number;
}

/** The room as its builder holds it. Disposal closes all sockets; the rules inside the namespaces stay for the next daemon. */
export interface DnsRoom extends NameResolution, Disposable {}

interface Served {
  readonly resolver: Resolver;
  readonly listener: DnsListener;
}

class Room implements DnsRoom {
  readonly #deps: DnsDeps;
  readonly #directory = new Directory();
  readonly #served = new Map<SandboxId, Served>();
  readonly #waiting = { count: 0 };
  readonly #silent = new SilentServers();

  constructor(deps: DnsDeps) {
    this.#deps = deps;
  }

  opened(sandbox: NamedSandbox): void {
    const { id, namespacePath } = sandbox;
    if (this.#served.has(id)) return this.changed(sandbox);
    const resolver = new Resolver(
      { ...this.#deps, names: this.#directory, waiting: this.#waiting, silent: this.#silent },
      sandbox,
    );
    const listener = this.#deps.namespaces.run(namespacePath, () =>
      listenInside(this.#deps, id, resolver.answer),
    );
    this.#served.set(id, { resolver, listener });
    this.#directory.put(sandbox);
  }

  changed(sandbox: NamedSandbox): void {
    const served = this.#served.get(sandbox.id);
    if (!served) return;
    served.resolver.change(sandbox);
    this.#directory.put(sandbox);
  }

  closed(id: SandboxId): void {
    this.#directory.remove(id);
    this.#served.get(id)?.listener[Symbol.dispose]();
    this.#served.delete(id);
  }

  [Symbol.dispose](): void {
    for (const id of this.#served.keys()) this.closed(id);
  }
}

/**
 * Names of containers for each other: a resolver at 127.0.0.11 in every sandbox of a user-defined network, served by
 * this process. Main thread only.
 */
export const createDns = (deps: DnsDeps): DnsRoom => new Room(deps);
