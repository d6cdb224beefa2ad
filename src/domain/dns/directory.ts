// SPDX-License-Identifier: Apache-2.0
import type { NetworkId, SandboxId } from '../../base/ids.ts';
import { type Ip, parseIp } from '../../spec/ip.ts';
import type { NamedEndpoint, NamedSandbox } from '../networks/index.ts';

/** One container in one network. */
export interface Member {
  readonly containerName: string;
  readonly ipv4: Ip | undefined;
  readonly ipv6: Ip | undefined;
}

/** Who is in one network. */
class NetworkNames {
  /** In the order in which they came. */
  readonly #byName = new Map<string, Set<Member>>();
  readonly #byAddress = new Map<string, Member>();

  get isEmpty(): boolean {
    return this.#byName.size === 0 && this.#byAddress.size === 0;
  }

  add(member: Member, names: Iterable<string>): void {
    for (const name of names) {
      const members = this.#byName.get(name);
      if (members) members.add(member);
      else this.#byName.set(name, new Set([member]));
    }
    for (const ip of [member.ipv4, member.ipv6]) if (ip) this.#byAddress.set(keyOf(ip), member);
  }

  remove(member: Member, names: Iterable<string>): void {
    for (const name of names) {
      const members = this.#byName.get(name);
      if (members?.delete(member) && members.size === 0) this.#byName.delete(name);
    }
    for (const ip of [member.ipv4, member.ipv6])
      if (ip && this.#byAddress.get(keyOf(ip)) === member) this.#byAddress.delete(keyOf(ip));
  }

  named(name: string): ReadonlySet<Member> | undefined {
    return this.#byName.get(name);
  }

  at(ip: Ip): Member | undefined {
    return this.#byAddress.get(keyOf(ip));
  }
}

const keyOf = ({ family, value }: Ip): string => `${family} ${value}`;

interface Entry {
  readonly network: NetworkId;
  readonly member: Member;
  readonly names: ReadonlySet<string>;
}

const entryOf = ({ containerName }: NamedSandbox, endpoint: NamedEndpoint): Entry => ({
  network: endpoint.network,
  member: { containerName, ipv4: parseIp(endpoint.ipv4Address), ipv6: parseIp(endpoint.ipv6Address) },
  names: new Set(endpoint.names.map((name) => name.toLowerCase())),
});

/** All names in all user-defined networks. Looking one up costs the same however many there are. */
export class Directory {
  readonly #networks = new Map<NetworkId, NetworkNames>();
  readonly #entries = new Map<SandboxId, readonly Entry[]>();
  #version = 0;

  /** Another number whenever anything in it has changed. */
  get version(): number {
    return this.#version;
  }

  /** Replaces what was known of the sandbox. */
  put(sandbox: NamedSandbox): void {
    this.remove(sandbox.id);
    const entries = sandbox.endpoints.map((endpoint) => entryOf(sandbox, endpoint));
    this.#entries.set(sandbox.id, entries);
    for (const { network, member, names } of entries) {
      const known = this.#networks.get(network) ?? new NetworkNames();
      this.#networks.set(network, known);
      known.add(member, names);
    }
  }

  remove(id: SandboxId): void {
    this.#version += 1;
    for (const { network, member, names } of this.#entries.get(id) ?? []) {
      const known = this.#networks.get(network);
      known?.remove(member, names);
      if (known?.isEmpty) this.#networks.delete(network);
    }
    this.#entries.delete(id);
  }

  /** Who has `name`, in lower case, in the network; `undefined` for nobody. */
  named(network: NetworkId, name: string): ReadonlySet<Member> | undefined {
    return this.#networks.get(network)?.named(name);
  }

  at(network: NetworkId, ip: Ip): Member | undefined {
    return this.#networks.get(network)?.at(ip);
  }
}
