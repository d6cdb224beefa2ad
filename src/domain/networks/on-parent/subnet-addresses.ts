// SPDX-License-Identifier: Apache-2.0
import { EngineError } from '../../../base/errors.ts';
import {
  type Ip,
  type IpPrefix,
  containsIp,
  formatIp,
  networkOf,
  parseIp,
  parseIpPrefix,
} from '../../../spec/ip.ts';
import type { EndpointRequest } from '../../../spec/endpoint-settings.ts';
import { AddressPool } from '../address-pool.ts';
import type { EndpointPlace } from '../driver.ts';
import type { FormerAddresses } from '../networks.ts';
import type { StoredSubnet } from './stored-on-parent.ts';

/** An address of one of the subnets, with that subnet's router if it has one. */
export interface TakenAddress {
  readonly address: Ip;
  /** Leading bits that name the subnet. */
  readonly length: number;
  readonly gateway?: Ip;
}

interface Subnet {
  readonly network: IpPrefix;
  readonly gateway?: Ip;
  readonly pool: AddressPool;
}

const readSubnet = ({ subnet, range, gateway, reserved }: StoredSubnet): readonly Subnet[] => {
  const network = parseIpPrefix(subnet);
  if (!network) return [];
  const within = parseIpPrefix(range ?? '');
  const router = parseIp(gateway ?? '');
  const kept = [gateway ?? '', ...reserved].flatMap((text) => parseIp(text) ?? []);
  const pool = new AddressPool({ subnet: network, reserved: kept, ...(within ? { range: within } : {}) });
  return [{ network: networkOf(network), pool, ...(router ? { gateway: router } : {}) }];
};

/** What the first of `subnets` gives that gives anything. */
const firstOf = (
  subnets: readonly Subnet[],
  give: (subnet: Subnet) => Ip | undefined,
): TakenAddress | undefined => {
  for (const subnet of subnets) {
    const address = give(subnet);
    const { network, gateway } = subnet;
    if (address) return { address, length: network.length, ...(gateway ? { gateway } : {}) };
  }
  return undefined;
};

/** The addresses of a network that may have several subnets of each family. */
export class SubnetAddresses {
  readonly #subnets: readonly Subnet[];
  /** `name (id)` of the network. */
  readonly #owner: string;

  constructor(subnets: readonly StoredSubnet[], owner: string) {
    this.#subnets = subnets.flatMap(readSubnet);
    this.#owner = owner;
  }

  get subnets(): readonly IpPrefix[] {
    return this.#subnets.map(({ network }) => network);
  }

  /**
   * An address of each family that the network has. Without `hasWayOut` the place names no router.
   * @throws as `take`; nothing is taken then
   */
  takePlace(request: EndpointRequest | undefined, former: FormerAddresses | undefined, hasWayOut: boolean) {
    const { ipv4Address = '', ipv6Address = '' } = request?.ipamConfig ?? {};
    const four = this.take(4, ipv4Address, former?.ipv4Address);
    try {
      return placeOf(four, this.take(6, ipv6Address, former?.ipv6Address), hasWayOut);
    } catch (error) {
      if (four) this.release(formatIp(four.address));
      throw error;
    }
  }

  /** Takes again what `takePlace` gave in an earlier life of the daemon. */
  claimPlace(place: EndpointPlace): void {
    for (const text of [place.ipv4Address, place.ipv6Address]) this.claim(text);
  }

  releasePlace(place: EndpointPlace): void {
    for (const text of [place.ipv4Address, place.ipv6Address]) this.release(text);
  }

  /**
   * The one that is asked for; else the one that the container had before, or the lowest free one of the first subnet that
   * has one. Nothing where the network has not the family. Texts are empty where nothing is asked for, or nothing was had.
   * @throws forbidden for one that is taken; internal when there is none left
   */
  take(family: 4 | 6, asked: string, former = ''): TakenAddress | undefined {
    const subnets = this.#subnets.filter(({ network }) => network.family === family);
    if (subnets.length === 0) return undefined;
    const wanted = parseIp(asked);
    const before = parseIp(former);
    const taken = wanted
      ? firstOf(subnets, ({ pool }) => (pool.claim(wanted) ? wanted : undefined))
      : (firstOf(subnets, ({ pool }) => (before && pool.takeAgain(before) ? before : undefined)) ??
        firstOf(subnets, ({ pool }) => pool.take()));
    if (taken) return taken;
    if (wanted) throw new EngineError('forbidden', 'Address already in use');
    const text = `no available IPv${family} addresses on this network's address pools: ${this.#owner}`;
    throw new EngineError('internal', text);
  }

  /** Takes again what was taken in an earlier life of the daemon; what is no address is no error. */
  claim(text: string): void {
    const address = parseIp(text);
    if (address) this.#poolOf(address)?.claim(address);
  }

  /** What is no address is no error. */
  release(text: string): void {
    const address = parseIp(text);
    if (address) this.#poolOf(address)?.release(address);
  }

  #poolOf(address: Ip): AddressPool | undefined {
    return this.#subnets.find(({ network }) => containsIp(network, address))?.pool;
  }
}

/** As a place has them: empty where there is no address. */
export const placeOf = (
  four: TakenAddress | undefined,
  six: TakenAddress | undefined,
  hasWayOut: boolean,
) => ({
  ipv4Address: four ? formatIp(four.address) : '',
  ipv4PrefixLength: four?.length ?? 0,
  gateway: four?.gateway && hasWayOut ? formatIp(four.gateway) : '',
  ipv6Address: six ? formatIp(six.address) : '',
  ipv6PrefixLength: six?.length ?? 0,
  ipv6Gateway: six?.gateway && hasWayOut ? formatIp(six.gateway) : '',
});

/** Subnets of which containers may ask for addresses. */
export const givenSubnets = (
  subnets: readonly StoredSubnet[],
): { readonly ipv4: readonly IpPrefix[]; readonly ipv6: readonly IpPrefix[] } => {
  const given = subnets.flatMap(({ subnet, given: isGiven }) =>
    isGiven ? (parseIpPrefix(subnet) ?? []) : [],
  );
  return {
    ipv4: given.filter(({ family }) => family === 4),
    ipv6: given.filter(({ family }) => family === 6),
  };
};
