// SPDX-License-Identifier: Apache-2.0
import type { LinkRemover, NetlinkConnection } from '../../adapters/netlink/index.ts';
import type { ContainerId, NetworkId } from '../../base/ids.ts';
import { removeDefaultBridge, startDefaultBridge } from './bridge/start-default-bridge.ts';
import { connectSandbox, disconnectSandbox } from './change-membership.ts';
import type { EndpointRequest } from '../../spec/endpoint-settings.ts';
import type { ActiveNetwork } from './driver.ts';
import { ephemeralRange } from './ephemeral-range.ts';
import { filterNetworks, findNetwork } from './find-network.ts';
import type { Firewall } from './firewall.ts';
import { createFirewall, firewallSetting } from './firewall/create-firewall.ts';
import { runFirewall } from './firewall/run-firewall.ts';
import { noSuchNetwork } from './errors.ts';
import { GatewayBridge, type GatewayBridgeDeps } from './gateway-bridge/gateway-bridge.ts';
import { repairGateway } from './gateway-bridge/settle-gateway.ts';
import { guardedBridges } from './guarded-bridges.ts';
import { LinkedPorts } from './linked-ports.ts';
import { networkDrivers } from './network-drivers.ts';
import { driverNames, hostGatewayOf } from './network-facts.ts';
import { type LiveSandbox, type SandboxDeps, publishMembership } from './live-sandbox.ts';
import { LiveSandboxes } from './live-sandboxes.ts';
import type {
  ConnectRequest,
  Endpoint,
  Network,
  NetworkCreateRequest,
  NetworkListQuery,
  NetworksRoom,
  OverlayPeer,
  PortOpening,
  PublishRequest,
  Sandbox,
  SandboxRequest,
} from './networks.ts';
import type { NetworksConfig } from './networks-config.ts';
import type { NetworksDeps } from './networks-deps.ts';
import { setPeers } from './overlay/overlay-network.ts';
import { createPlainNetwork } from './plain-network.ts';
import { publishSandbox } from './open-sandbox.ts';
import { PortTable } from './port-table.ts';
import { plainNetworks } from './predefined.ts';
import type { PublishDeps } from './publish-ports.ts';
import type { RemoteSandboxDeps } from './remote/create-remote-sandbox.ts';
import { RemoteEndpoints } from './remote/remote-endpoints.ts';
import {
  adoptRecord,
  claimPlaces,
  discardRecord,
  loadRecords,
  publishedOnRecord,
} from './restore-sandboxes.ts';
import { startSandbox } from './start-sandbox.ts';
import { sweepStrays } from './sweep-strays.ts';
import { UserNetworks } from './user-networks.ts';

class Room implements NetworksRoom {
  readonly #deps: NetworksDeps;
  readonly #host: NetlinkConnection;
  readonly #remover: LinkRemover;
  readonly #firewall: Firewall;
  #running: Disposable | undefined;
  readonly #table = new PortTable();
  readonly #active = new Map<NetworkId, ActiveNetwork>();
  readonly #sandboxes = new LiveSandboxes((record) => discardRecord(this.#sandboxDeps(), record));
  readonly #linked: LinkedPorts;
  readonly #users: UserNetworks;
  readonly #remote: RemoteEndpoints;
  readonly #builtIn: readonly string[];
  readonly #gateway: GatewayBridge;

  constructor(deps: NetworksDeps) {
    this.#deps = deps;
    this.#host = deps.netlink.connect();
    this.#remover = deps.netlink.openRemover();
    this.#firewall = createFirewall(deps, deps.config.current);
    const { hostNetwork, store, events, log } = deps;
    const setting = firewallSetting(this.#firewall, hostNetwork);
    this.#linked = new LinkedPorts({
      networks: this.#active,
      firewall: this.#firewall,
      endpointsOf: (container) => this.#sandboxes.find(container)?.endpoints ?? [],
      setting,
    });
    const host = {
      active: this.#active,
      host: this.#host,
      remover: this.#remover,
      hostNetwork,
      config: () => deps.config.current,
      setting,
    };
    this.#remote = new RemoteEndpoints({
      ...deps,
      table: store.debts,
      networks: this.#active,
      host: this.#host,
      endpointsOnRecord: () => this.#sandboxes.records.flatMap(({ endpoints }) => endpoints),
    });
    const drivers = this.#remote.drivers(networkDrivers(host));
    this.#builtIn = drivers.names;
    this.#users = new UserNetworks({
      ...host,
      drivers,
      store,
      events,
      log,
      endpoints: (network) => [...this.endpoints(network), ...this.#remote.coming(network)],
      bridgesChanged: () => this.#firewall.guard(guardedBridges(this.#active)),
    });
    const make: GatewayBridgeDeps['make'] = async (request) => this.#users.make(request);
    this.#gateway = new GatewayBridge({ networks: this.#active, make });
  }

  async start(): Promise<void> {
    const { store } = this.#deps;
    for (const network of plainNetworks(store)) this.#active.set(network.id, createPlainNetwork(network));
    const config = this.#deps.config.current;
    if (config.bridge === 'none') removeDefaultBridge({ host: this.#host });
    else {
      const bridge = startDefaultBridge({ ...this.#deps, host: this.#host, remover: this.#remover }, config);
      this.#active.set(bridge.network.id, bridge);
    }
    this.#remote.load();
    await this.#users.restore();
    const records = loadRecords(this.#deps);
    this.#sandboxes.load(records);
    claimPlaces({ networks: this.#active }, records);
    const own = { ...this.#deps, firewall: this.#firewall, host: this.#host };
    this.#running = runFirewall(own, config, () =>
      this.#firewall.replace(guardedBridges(this.#active), publishedOnRecord(records)),
    );
  }

  get drivers(): readonly string[] {
    return driverNames(this.#builtIn, this.#networks());
  }

  get hostGateway(): string {
    return hostGatewayOf(this.#deps.config.current, this.#networks());
  }

  list(query: NetworkListQuery): readonly Network[] {
    return filterNetworks(this.#networks(), query, ({ id }) => this.endpoints(id).length > 0);
  }

  resolve(reference: string): Network {
    return findNetwork(this.#networks(), reference);
  }

  async create(request: NetworkCreateRequest): Promise<{ readonly id: NetworkId; readonly warning: string }> {
    return this.#users.create(request);
  }

  async delete(reference: string): Promise<void> {
    return this.#users.delete(this.resolve(reference));
  }

  async prune(query: NetworkListQuery): Promise<readonly string[]> {
    return this.#users.prune(query);
  }

  endpoints(network: NetworkId): readonly Endpoint[] {
    return this.#sandboxes.endpoints.filter((endpoint) => endpoint.network === network);
  }

  async createSandbox(request: SandboxRequest): Promise<Sandbox> {
    const { container } = request;
    // A run that ended without its release, or one that nobody adopted, must not keep what this one needs.
    this.#sandboxes.release(container);
    return startSandbox(this.#createDeps(), request, {
      keep: (sandbox: LiveSandbox) => this.#sandboxes.keep(container, sandbox),
      forget: () => this.#forget(container),
    });
  }

  async adoptSandbox(container: ContainerId): Promise<Sandbox | undefined> {
    const known = this.#sandboxes.find(container);
    const record = this.#sandboxes.left(container);
    if (known || !record) return known;
    const forget = (): void => this.#forget(container);
    const config = this.#deps.config.current;
    const sandbox = await adoptRecord(this.#sandboxDeps(), this.#publishing(config), record, forget);
    this.#sandboxes.settle(container, sandbox);
    if (sandbox) await repairGateway(this.#createDeps(), sandbox, () => this.#sandboxes.records);
    return sandbox;
  }

  openPorts(opening: PortOpening): void {
    this.#linked.open(opening);
  }

  checkEndpoint(reference: string, request: EndpointRequest): readonly string[] {
    return this.#find(reference).check(request);
  }

  async connect(
    container: ContainerId,
    { network, containerName, request }: ConnectRequest,
  ): Promise<Endpoint> {
    return connectSandbox(
      this.#createDeps(),
      this.#sandboxes.get(container),
      this.#find(network),
      { containerName },
      request,
    );
  }

  async disconnect(container: ContainerId, network: NetworkId): Promise<void> {
    await disconnectSandbox(this.#createDeps(), this.#sandboxes.get(container), this.#find(network));
  }

  async changePorts(container: ContainerId, publish: readonly PublishRequest[]): Promise<void> {
    const sandbox = this.#sandboxes.get(container);
    await publishSandbox(this.#createDeps(), sandbox, publish);
    await this.#remote.reopen(sandbox.record);
  }

  disconnectStranger(network: NetworkId, reference: string): boolean {
    return this.#sandboxes.releaseStranger(network, reference);
  }

  publishDisconnect(container: ContainerId, id: NetworkId): void {
    const { name } = this.#find(id).network;
    publishMembership(this.#sandboxDeps(), 'disconnect', { network: id, networkName: name, container });
  }

  setPeers(network: NetworkId, peers: readonly OverlayPeer[]): void {
    setPeers(this.#find(network), peers);
  }

  renameContainer(container: ContainerId, name: string): void {
    this.#sandboxes.find(container)?.rename(name);
  }

  async sweep(isKnown: (container: ContainerId) => boolean): Promise<number> {
    const strangers = this.#sandboxes.records.filter(({ container }) => !isKnown(container));
    // Before the sandboxes go: their links go with their namespaces, and removing a link by itself is slow.
    const swept = await sweepStrays({ ...this.#deps, networks: this.#active }, this.#sandboxes.records);
    for (const { container } of strangers) this.#sandboxes.release(container);
    // Behind the boot: plugins may be slow, or start as containers after it.
    void this.#remote.settle(this.#sandboxes.records.flatMap(({ endpoints }) => endpoints));
    return strangers.length + swept;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const sandbox of this.#sandboxes.all) sandbox.letGoOfPorts();
    this.#running?.[Symbol.dispose]();
    await this.#remover[Symbol.asyncDispose]();
    this.#host[Symbol.dispose]();
  }

  #forget(container: ContainerId): void {
    this.#linked.closeAll(container);
    this.#sandboxes.forget(container);
  }

  #networks(): readonly Network[] {
    return [...this.#active.values()].map(({ network }) => network);
  }

  #sandboxDeps(): SandboxDeps {
    const { netlink, namespaces, store, events, log, resolution } = this.#deps;
    const own = { networks: this.#active, firewall: this.#firewall };
    return { ...own, netlink, namespaces, store, events, log, resolution, remote: this.#remote };
  }

  #publishing(config: NetworksConfig): PublishDeps {
    const { hostPorts, hostNetwork } = this.#deps;
    return {
      hostPorts,
      table: this.#table,
      ephemeralRange: () => ephemeralRange(hostNetwork),
      defaultHostAddress: config.defaultHostAddress,
      proxy: config.userlandProxy,
    };
  }

  #createDeps(): RemoteSandboxDeps {
    const { hostNetwork, namespaceDirectory } = this.#deps;
    const config = this.#deps.config.current;
    const publishing = this.#publishing(config);
    const find = (reference: string): ActiveNetwork => this.#find(reference);
    const gatewayNetwork = async (): Promise<ActiveNetwork> => this.#gateway.network();
    const own = { ...this.#sandboxDeps(), remote: this.#remote, gatewayNetwork };
    return { ...own, hostNetwork, namespaceDirectory, publishing, config, find };
  }

  #find(reference: string): ActiveNetwork {
    const active = this.#active.get(this.resolve(reference).id);
    if (!active) throw noSuchNetwork(reference);
    return active;
  }
}

/**
 * The networks room. Nothing is done before `start`. It, and every call that it answers, must run on the main thread:
 * the kernel moves threads, not processes, between namespaces.
 */
export const createNetworks = (deps: NetworksDeps): NetworksRoom => new Room(deps);
