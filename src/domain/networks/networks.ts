// SPDX-License-Identifier: Apache-2.0
import type { ContainerId, EndpointId, NetworkId, SandboxId } from '../../base/ids.ts';
import type { Timestamp } from '../../base/time.ts';
import type { EndpointRequest } from '../../spec/endpoint-settings.ts';
import type { Ip } from '../../spec/ip.ts';
import type { HostBinding, Port } from '../../spec/port.ts';

export interface IpamPool {
  readonly subnet: string;
  readonly gateway?: string;
  readonly ipRange?: string;
  readonly auxiliaryAddresses?: Readonly<Record<string, string>>;
}

export interface Network {
  readonly id: NetworkId;
  readonly name: string;
  /** `bridge`, `host`, `null` … */
  readonly driver: string;
  readonly created: Timestamp;
  readonly scope: 'local' | 'swarm' | 'global';
  readonly ipv4: boolean;
  readonly ipv6: boolean;
  readonly internal: boolean;
  readonly attachable: boolean;
  readonly ipam: {
    readonly driver: string;
    readonly options?: Readonly<Record<string, string>>;
    readonly pools?: readonly IpamPool[];
  };
  readonly options: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  readonly predefined: boolean;
  /** Holds settings for other networks; no container joins it. */
  readonly configOnly: boolean;
  /** Name of the network that the settings are from; empty for none. */
  readonly configFrom: string;
}

/** What a client wants of a new network. Texts are empty where it says nothing. */
export interface NetworkCreateRequest {
  readonly name: string;
  readonly driver: string;
  readonly scope: string;
  readonly internal: boolean;
  readonly attachable: boolean;
  readonly ingress: boolean;
  readonly configOnly: boolean;
  readonly configFrom: string;
  /** Absent: as the daemon has it. */
  readonly ipv4?: boolean;
  readonly ipv6?: boolean;
  readonly ipam: {
    readonly driver: string;
    readonly options?: Readonly<Record<string, string>>;
    readonly pools: readonly IpamPool[];
  };
  readonly options: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
}

/** A container's place in a network while it runs. Addresses are empty for `host` and `none`. */
export interface Endpoint {
  readonly id: EndpointId;
  readonly network: NetworkId;
  readonly networkName: string;
  readonly container: ContainerId;
  readonly containerName: string;
  readonly macAddress: string;
  readonly ipv4Address: string;
  readonly ipv4PrefixLength: number;
  readonly gateway: string;
  readonly ipv6Address: string;
  readonly ipv6PrefixLength: number;
  readonly ipv6Gateway: string;
}

/** What a container had in a network when it was there last: it gets the same again, as far as that is free. */
export type FormerAddresses = Pick<Endpoint, 'ipv4Address' | 'ipv6Address'>;

/** A port that the container wants reached from outside. */
export interface PublishRequest {
  readonly port: Port;
  /** So many ports, from `port` on, at as many of the host, from the first of `hostPorts` on; absent for one. */
  readonly count?: number;
  /** Empty: all addresses. */
  readonly hostAddress: string;
  /** First and last host port: of one port those to try, both 0 for an ephemeral one. */
  readonly hostPorts: readonly [first: number, last: number];
}

/** Where ports of a container are reached, `count` of them from `port` on (absent for one): bindings are those of the first. */
export interface SandboxPorts {
  readonly port: Port;
  readonly count?: number;
  /** A binding's port is 0 where the container is reached at its own address alone. */
  readonly bindings: readonly HostBinding[];
}

export interface SandboxRequest {
  readonly container: ContainerId;
  readonly containerName: string;
  readonly hostname: string;
  readonly domainname: string;
  /** `bridge`, `host`, `none` or a network's name or id: what is joined when `endpoints` is empty. Empty: nothing is. */
  readonly networkMode: string;
  readonly endpoints: Readonly<Record<string, EndpointRequest>>;
  /** Ids of the networks that it was in before, by name: those are meant, as long as they are there. */
  readonly networkIds?: Readonly<Record<string, string>>;
  /** By network name; absent: it was in none. */
  readonly former?: Readonly<Record<string, FormerAddresses>>;
  readonly publish: readonly PublishRequest[];
  /** All ports that it exposes, published or not: drivers of others may want to know. Absent: none. */
  readonly exposed?: readonly Port[];
  /** The runtime makes the namespace, in the container's user namespace; `attach` then makes what belongs into it. */
  readonly awaitsProcess?: boolean;
  /** The container's own resolver settings (`--dns` …); absent or empty lists leave the daemon's, then the host's. */
  readonly dns?: {
    readonly servers: readonly string[];
    readonly search: readonly string[];
    readonly options: readonly string[];
  };
}

/** The network side of one run of a container. `release` lets go of addresses, ports, links and the namespace. */
export interface Sandbox extends AsyncDisposable {
  readonly id: SandboxId;
  /** Path of the network namespace; absent for host networking. */
  readonly namespacePath?: string | undefined;
  /** What `inspect` shows as SandboxKey. */
  readonly key: string;
  readonly endpoints: readonly Endpoint[];
  readonly ports: readonly SandboxPorts[];
  /** True while no network of it leads outside: not even ports that are only exposed are shown then. */
  readonly hidesPorts?: boolean;
  /** Text of `/etc/resolv.conf` and the lines of `/etc/hosts` that name this container, for the files the container gets. */
  readonly resolvConf: string;
  readonly hostsLines: readonly string[];
  /**
   * Of a sandbox that awaits its process: names the namespace that process `pid` is in, and makes the interfaces there.
   * Once, before the container's program runs; nothing for others. @throws Docker's `failed to set up container networking: …`
   */
  attach(pid: number): void;
  /** Lets go as disposal does, and takes its interfaces out of a namespace in which others live on. */
  vacate(): Promise<void>;
}

/** One of a container's places in a user-defined network, as name resolution sees it. */
export interface NamedEndpoint {
  readonly network: NetworkId;
  readonly networkName: string;
  /** Empty where the network has no addresses of the family. */
  readonly ipv4Address: string;
  readonly ipv6Address: string;
  /** What containers of the network call it, as `inspect` shows it: its name, its aliases, its short id, its host name. */
  readonly names: readonly string[];
  /** Names that this container alone has for others of the network (`--link name:alias`): name or id of the other one. */
  readonly links: readonly { readonly alias: string; readonly target: string }[];
}

/** A server that is asked what the engine does not know. */
export interface UpstreamServer {
  readonly address: string;
  /** True: out of the host's resolver configuration, asked in the host's namespace; false: asked in the container's. */
  readonly fromHost: boolean;
}

/** A sandbox in which names are to be resolved at 127.0.0.11: one in a user-defined network. */
export interface NamedSandbox {
  readonly id: SandboxId;
  readonly container: ContainerId;
  readonly containerName: string;
  /** Names the network namespace, as `NetworkNamespaces.run` enters it. */
  readonly namespacePath: string;
  /** Only those in user-defined networks; all of them can be empty after a disconnect. */
  readonly endpoints: readonly NamedEndpoint[];
  /** Whether any network of the container, user-defined or not, leads outside: the host's servers are asked then alone. */
  readonly leadsOut: boolean;
  readonly upstreams: readonly UpstreamServer[];
  /** Whether the resolver's options ask for more than zero dots: a single label is then not asked of others. */
  readonly holdsSingleLabels: boolean;
}

/**
 * Who resolves names. Told synchronously, on the main thread, outside of any container's namespace: sockets are bound
 * when `opened` returns, and an answer given after a call knows what the call said.
 */
export interface NameResolution {
  /** A sandbox has joined its first user-defined network, or was adopted with one. Its program does not run yet, if new. */
  opened(sandbox: NamedSandbox): void;
  /** Its networks, addresses or names are others from now on. */
  changed(sandbox: NamedSandbox): void;
  /** Its namespace is about to go; one that was never opened is no error. */
  closed(id: SandboxId): void;
}

/** Ports of one running container that another one is to reach, whatever the bridge between them keeps apart. */
export interface PortOpening {
  readonly from: ContainerId;
  readonly to: ContainerId;
  readonly ports: readonly Port[];
}

/** A network that a running container is to join. */
export interface ConnectRequest {
  readonly network: NetworkId;
  readonly containerName: string;
  readonly request: EndpointRequest;
}

export interface NetworkListQuery {
  readonly filters: Readonly<Record<string, readonly string[]>>;
}

export interface Networks {
  /** @throws invalid-argument for an unknown filter */
  list(query: NetworkListQuery): readonly Network[];
  /** By full name, full id, then id prefix. @throws not-found `network x not found` */
  resolve(reference: string): Network;
  /**
   * Makes a network: all of it, durable, or nothing. `warning` tells of what has no effect.
   * @throws in Docker's words: invalid-argument, forbidden (overlaps, predefined names), conflict (name taken), not-found (driver)
   */
  create(request: NetworkCreateRequest): Promise<{ readonly id: NetworkId; readonly warning: string }>;
  /** @throws not-found; forbidden for a predefined network or one with endpoints */
  delete(reference: string): Promise<void>;
  /** Removes networks without endpoints; gives their names. Filters `until`, `label`, `label!`. @throws invalid-argument */
  prune(query: NetworkListQuery): Promise<readonly string[]>;
  /** Endpoints of running containers, for inspect. */
  endpoints(network: NetworkId): readonly Endpoint[];
  /** Builds the sandbox of one run: namespace, links, addresses, routes, published ports. All undone when it fails. Publishes `connect`. */
  createSandbox(request: SandboxRequest): Promise<Sandbox>;
  /** Takes over the sandbox that an earlier daemon built. `undefined` when it is gone. */
  adoptSandbox(container: ContainerId): Promise<Sandbox | undefined>;
  /**
   * Opens what a legacy link leads to, and closes what was open between the two before. Where all containers reach each
   * other anyway nothing is done. It ends with the run of either.
   */
  openPorts(opening: PortOpening): void;
  /** What is wrong with what a container asks of a network, in Docker's words; nothing for a good request. @throws not-found */
  checkEndpoint(reference: string, request: EndpointRequest): readonly string[];
  /**
   * Adds a running container to a network: it has the interface when this returns, or nothing has changed. Its sandbox
   * shows it. Publishes `connect`. @throws forbidden for one that is there or an address that is taken; not-found; internal
   */
  connect(container: ContainerId, request: ConnectRequest): Promise<Endpoint>;
  /** Takes a running container out of a network, at once. Publishes `disconnect`. @throws not-found */
  disconnect(container: ContainerId, network: NetworkId): Promise<void>;
  /**
   * Publishes these ports of a running container and no others: all of it, or nothing has changed. Ports that stay keep
   * their host ports and their connections. @throws not-found without a sandbox; internal in Docker's words
   */
  changePorts(container: ContainerId, publish: readonly PublishRequest[]): Promise<void>;
  /**
   * Lets go of all that a container has which nobody knows any more and which is in the network by that name or id; false
   * when there is none.
   */
  disconnectStranger(network: NetworkId, reference: string): boolean;
  /** Tells that a container, whether or not it runs, is of the network no more. */
  publishDisconnect(container: ContainerId, network: NetworkId): void;
  /** The container has another name from now on: its endpoints show it. One without a sandbox is no error. */
  renameContainer(container: ContainerId, name: string): void;
  /** Removes whatever belongs to sandboxes of containers that `isKnown` denies: links, addresses, ports, namespaces. */
  sweep(isKnown: (container: ContainerId) => boolean): Promise<number>;
  /** Drivers by name, for `/info`. */
  readonly drivers: readonly string[];
  /** The address that `host-gateway` stands for: a configured one or the default bridge's; empty without either. */
  readonly hostGateway: string;
}

/** Another host that has an overlay network, and what is known of its containers there. */
export interface OverlayPeer {
  readonly host: Ip;
  /** Of its containers: frames for them go there alone. What is not named is sent to all hosts until it is learnt. */
  readonly macAddresses: readonly string[];
}

/** The room as its builder holds it. Disposal lets go of sockets and, when no container is left, of the firewall's table. */
export interface NetworksRoom extends Networks, AsyncDisposable {
  /**
   * At boot, before anything else: the default bridge and the predefined networks, and the firewall with the ports of all
   * sandboxes that an earlier daemon left. Then `adoptSandbox` each container that runs, and `sweep`.
   * @throws invalid-argument in Docker's words for a bridge that cannot be had
   */
  start(): Promise<void>;
  /**
   * Tells who has an overlay network beside this host from now on, at once and until the daemon ends: a cluster's part.
   * @throws not-found; invalid-argument for a network of another driver
   */
  setPeers(network: NetworkId, peers: readonly OverlayPeer[]): void;
}
