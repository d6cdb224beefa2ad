// SPDX-License-Identifier: Apache-2.0
import type { NetlinkConnection } from '../../adapters/netlink/index.ts';
import type { EndpointRequest } from '../../spec/endpoint-settings.ts';
import type { IpPrefix } from '../../spec/ip.ts';
import type { Endpoint, FormerAddresses, Network } from './networks.ts';

/** What a driver gives an endpoint: the empty text and 0 where it gives nothing. */
export type EndpointPlace = Pick<
  Endpoint,
  | 'macAddress'
  | 'ipv4Address'
  | 'ipv4PrefixLength'
  | 'gateway'
  | 'ipv6Address'
  | 'ipv6PrefixLength'
  | 'ipv6Gateway'
> & {
  /** The host's end of the cable; empty when there is none. */
  readonly hostLink: string;
  /** Of a plugin's network: what the plugin said of the link. */
  readonly given?: GivenLink;
};

/** A link that a plugin made, to be moved into the container: its name on the host is `hostLink`. */
export interface GivenLink {
  /** Its name inside, or the beginning of it; both empty for the network's own. */
  readonly name: string;
  readonly prefix: string;
  /** By a next hop, or over the link itself where that is empty. Subnets with the length of their prefix. */
  readonly routes: readonly { readonly destination: string; readonly nextHop: string }[];
  /** The plugin wants no other way out made for its container. */
  readonly refusesGateway?: true;
}

/** An endpoint with its place and the name of its interface inside: `eth0`, or empty for none. */
export type PlacedEndpoint = Endpoint &
  EndpointPlace & {
    readonly interfaceName: string;
    /** The engine's own, on `docker_gwbridge`, as the way out of a container that has no other. */
    readonly isGateway?: true;
    /** What was asked for when it was made; a record of an older daemon has none. */
    readonly request?: Pick<EndpointRequest, 'aliases' | 'links' | 'driverOpts' | 'gwPriority'>;
  };

/** An endpoint that plugins were asked for, before the synchronous part of its making. */
export interface PreparedEndpoint {
  readonly id: Endpoint['id'];
  /** Takes the place, once: from then on it is let go of by `ActiveNetwork.detach`. @throws as that network's `reserve` */
  reserve(): EndpointPlace;
  /** Gives back what plugins gave; and the place, if nobody took it. Never fails. */
  undo(): Promise<void>;
}

/** A namespace under construction, with the thread inside it. */
export interface NamespaceSite {
  /** An open file that names it. */
  readonly file: number;
  /** A connection to it. */
  readonly inside: NetlinkConnection;
  /** Whether what leaves the endpoint's networks goes by it. */
  readonly isWayOut: { readonly ipv4: boolean; readonly ipv6: boolean };
}

/** The place of an endpoint in a network that has neither link nor address for it. */
export const NO_PLACE: EndpointPlace = {
  macAddress: '',
  ipv4Address: '',
  ipv4PrefixLength: 0,
  gateway: '',
  ipv6Address: '',
  ipv6PrefixLength: 0,
  ipv6Gateway: '',
  hostLink: '',
};

/** One network as its driver runs it. Everything is synchronous: `attach` runs while the thread is in another namespace. */
export interface ActiveNetwork {
  readonly network: Network;
  /** What no other network may have; absent: nothing. */
  readonly subnets?: readonly IpPrefix[];
  /** Containers of it live in the host's own namespace. */
  readonly usesHost: boolean;
  /** Ports of its endpoints can be published. */
  readonly publishes: boolean;
  /** What is wrong with a request, in Docker's words; nothing for a good one. */
  check(request: EndpointRequest): readonly string[];
  /** Containers of it that have no gateway get one more endpoint, on `docker_gwbridge`, unless it is internal. */
  readonly usesGatewayBridge?: boolean;
  /** Families in which its containers are reached at their own addresses: no port of the host leads there. */
  readonly routed?: { readonly ipv4: boolean; readonly ipv6: boolean };
  /** Host address of ports that are published without one; empty or absent: the daemon's. */
  readonly hostAddress?: string;
  /** Beginning of its interfaces' names. */
  readonly interfacePrefix: string;
  /** Takes addresses and names. @throws internal when there is none left; forbidden when the one asked for is taken; invalid-argument for a bad MAC address */
  reserve(request: EndpointRequest | undefined, former?: FormerAddresses): EndpointPlace;
  /** Takes again what `reserve` gave in an earlier life of the daemon. */
  claim(place: EndpointPlace): void;
  /** Makes and sets up the interface. */
  attach(endpoint: PlacedEndpoint, site: NamespaceSite): void;
  /**
   * Only of networks whose links have no end on the host: nothing passes such a link from now on. Called before `detach`
   * with the thread in the link's namespace, and `inside` a connection to it; a link that is not there is no error.
   */
  silence?(endpoint: PlacedEndpoint, inside: NetlinkConnection): void;
  /** From now on nothing passes, and the addresses are free: for endpoints whose namespace is about to go. */
  detach(place: EndpointPlace): void;
  /** Takes the interface of a detached endpoint away, whose namespace stays: it is gone when this resolves. */
  unplug(place: EndpointPlace): void | Promise<void>;
  /** Whether the host's side of what `attach` made is still there. */
  isAttached(place: EndpointPlace): boolean;
  /** Puts the host's end back that was left when somebody took the network's device away; false when it has gone, too. */
  reattach?(place: EndpointPlace): boolean;
  /** Host's ends of cables that are not among `known`. */
  strays(known: ReadonlySet<string>): readonly string[];
  /** Takes one of the `strays` away; one that has gone by itself is no error. */
  removeStray(name: string): void | Promise<void>;
}
