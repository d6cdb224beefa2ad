// SPDX-License-Identifier: Apache-2.0
import type { HostNetwork } from '../../../adapters/host-network/index.ts';
import type { NetlinkConnection } from '../../../adapters/netlink/index.ts';
import { EngineError } from '../../../base/errors.ts';
import { type IpPrefix, formatIpPrefix, networkOf, parseIp, parseIpPrefix } from '../../../spec/ip.ts';
import type { EndpointRequest } from '../../../spec/endpoint-settings.ts';
import { AddressPool } from '../address-pool.ts';
import { prefixesOf } from '../cable.ts';
import type { ActiveNetwork, EndpointPlace, NamespaceSite, PlacedEndpoint } from '../driver.ts';
import { endpointErrors } from '../endpoint-errors.ts';
import { sysctlErrors } from '../endpoint-sysctls.ts';
import type { FormerAddresses, Network } from '../networks.ts';
import type { RemoteSubnet, StoredRemote } from './stored-remote.ts';
import { waysOut } from '../ways-out.ts';

export interface RemoteNetworkDeps {
  /** The host's own namespace. */
  readonly host: NetlinkConnection;
  readonly hostNetwork: HostNetwork;
}

const poolOf = ({ address, range, reserved }: RemoteSubnet): AddressPool | undefined => {
  const subnet = parseIpPrefix(address);
  const within = parseIpPrefix(range);
  if (!subnet) return undefined;
  const kept = reserved.flatMap((text) => parseIp(text) ?? []);
  return new AddressPool({ subnet, reserved: [subnet, ...kept], ...(within && { range: within }) });
};

/** A network of a plugin: the links are the plugin's, the addresses those of its pools, of an IPAM plugin's or none. */
export class RemoteNetwork implements ActiveNetwork {
  readonly network: Network;
  readonly usesHost = false;
  /** What leads to its ports is the plugin's to make. */
  readonly publishes = false;
  readonly usesGatewayBridge = true;
  readonly interfacePrefix = 'eth';
  readonly subnets: readonly IpPrefix[];
  readonly #deps: RemoteNetworkDeps;
  readonly #stored: StoredRemote;
  readonly #pools: ReadonlyMap<4 | 6, AddressPool | undefined>;

  constructor(deps: RemoteNetworkDeps, network: Network, stored: StoredRemote) {
    const { ipv4, ipv6 } = stored;
    this.#deps = deps;
    this.network = network;
    this.#stored = stored;
    this.#pools = new Map([
      [4, ipv4 && poolOf(ipv4)],
      [6, ipv6 && poolOf(ipv6)],
    ]);
    this.subnets = [ipv4, ipv6].flatMap((subnet) => {
      const prefix = parseIpPrefix(subnet?.address ?? '');
      return prefix ? [networkOf(prefix)] : [];
    });
  }

  check(request: EndpointRequest): readonly string[] {
    const given = this.#stored.given.flatMap((text) => parseIpPrefix(text) ?? []);
    const [ipv4, ipv6] = [4, 6].map((wanted) => given.filter(({ family }) => family === wanted));
    const choice = { predefined: false, ...(ipv4 && { ipv4 }), ...(ipv6 && { ipv6 }) };
    return [...endpointErrors(request, choice), ...sysctlErrors(request)];
  }

  /**
   * Addresses of its own pools, with the length of their prefix; empty where it has none. `former` are those that the
   * container had last, which it gets again when they are free. @throws as `reserve`
   */
  takeAddresses(
    request: EndpointRequest | undefined,
    former?: FormerAddresses,
  ): { readonly ipv4: string; readonly ipv6: string } {
    const { ipv4Address = '', ipv6Address = '' } = request?.ipamConfig ?? {};
    const ipv4 = this.#take(4, ipv4Address, former?.ipv4Address);
    try {
      return { ipv4, ipv6: this.#take(6, ipv6Address, former?.ipv6Address) };
    } catch (error) {
      this.releaseAddress(ipv4);
      throw error;
    }
  }

  /** One of an IPAM plugin, or none, is not its own to release. */
  releaseAddress(text: string): void {
    const address = parseIp(text.split('/')[0] ?? '');
    if (address) this.#pools.get(address.family)?.release(address);
  }

  /** Plugins must be asked first, and the answer cannot be waited for here. */
  reserve(): EndpointPlace {
    throw new EngineError('internal', `the driver of network ${this.network.name} was not asked`);
  }

  claim(place: EndpointPlace): void {
    for (const address of prefixesOf(place)) this.#pools.get(address.family)?.claim(address);
  }

  attach(endpoint: PlacedEndpoint, site: NamespaceSite): void {
    const { interfaceName: name, hostLink, macAddress, given } = endpoint;
    if (hostLink === '') return;
    const { inside } = site;
    this.#move(hostLink, name, site.file);
    const index = inside.link(name)?.index;
    if (index === undefined) throw new EngineError('internal', `${name} did not arrive`);
    const addresses = prefixesOf(endpoint);
    this.#quietIpv6(name, addresses);
    if (macAddress !== '') inside.changeLink(index, { macAddress });
    for (const address of addresses) inside.addAddress(index, address);
    inside.changeLink(index, { up: true });
    for (const { destination, nextHop } of given?.routes ?? []) {
      const to = parseIpPrefix(destination);
      const by = parseIp(nextHop);
      if (to) inside.addRoute({ destination: networkOf(to), ...(by ? { gateway: by } : { index }) });
    }
    for (const gateway of waysOut(endpoint, site.isWayOut)) inside.addRoute({ gateway, index });
  }

  detach(place: EndpointPlace): void {
    this.releaseAddress(place.ipv4Address);
    this.releaseAddress(place.ipv6Address);
  }

  /** The link is the plugin's. */
  unplug(): void {}

  isAttached(): boolean {
    return true;
  }

  strays(): readonly string[] {
    return [];
  }

  removeStray(): void {}

  #take(family: 4 | 6, asked: string, former = ''): string {
    const pool = this.#pools.get(family);
    const subnet = this.subnets.find((one) => one.family === family);
    if (!pool || !subnet) return '';
    const wanted = asked === '' ? undefined : parseIp(asked);
    const favourite = wanted ?? parseIp(former);
    const claimed = favourite && pool.claim(favourite) ? favourite : undefined;
    const address = claimed ?? (wanted ? undefined : pool.take());
    if (address) return formatIpPrefix({ ...address, length: subnet.length });
    if (wanted) throw new EngineError('forbidden', 'Address already in use');
    const { name, id } = this.network;
    throw new EngineError(
      'internal',
      `no available IPv${family} addresses on this network's address pools: ${name} (${id})`,
    );
  }

  #move(hostLink: string, name: string, namespace: number): void {
    const index = this.#deps.host.link(hostLink)?.index;
    if (index !== undefined) this.#deps.host.changeLink(index, { name, namespace });
    else
      throw new EngineError(
        'internal',
        `failed to add interface ${hostLink} to sandbox: failed to get link by name "${hostLink}": Link not found`,
      );
  }

  /** No IPv6 without an address of the network's. */
  #quietIpv6(name: string, addresses: readonly IpPrefix[]): void {
    const { hostNetwork } = this.#deps;
    const setting = `ipv6/conf/${name}/disable_ipv6`;
    const value = addresses.some(({ family }) => family === 6) ? '0' : '1';
    if (hostNetwork.setting(setting) !== undefined) hostNetwork.changeSetting(setting, value);
  }
}
