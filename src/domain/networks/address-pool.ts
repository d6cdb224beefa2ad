// SPDX-License-Identifier: Apache-2.0
import { type Ip, type IpPrefix, containsIp, lastOf, networkOf } from '../../spec/ip.ts';

export interface AddressPoolOptions {
  readonly subnet: IpPrefix;
  /** Addresses are given out of this part alone; absent: of the whole subnet. */
  readonly range?: IpPrefix;
  /** Never given out: the gateway and whatever else has a place already. */
  readonly reserved: readonly Ip[];
}

/**
 * Addresses of no host: the network's own, which in IPv6 is that of any router (RFC 4291), and IPv4's for all hosts.
 * Two IPv4 addresses, or one, are for hosts alone (RFC 3021).
 */
const unusable = (subnet: IpPrefix): readonly bigint[] => {
  const [first, last] = [networkOf(subnet).value, lastOf(subnet).value];
  if (subnet.family === 6) return [first];
  return last - first > 1n ? [first, last] : [];
};

/** The addresses of a subnet: who has one is not recorded here, only that it is taken. */
export class AddressPool {
  readonly #subnet: IpPrefix;
  readonly #first: bigint;
  readonly #last: bigint;
  readonly #taken: Set<bigint>;
  /** Every address below is taken: the search for the lowest free one starts here. */
  #lowest: bigint;

  constructor({ subnet, range, reserved }: AddressPoolOptions) {
    const within = range ?? subnet;
    this.#subnet = subnet;
    this.#first = networkOf(within).value;
    this.#last = lastOf(within).value;
    this.#lowest = this.#first;
    this.#taken = new Set([...unusable(subnet), ...reserved.map(({ value }) => value)]);
  }

  /** The lowest free address, taken from now on; `undefined` when there is none. */
  take(): Ip | undefined {
    let value = this.#lowest;
    while (this.#taken.has(value)) value += 1n;
    if (value > this.#last) return undefined;
    this.#taken.add(value);
    this.#lowest = value + 1n;
    return { family: this.#subnet.family, value };
  }

  /** Takes this very address; false when somebody has it or it is not in the subnet. */
  claim(address: Ip): boolean {
    if (!containsIp(this.#subnet, address) || this.#taken.has(address.value)) return false;
    this.#taken.add(address.value);
    return true;
  }

  /** Takes an address that somebody had before, as `take` would have given it; false when it is not to be had. */
  takeAgain(address: Ip): boolean {
    return address.value >= this.#first && address.value <= this.#last && this.claim(address);
  }

  /** The address is free at once. */
  release(address: Ip): void {
    this.#taken.delete(address.value);
    if (address.value >= this.#first && address.value < this.#lowest) this.#lowest = address.value;
  }
}
