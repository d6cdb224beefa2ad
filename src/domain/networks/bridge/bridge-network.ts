// SPDX-License-Identifier: Apache-2.0
import type { HostNetwork } from '../../../adapters/host-network/index.ts';
import type { LinkRemover, NetlinkConnection } from '../../../adapters/netlink/index.ts';
import { EngineError } from '../../../base/errors.ts';
import { type Ip, type IpPrefix, formatIp, parseIp } from '../../../spec/ip.ts';
import type { EndpointRequest } from '../../../spec/endpoint-settings.ts';
import { AddressPool } from '../address-pool.ts';
import { withBirthSettings } from '../birth-settings.ts';
import { hostLinkName, muteCable, prefixesOf, strayCables } from '../cable.ts';
import {
  type ActiveNetwork,
  type EndpointPlace,
  NO_PLACE,
  type NamespaceSite,
  type PlacedEndpoint,
} from '../driver.ts';
import { parseMacAddress, randomMacAddress } from '../mac-address.ts';
import type { Network } from '../networks.ts';
import { type AddressChoice, endpointErrors } from '../endpoint-errors.ts';
import { sysctlErrors } from '../endpoint-sysctls.ts';
import { type BridgeSettings, subnetsOf } from './bridge-settings.ts';

export interface BridgeDeps {
  /** The host's own namespace. */
  readonly host: NetlinkConnection;
  readonly remover: LinkRemover;
  readonly hostNetwork: HostNetwork;
}

type Subnet = Pick<BridgeSettings, 'address' | 'range' | 'gateway' | 'reserved'>;

/** The pool of one of its subnets. */
const poolOf = ({ address, range, gateway, reserved = [] }: Subnet): AddressPool =>
  new AddressPool({
    subnet: address,
    reserved: [address, ...(gateway ? [gateway] : []), ...reserved],
    ...(range ? { range } : {}),
  });

const waysOut = (endpoint: EndpointPlace, isWayOut: NamespaceSite['isWayOut']): readonly Ip[] =>
  [isWayOut.ipv4 ? endpoint.gateway : '', isWayOut.ipv6 ? endpoint.ipv6Gateway : ''].flatMap(
    (text) => parseIp(text) ?? [],
  );

/** A network on a Linux bridge: its addresses, and the cables to its containers. */
export class BridgeNetwork implements ActiveNetwork {
  readonly network: Network;
  readonly usesHost = false;
  readonly settings: BridgeSettings;
  readonly #deps: BridgeDeps;
  readonly #bridge: number;
  readonly #pool: AddressPool;
  readonly #pool6: AddressPool | undefined;
  readonly #choice: AddressChoice;

  /** `bridge` is the index of the device, which is up and has its address; `given` tells whose subnets the client chose. */
  constructor(
    deps: BridgeDeps,
    network: Network,
    settings: BridgeSettings,
    bridge: number,
    given: { readonly ipv4: boolean; readonly ipv6: boolean } = { ipv4: false, ipv6: false },
  ) {
    const { address, ipv6 } = settings;
    this.#deps = deps;
    this.network = network;
    this.settings = settings;
    this.#bridge = bridge;
    this.#pool = poolOf(settings);
    this.#pool6 = ipv6 && poolOf(ipv6);
    this.#choice = {
      predefined: network.predefined,
      ...(given.ipv4 ? { ipv4: address } : {}),
      ...(given.ipv6 && ipv6 ? { ipv6: ipv6.address } : {}),
    };
  }

  get subnets(): readonly IpPrefix[] {
    return subnetsOf(this.settings);
  }

  get publishes(): boolean {
    return this.settings.internal !== true;
  }

  get hostAddress(): string {
    return this.settings.hostAddress ?? '';
  }

  get interfacePrefix(): string {
    return this.settings.interfacePrefix ?? 'eth';
  }

  check(request: EndpointRequest): readonly string[] {
    return [...endpointErrors(request, this.#choice), ...sysctlErrors(request)];
  }

  reserve(request: EndpointRequest | undefined): EndpointPlace {
    const wanted = request?.macAddress ?? '';
    const macAddress = wanted === '' ? randomMacAddress() : parseMacAddress(wanted);
    const { ipv4Address = '', ipv6Address = '' } = request?.ipamConfig ?? {};
    const { address, ipv6, isolated } = this.settings;
    using taken = new DisposableStack();
    const four = this.#take(this.#pool, 4, ipv4Address);
    taken.defer(() => this.#pool.release(four));
    const six = this.#pool6 && this.#take(this.#pool6, 6, ipv6Address);
    taken.move();
    const hasGateway = isolated !== true;
    return {
      ...NO_PLACE,
      macAddress,
      ipv4Address: formatIp(four),
      ipv4PrefixLength: address.length,
      gateway: hasGateway ? formatIp(this.#gateway) : '',
      ...(six && ipv6
        ? {
            ipv6Address: formatIp(six),
            ipv6PrefixLength: ipv6.address.length,
            ipv6Gateway: hasGateway ? formatIp(ipv6.gateway ?? ipv6.address) : '',
          }
        : {}),
      hostLink: hostLinkName(),
    };
  }

  claim(place: EndpointPlace): void {
    const address = parseIp(place.ipv4Address);
    if (address) this.#pool.claim(address);
    const six = parseIp(place.ipv6Address);
    if (six) this.#pool6?.claim(six);
  }

  attach(endpoint: PlacedEndpoint, { file, inside, isWayOut }: NamespaceSite): void {
    const { host } = this.#deps;
    const addresses = prefixesOf(endpoint);
    const { interfaceName: name, macAddress, hostLink } = endpoint;
    const peer = { name, macAddress, namespace: file };
    withBirthSettings(this.#deps.hostNetwork, this.#pool6 !== undefined, () => {
      host.createVeth({ name: hostLink, mtu: this.settings.mtu, master: this.#bridge, peer });
    });
    host.changePort(hostLink, { hairpin: true, isolated: !this.settings.icc });
    const index = inside.link(name)?.index;
    if (index === undefined) throw new EngineError('internal', `${name} was not made`);
    for (const address of addresses) inside.addAddress(index, address);
    inside.changeLink(index, { up: true });
    for (const gateway of waysOut(endpoint, isWayOut)) inside.addRoute({ gateway, index });
    // The host may still remember who had this address before.
    for (const address of addresses)
      host.setNeighbour({ index: this.#bridge, address, macAddress: endpoint.macAddress });
  }

  detach(place: EndpointPlace): void {
    const { host } = this.#deps;
    const addresses = prefixesOf(place);
    if (addresses.length === 0) return;
    for (const address of addresses) {
      (address.family === 4 ? this.#pool : this.#pool6)?.release(address);
      host.deleteNeighbour(this.#bridge, address);
    }
    muteCable(host, place.hostLink);
  }

  async unplug(place: EndpointPlace): Promise<void> {
    if (place.hostLink !== '') await this.#deps.remover.takeOff(place.hostLink);
  }

  isAttached(place: EndpointPlace): boolean {
    return this.#deps.host.link(place.hostLink)?.master === this.#bridge;
  }

  strays(known: ReadonlySet<string>): readonly string[] {
    return strayCables(this.#deps.host, this.#bridge, known);
  }

  async removeStray(name: string): Promise<void> {
    await this.#deps.remover.remove(name);
  }

  /** An address of `pool`: the one that is asked for, or the lowest free one. */
  #take(pool: AddressPool, family: 4 | 6, asked: string): Ip {
    const wanted = asked === '' ? undefined : parseIp(asked);
    if (wanted) {
      if (pool.claim(wanted)) return wanted;
      throw new EngineError('forbidden', 'Address already in use');
    }
    const address = pool.take();
    if (address) return address;
    const { name, id } = this.network;
    const text = `no available IPv${family} addresses on this network's address pools: ${name} (${id})`;
    throw new EngineError('internal', text);
  }

  get #gateway(): Ip {
    return this.settings.gateway ?? this.settings.address;
  }
}
