// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from 'node:crypto';
import type { HostNetwork } from '../../../adapters/host-network/index.ts';
import type { NetlinkConnection } from '../../../adapters/netlink/index.ts';
import { EngineError, isKind } from '../../../base/errors.ts';
import { type Ip, type IpPrefix, formatIp, parseIp } from '../../../spec/ip.ts';
import type { EndpointRequest } from '../../../spec/endpoint-settings.ts';
import { errnoOf } from '../../../sys/errno.ts';
import { AddressPool } from '../address-pool.ts';
import {
  type ActiveNetwork,
  type EndpointPlace,
  NO_PLACE,
  type NamespaceSite,
  type PlacedEndpoint,
} from '../driver.ts';
import { parseMacAddress, randomMacAddress } from '../mac-address.ts';
import type { Network } from '../networks.ts';
import type { BridgeSettings } from './bridge-settings.ts';

export interface BridgeDeps {
  /** The host's own namespace. */
  readonly host: NetlinkConnection;
  readonly hostNetwork: HostNetwork;
}

/** Docker's name of a host's end: `veth` and seven hex digits. */
const HOST_LINK = /^veth[0-9a-f]{7}$/;
const hostLinkName = (): string => `veth${randomBytes(4).toString('hex').slice(0, 7)}`;

/**
 * Settings that an interface takes over when it is made: no IPv6 without an address of the network's, and neighbours
 * are told of the interface as it comes up, since its address may have been another container's a moment ago.
 */
const BIRTH_SETTINGS: readonly (readonly [name: string, value: string])[] = [
  ['ipv6/conf/default/disable_ipv6', '1'],
  ['ipv4/conf/default/arp_notify', '1'],
];

/** A network on a Linux bridge: its addresses, and the cables to its containers. */
export class BridgeNetwork implements ActiveNetwork {
  readonly network: Network;
  readonly usesHost = false;
  readonly publishes = true;
  readonly settings: BridgeSettings;
  readonly #deps: BridgeDeps;
  readonly #bridge: number;
  readonly #pool: AddressPool;

  /** `bridge` is the index of the device, which is up and has its address. */
  constructor(deps: BridgeDeps, network: Network, settings: BridgeSettings, bridge: number) {
    const { address, range, gateway } = settings;
    this.#deps = deps;
    this.network = network;
    this.settings = settings;
    this.#bridge = bridge;
    this.#pool = new AddressPool({
      subnet: address,
      reserved: gateway ? [address, gateway] : [address],
      ...(range ? { range } : {}),
    });
  }

  get #gateway(): Ip {
    return this.settings.gateway ?? this.settings.address;
  }

  reserve(request: EndpointRequest | undefined): EndpointPlace {
    const wanted = request?.macAddress ?? '';
    const macAddress = wanted === '' ? randomMacAddress() : parseMacAddress(wanted);
    const address = this.#pool.take();
    if (!address) {
      const { name, id } = this.network;
      const text = `no available IPv4 addresses on this network's address pools: ${name} (${id})`;
      throw new EngineError('internal', text);
    }
    return {
      ...NO_PLACE,
      macAddress,
      ipv4Address: formatIp(address),
      ipv4PrefixLength: this.settings.address.length,
      gateway: formatIp(this.#gateway),
      hostLink: hostLinkName(),
    };
  }

  claim(place: EndpointPlace): void {
    const address = parseIp(place.ipv4Address);
    if (address) this.#pool.claim(address);
  }

  attach(endpoint: PlacedEndpoint, { file, inside }: NamespaceSite): void {
    const { host } = this.#deps;
    const address = this.#addressOf(endpoint);
    if (!address) throw new EngineError('internal', `endpoint ${endpoint.id} has no address`);
    const { interfaceName: name, macAddress, hostLink } = endpoint;
    const peer = { name, macAddress, namespace: file };
    this.#withBirthSettings(() => {
      host.createVeth({ name: hostLink, mtu: this.settings.mtu, master: this.#bridge, peer });
    });
    host.changePort(hostLink, { hairpin: true, isolated: !this.settings.icc });
    const index = inside.link(name)?.index;
    if (index === undefined) throw new EngineError('internal', `${name} was not made`);
    inside.addAddress(index, address);
    inside.changeLink(index, { up: true });
    inside.addRoute({ gateway: this.#gateway, index });
    // The host may still remember who had this address before.
    host.setNeighbour({ index: this.#bridge, address, macAddress: endpoint.macAddress });
  }

  detach(place: EndpointPlace): void {
    const { host } = this.#deps;
    const address = this.#addressOf(place);
    if (!address) return;
    this.#pool.release(address);
    host.deleteNeighbour(this.#bridge, address);
    // Removing the pair would wait for other processors; it goes with its namespace, and until then nothing passes it.
    try {
      host.changePort(place.hostLink, { forwarding: false });
    } catch (error) {
      // It was never made, or somebody took it down or out of the bridge: nothing passes it either.
      if (!isKind(error, 'not-found') && errnoOf(error) !== 'ENETDOWN' && errnoOf(error) !== 'EOPNOTSUPP')
        throw error;
    }
  }

  isAttached(place: EndpointPlace): boolean {
    return this.#deps.host.link(place.hostLink)?.master === this.#bridge;
  }

  sweep(known: ReadonlySet<string>): number {
    const strays = this.#deps.host
      .links()
      .filter(({ name, kind, master }) => kind === 'veth' && master === this.#bridge && HOST_LINK.test(name))
      .filter(({ name }) => !known.has(name));
    for (const { name } of strays) this.#deps.host.deleteLink(name);
    return strays.length;
  }

  #addressOf(place: EndpointPlace): IpPrefix | undefined {
    const address = parseIp(place.ipv4Address);
    return address && { ...address, length: place.ipv4PrefixLength };
  }

  #withBirthSettings(make: () => void): void {
    const { hostNetwork } = this.#deps;
    const changed = BIRTH_SETTINGS.flatMap(([name, value]) => {
      const before = hostNetwork.setting(name);
      if (before === undefined || before === value) return [];
      hostNetwork.changeSetting(name, value);
      return [[name, before] as const];
    });
    make();
    for (const [name, before] of changed) hostNetwork.changeSetting(name, before);
  }
}
