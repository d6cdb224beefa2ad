// SPDX-License-Identifier: Apache-2.0
import type { HostNetwork } from '../../../adapters/host-network/index.ts';
import type { LinkRemover, NetlinkConnection } from '../../../adapters/netlink/index.ts';
import { EngineError } from '../../../base/errors.ts';
import { type Ip, type IpPrefix, ipBytes, parseIp } from '../../../spec/ip.ts';
import type { EndpointRequest } from '../../../spec/endpoint-settings.ts';
import { withBirthSettings } from '../birth-settings.ts';
import { hostLinkName, muteCable, prefixesOf, strayCables } from '../cable.ts';
import {
  type ActiveNetwork,
  type EndpointPlace,
  type NamespaceSite,
  type PlacedEndpoint,
} from '../driver.ts';
import { endpointErrors } from '../endpoint-errors.ts';
import { sysctlErrors } from '../endpoint-sysctls.ts';
import { parseMacAddress, randomMacAddress } from '../mac-address.ts';
import type { FormerAddresses, Network, OverlayPeer } from '../networks.ts';
import { SubnetAddresses, givenSubnets } from '../on-parent/subnet-addresses.ts';
import type { StoredOverlay } from './stored-overlay.ts';
import { tellPeers } from './tunnel.ts';
import { waysOut } from '../ways-out.ts';

export interface OverlayDeps {
  /** The host's own namespace. */
  readonly host: NetlinkConnection;
  readonly remover: LinkRemover;
  readonly hostNetwork: HostNetwork;
}

/** Of an address: whoever has it anywhere has the same one, so neighbours' tables stay right when it moves. */
const macAddressOf = (address: Ip | undefined): string =>
  address?.family === 4
    ? `02:42:${ipBytes(address)
        .toString('hex')
        .replace(/(..)(?=.)/g, '$1:')}`
    : randomMacAddress();

/** A network that other hosts have too: a bridge here, with a VXLAN tunnel to theirs. The host itself is not in it. */
export class OverlayNetwork implements ActiveNetwork {
  readonly network: Network;
  readonly settings: StoredOverlay;
  readonly usesHost = false;
  readonly publishes = false;
  readonly usesGatewayBridge = true;
  readonly interfacePrefix = 'eth';
  readonly #deps: OverlayDeps;
  readonly #bridge: number;
  readonly #addresses: SubnetAddresses;

  /** `bridge` is the index of its bridge, which is up. */
  constructor(deps: OverlayDeps, network: Network, settings: StoredOverlay, bridge: number) {
    this.network = network;
    this.settings = settings;
    this.#deps = deps;
    this.#bridge = bridge;
    this.#addresses = new SubnetAddresses(settings.subnets, `${network.name} (${network.id})`);
  }

  get subnets(): readonly IpPrefix[] {
    return this.#addresses.subnets;
  }

  /** Who has the network beside this host, from now on. Takes effect at once; the daemon forgets it when it ends. */
  setPeers(peers: readonly OverlayPeer[]): void {
    tellPeers(this.#deps.host, this.settings, peers, 'left');
  }

  check(request: EndpointRequest): readonly string[] {
    const choice = { predefined: false, ...givenSubnets(this.settings.subnets) };
    return [...endpointErrors(request, choice), ...sysctlErrors(request)];
  }

  reserve(request: EndpointRequest | undefined, former?: FormerAddresses): EndpointPlace {
    const asked = request?.macAddress ?? '';
    const macAddress = asked === '' ? undefined : parseMacAddress(asked);
    const addresses = this.#addresses.takePlace(request, former, !this.network.internal);
    return {
      ...addresses,
      macAddress: macAddress ?? macAddressOf(parseIp(addresses.ipv4Address)),
      hostLink: hostLinkName(),
    };
  }

  claim(place: EndpointPlace): void {
    this.#addresses.claimPlace(place);
  }

  attach(endpoint: PlacedEndpoint, { file, inside, isWayOut }: NamespaceSite): void {
    const { interfaceName: name, macAddress, hostLink } = endpoint;
    const addresses = prefixesOf(endpoint);
    const peer = { name, macAddress, namespace: file };
    const hasIpv6 = addresses.some(({ family }) => family === 6);
    withBirthSettings(this.#deps.hostNetwork, hasIpv6, () => {
      this.#deps.host.createVeth({ name: hostLink, mtu: this.settings.mtu, master: this.#bridge, peer });
    });
    const index = inside.link(name)?.index;
    if (index === undefined) throw new EngineError('internal', `${name} was not made`);
    for (const address of addresses) inside.addAddress(index, address);
    inside.changeLink(index, { up: true });
    for (const gateway of waysOut(endpoint, isWayOut)) inside.addRoute({ gateway, index });
  }

  detach(place: EndpointPlace): void {
    this.#addresses.releasePlace(place);
    muteCable(this.#deps.host, place.hostLink);
  }

  async unplug(place: EndpointPlace): Promise<void> {
    await this.#deps.remover.takeOff(place.hostLink);
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
}

/** Tells `active` who has it beside this host. @throws invalid-argument when it is no overlay */
export const setPeers = (active: ActiveNetwork, peers: readonly OverlayPeer[]): void => {
  if (active instanceof OverlayNetwork) return active.setPeers(peers);
  throw new EngineError('invalid-argument', `network ${active.network.name} is no overlay network`);
};
