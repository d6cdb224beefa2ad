// SPDX-License-Identifier: Apache-2.0
import type { HostNetwork } from '../../../adapters/host-network/index.ts';
import type { NetlinkConnection } from '../../../adapters/netlink/index.ts';
import { EngineError } from '../../../base/errors.ts';
import type { IpPrefix } from '../../../spec/ip.ts';
import type { EndpointRequest } from '../../../spec/endpoint-settings.ts';
import { withBirthSettings } from '../birth-settings.ts';
import { prefixesOf } from '../cable.ts';
import {
  type ActiveNetwork,
  type EndpointPlace,
  type NamespaceSite,
  type PlacedEndpoint,
} from '../driver.ts';
import { endpointErrors } from '../endpoint-errors.ts';
import { sysctlErrors } from '../endpoint-sysctls.ts';
import type { FormerAddresses, Network } from '../networks.ts';
import { linkFailure } from './kernel-words.ts';
import type { OnParentKind } from './parent-link.ts';
import type { StoredOnParent } from './stored-on-parent.ts';
import { SubnetAddresses, givenSubnets } from './subnet-addresses.ts';
import { waysOut } from '../ways-out.ts';

export interface OnParentDeps {
  /** The host's own namespace. */
  readonly host: NetlinkConnection;
  readonly hostNetwork: HostNetwork;
}

/** Where and under which name a container's link is to be made. */
export interface NewChild {
  readonly name: string;
  /** Index of the parent, in the host's namespace. */
  readonly parent: number;
  /** An open file of the container's namespace. */
  readonly namespace: number;
  /** Bytes; absent: the parent's. */
  readonly mtu?: number;
  readonly macAddress: string;
}

/** What one kind of links on a parent does in its own way. */
export interface OnParentLinks {
  readonly kind: OnParentKind;
  /** The MAC address of a new endpoint; empty where the link has its parent's. @throws for one that cannot be had */
  macAddressFor(request: EndpointRequest | undefined): string;
  /** Makes the link, which is down. */
  create(host: NetlinkConnection, child: NewChild): void;
  /** The parent takes no other link before this one is gone. */
  readonly fillsParent: boolean;
  /** What leaves goes by the link itself: there is no router to send it to. */
  readonly routesByLink: boolean;
}

const anywhere = (family: 4 | 6): IpPrefix => ({ family, value: 0n, length: 0 });

/** A network whose containers have links of their own on one of the host's: nothing of them is to be seen on the host. */
export class OnParentNetwork implements ActiveNetwork {
  readonly network: Network;
  readonly settings: StoredOnParent;
  readonly usesHost = false;
  readonly publishes = false;
  readonly interfacePrefix = 'eth';
  readonly #deps: OnParentDeps;
  readonly #links: OnParentLinks;
  readonly #addresses: SubnetAddresses;

  constructor(deps: OnParentDeps, network: Network, settings: StoredOnParent, links: OnParentLinks) {
    this.network = network;
    this.settings = settings;
    this.#deps = deps;
    this.#links = links;
    this.#addresses = new SubnetAddresses(settings.subnets, `${network.name} (${network.id})`);
  }

  get kind(): OnParentKind {
    return this.#links.kind;
  }

  get subnets(): readonly IpPrefix[] {
    return this.#addresses.subnets;
  }

  check(request: EndpointRequest): readonly string[] {
    const choice = { predefined: false, ...givenSubnets(this.settings.subnets) };
    return [...endpointErrors(request, choice), ...sysctlErrors(request)];
  }

  reserve(request: EndpointRequest | undefined, former?: FormerAddresses): EndpointPlace {
    const macAddress = this.#links.macAddressFor(request);
    const hasRouter = !this.settings.isInternal && !this.#links.routesByLink;
    const addresses = this.#addresses.takePlace(request, former, hasRouter);
    return { ...addresses, macAddress, hostLink: this.settings.parent };
  }

  claim(place: EndpointPlace): void {
    this.#addresses.claimPlace(place);
  }

  attach(endpoint: PlacedEndpoint, { file, inside, isWayOut }: NamespaceSite): void {
    const { interfaceName: name, macAddress } = endpoint;
    const { mtu } = this.settings;
    const parent = this.#parentIndex();
    const addresses = prefixesOf(endpoint);
    withBirthSettings(
      this.#deps.hostNetwork,
      addresses.some(({ family }) => family === 6),
      () => {
        this.#create({ name, parent, namespace: file, macAddress, ...(mtu === 0 ? {} : { mtu }) });
      },
    );
    const index = inside.link(name)?.index;
    if (index === undefined) throw new EngineError('internal', `${name} was not made`);
    // Only after it was made does the link that fills its parent take another address than its parent's.
    if (this.#links.fillsParent && macAddress !== '') inside.changeLink(index, { macAddress });
    for (const address of addresses) inside.addAddress(index, address);
    inside.changeLink(index, { up: true });
    this.#addRoutes(inside, index, endpoint, isWayOut);
  }

  silence({ interfaceName: name }: PlacedEndpoint, inside: NetlinkConnection): void {
    const index = inside.link(name)?.index;
    if (index === undefined) return;
    if (this.#links.fillsParent) inside.deleteLink(name);
    else
      for (const one of inside.addresses()) if (one.index === index) inside.deleteAddress(index, one.address);
  }

  detach(place: EndpointPlace): void {
    this.#addresses.releasePlace(place);
  }

  /** All of it is inside. */
  unplug(): void {}

  /** There is nothing of it on the host. A parent that went took the link along: that is no reason to give up the rest. */
  isAttached(): boolean {
    return true;
  }

  strays(): readonly string[] {
    return [];
  }

  removeStray(): void {}

  #parentIndex(): number {
    const { parent } = this.settings;
    const index = this.#deps.host.link(parent)?.index;
    if (index !== undefined) return index;
    throw new EngineError(
      'internal',
      `the requested parent interface ${parent} was not found on the Docker host`,
    );
  }

  #create(child: NewChild): void {
    try {
      this.#links.create(this.#deps.host, child);
    } catch (error) {
      throw linkFailure(`failed to create the ${this.kind} port`, error);
    }
  }

  #addRoutes(
    inside: NetlinkConnection,
    index: number,
    endpoint: PlacedEndpoint,
    isWayOut: NamespaceSite['isWayOut'],
  ): void {
    if (this.#links.routesByLink && !this.settings.isInternal)
      for (const { family } of prefixesOf(endpoint))
        inside.addRoute({ destination: anywhere(family), index });
    for (const gateway of waysOut(endpoint, isWayOut)) inside.addRoute({ gateway, index });
  }
}
