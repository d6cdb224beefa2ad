// SPDX-License-Identifier: Apache-2.0
import type { HostNetwork } from '../../../adapters/host-network/index.ts';
import type { LinkRemover, NetlinkConnection } from '../../../adapters/netlink/index.ts';
import { EngineError } from '../../../base/errors.ts';
import type { IpPrefix } from '../../../spec/ip.ts';
import type { EndpointRequest } from '../../../spec/endpoint-settings.ts';
import { withBirthSettings } from '../birth-settings.ts';
import { hostLinkName, muteCable, prefixesOf, strayCables } from '../cable.ts';
import {
  type ActiveNetwork,
  type EndpointPlace,
  type NamespaceSite,
  type PlacedEndpoint,
} from '../driver.ts';
import { parseMacAddress, randomMacAddress } from '../mac-address.ts';
import type { FormerAddresses, Network } from '../networks.ts';
import { type AddressChoice, endpointErrors } from '../endpoint-errors.ts';
import { sysctlErrors } from '../endpoint-sysctls.ts';
import { BridgeAddresses } from './bridge-addresses.ts';
import { type BridgeSettings, subnetsOf } from './bridge-settings.ts';
import { waysOut } from '../ways-out.ts';

export interface BridgeDeps {
  /** The host's own namespace. */
  readonly host: NetlinkConnection;
  readonly remover: LinkRemover;
  readonly hostNetwork: HostNetwork;
}

/** A network on a Linux bridge: its addresses, and the cables to its containers. */
export class BridgeNetwork implements ActiveNetwork {
  readonly network: Network;
  readonly usesHost = false;
  readonly settings: BridgeSettings;
  readonly #deps: BridgeDeps;
  readonly #bridge: number;
  readonly #four: BridgeAddresses;
  readonly #six: BridgeAddresses;
  readonly #choice: AddressChoice;

  /** `bridge` is the index of the device, which is up and has its address; `given` tells whose subnets the client chose. */
  constructor(
    deps: BridgeDeps,
    network: Network,
    settings: BridgeSettings,
    bridge: number,
    given: { readonly ipv4: boolean; readonly ipv6: boolean } = { ipv4: false, ipv6: false },
  ) {
    const { ipv4, ipv6 } = settings;
    this.#deps = deps;
    this.network = network;
    this.settings = settings;
    this.#bridge = bridge;
    this.#four = new BridgeAddresses(ipv4, settings.isolatedIpv4 !== true);
    this.#six = new BridgeAddresses(ipv6, settings.isolatedIpv6 !== true);
    this.#choice = {
      predefined: network.predefined,
      ...(given.ipv4 && ipv4 ? { ipv4: ipv4.address } : {}),
      ...(given.ipv6 && ipv6 ? { ipv6: ipv6.address } : {}),
    };
  }

  get subnets(): readonly IpPrefix[] {
    return subnetsOf(this.settings);
  }

  get publishes(): boolean {
    return this.settings.internal !== true;
  }

  get routed(): { readonly ipv4: boolean; readonly ipv6: boolean } {
    const { reachIpv4, reachIpv6 } = this.settings;
    return { ipv4: reachIpv4 === 'routed', ipv6: reachIpv6 === 'routed' };
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

  reserve(request: EndpointRequest | undefined, former?: FormerAddresses): EndpointPlace {
    const wanted = request?.macAddress ?? '';
    const macAddress = wanted === '' ? randomMacAddress() : parseMacAddress(wanted);
    const { ipv4Address = '', ipv6Address = '' } = request?.ipamConfig ?? {};
    const owner = `${this.network.name} (${this.network.id})`;
    using taken = new DisposableStack();
    const four = this.#four.take({ asked: ipv4Address, former: former?.ipv4Address ?? '' }, owner);
    taken.defer(() => this.#four.release(four.address));
    const six = this.#six.take({ asked: ipv6Address, former: former?.ipv6Address ?? '' }, owner);
    taken.move();
    return {
      macAddress,
      ipv4Address: four.address,
      ipv4PrefixLength: four.prefixLength,
      gateway: four.gateway,
      ipv6Address: six.address,
      ipv6PrefixLength: six.prefixLength,
      ipv6Gateway: six.gateway,
      hostLink: hostLinkName(),
    };
  }

  claim(place: EndpointPlace): void {
    this.#four.claim(place.ipv4Address);
    this.#six.claim(place.ipv6Address);
  }

  attach(endpoint: PlacedEndpoint, { file, inside, isWayOut }: NamespaceSite): void {
    const { host } = this.#deps;
    const addresses = prefixesOf(endpoint);
    const { interfaceName: name, macAddress, hostLink } = endpoint;
    const peer = { name, macAddress, namespace: file };
    try {
      withBirthSettings(this.#deps.hostNetwork, this.#six.isServed, () => {
        host.createVeth({ name: hostLink, mtu: this.settings.mtu, master: this.#bridge, peer });
      });
    } catch (error) {
      throw this.#lostBridge(hostLink, error) ?? error;
    }
    this.#join(endpoint);
    const index = inside.link(name)?.index;
    if (index === undefined) throw new EngineError('internal', `${name} was not made`);
    for (const address of addresses) inside.addAddress(index, address);
    inside.changeLink(index, { up: true });
    for (const gateway of waysOut(endpoint, isWayOut)) inside.addRoute({ gateway, index });
  }

  detach(place: EndpointPlace): void {
    const { host } = this.#deps;
    const addresses = prefixesOf(place);
    if (addresses.length === 0) return;
    this.#four.release(place.ipv4Address);
    this.#six.release(place.ipv6Address);
    for (const address of addresses) host.deleteNeighbour(this.#bridge, address);
    muteCable(host, place.hostLink);
  }

  async unplug(place: EndpointPlace): Promise<void> {
    if (place.hostLink !== '') await this.#deps.remover.takeOff(place.hostLink);
  }

  isAttached(place: EndpointPlace): boolean {
    return this.#deps.host.link(place.hostLink)?.master === this.#bridge;
  }

  reattach(place: EndpointPlace): boolean {
    const { host } = this.#deps;
    const link = host.link(place.hostLink);
    if (link?.kind !== 'veth') return false;
    host.changeLink(link.index, { master: this.#bridge, up: true });
    this.#join(place);
    return true;
  }

  /** Docker's words where somebody has taken the device away. */
  #lostBridge(hostLink: string, cause: unknown): EngineError | undefined {
    const { device } = this.settings;
    if (this.#deps.host.link(device)?.index === this.#bridge) return undefined;
    return new EngineError(
      'internal',
      `adding interface ${hostLink} to bridge ${device} failed: could not find bridge ${device}: route ip+net: no such network interface`,
      { cause },
    );
  }

  /** The cable's end in the bridge, and what the host is to know of who has the addresses. */
  #join(place: EndpointPlace): void {
    const { host } = this.#deps;
    const { hostLink, macAddress } = place;
    host.changePort(hostLink, { hairpin: true, isolated: !this.settings.icc });
    // The host may still remember who had this address before.
    for (const address of prefixesOf(place)) host.setNeighbour({ index: this.#bridge, address, macAddress });
  }

  strays(known: ReadonlySet<string>): readonly string[] {
    return strayCables(this.#deps.host, this.#bridge, known);
  }

  async removeStray(name: string): Promise<void> {
    await this.#deps.remover.remove(name);
  }
}
