// SPDX-License-Identifier: Apache-2.0

type Body = Readonly<Record<string, unknown>>;

interface Pool {
  readonly id: string;
  /** `10.213.1.0/24`: the last of four numbers is the host's. */
  readonly subnet: string;
  readonly taken: Set<string>;
}

const text = (body: Body, key: string): string => {
  const value = body[key];
  return typeof value === 'string' ? value : '';
};

/** The addresses of an IPAM plugin: pools of 254 of them, the lowest free one first. */
export class AddressBook {
  readonly pools = new Map<string, Pool>();
  capabilities: Body = {};
  #made = 0;

  /** Addresses that somebody has, as `pool address`. */
  get leases(): readonly string[] {
    return [...this.pools.values()].flatMap(({ id, taken }) => [...taken].map((each) => `${id} ${each}`));
  }

  /** What `IpamDriver.<verb>` is answered with. */
  answer(verb: string, body: Body): Body {
    const [id, address] = [text(body, 'PoolID'), text(body, 'Address')];
    if (verb === 'GetCapabilities') return this.capabilities;
    if (verb === 'GetDefaultAddressSpaces')
      return { LocalDefaultAddressSpace: 'here', GlobalDefaultAddressSpace: 'everywhere' };
    if (verb === 'RequestPool') return this.#requestPool(text(body, 'Pool'));
    if (verb === 'ReleasePool') return this.pools.delete(id) ? {} : { Error: `no pool ${id} here` };
    const pool = this.pools.get(id);
    if (!pool) return { Error: `no pool ${id} here` };
    if (verb === 'RequestAddress') return this.#requestAddress(pool, address);
    return pool.taken.delete(address) ? {} : { Error: `nobody has ${address}` };
  }

  #requestPool(asked: string): Body {
    this.#made += 1;
    const subnet = asked === '' ? `10.213.${this.#made}.0/24` : asked;
    const id = `pool-${subnet}`;
    if (!this.pools.has(id)) this.pools.set(id, { id, subnet, taken: new Set() });
    return { PoolID: id, Pool: subnet, Data: {} };
  }

  #requestAddress({ subnet, taken }: Pool, asked: string): Body {
    const [network = '', length = ''] = subnet.split('/');
    const prefix = network.replace(/\d+$/, '');
    const free = Array.from({ length: 254 }, (_, index) => `${prefix}${index + 1}`);
    const address = asked === '' ? free.find((each) => !taken.has(each)) : asked;
    if (address === undefined) return { Error: 'no available addresses' };
    if (taken.has(address)) return { Error: `${address} is taken` };
    taken.add(address);
    return { Address: `${address}/${length}`, Data: {} };
  }
}
