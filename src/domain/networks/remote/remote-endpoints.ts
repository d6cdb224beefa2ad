// SPDX-License-Identifier: Apache-2.0
import type { RecordTable } from '../../../adapters/store/index.ts';
import { EngineError, kindOf, messageOf } from '../../../base/errors.ts';
import { type ContainerId, type EndpointId, type NetworkId, randomId } from '../../../base/ids.ts';
import type { Log } from '../../../base/log.ts';
import type { EndpointRequest } from '../../../spec/endpoint-settings.ts';
import type { Plugin, Plugins } from '../../plugins/index.ts';
import { type ActiveNetwork, NO_PLACE, type PlacedEndpoint, type PreparedEndpoint } from '../driver.ts';
import { publishFailed } from '../errors.ts';
import { gatewaysOf } from '../gateways.ts';
import { IpamLeases } from '../ipam/ipam-leases.ts';
import type { NetworkDrivers } from '../network-driver.ts';
import type { Endpoint, FormerAddresses } from '../networks.ts';
import type { EndpointOwner } from '../place-endpoint.ts';
import type { SandboxRecord } from '../sandbox-record.ts';
import { isUnanswered } from './ask-plugin.ts';
import { Debts } from './debts.ts';
import { joinOptions, type PortWishes } from './endpoint-options.ts';
import { NetworkPlugin } from './network-plugin.ts';
import { withPluginDrivers } from './plugin-drivers.ts';
import { endpointOwed, prepareEndpoint } from './prepare-endpoint.ts';
import { RemoteNetwork, type RemoteNetworkDeps } from './remote-network.ts';

export interface RemoteEndpointsDeps extends RemoteNetworkDeps {
  /** Absent: there are none. */
  readonly plugins?: Plugins | undefined;
  readonly table: RecordTable;
  readonly log: Log;
  readonly networks: ReadonlyMap<NetworkId, ActiveNetwork>;
  readonly endpointsOnRecord: () => readonly PlacedEndpoint[];
}

/** Who is to join a network, and what it is to get there. */
export interface JoinRequest extends EndpointOwner {
  readonly sandboxKey: string;
  readonly request: EndpointRequest | undefined;
  readonly former?: FormerAddresses | undefined;
  readonly ports: PortWishes;
  /** They are reached by another network of the container already. Absent: no. */
  readonly isPublished?: boolean;
}

const NO_PLUGINS: Plugins = { find: async () => Promise.resolve(undefined) };

const portsOf = ({ exposed = [], publish = [] }: SandboxRecord): PortWishes => ({ exposed, publish });

/**
 * What plugins have to do with endpoints. They are asked before the synchronous making of a sandbox and told after its
 * end; between both everything about them is known here. Networks without plugins are never waited for.
 */
export class RemoteEndpoints {
  readonly #deps: RemoteEndpointsDeps & { readonly plugins: Plugins };
  /** Networks of plugins. */
  readonly #made = new Set<NetworkId>();
  readonly #debts: Debts;
  readonly #leases: IpamLeases;
  readonly #plugins = new WeakMap<Plugin, NetworkPlugin>();
  /** Those for which plugins are asked now: their networks must stay. */
  readonly #coming = new Map<EndpointId, Endpoint>();
  readonly #leaving = new Map<ContainerId, Promise<void>>();

  constructor(given: RemoteEndpointsDeps) {
    const deps = { ...given, plugins: given.plugins ?? NO_PLUGINS };
    this.#deps = deps;
    this.#debts = new Debts(deps);
    this.#leases = new IpamLeases(deps);
  }

  /** All drivers: the engine's own and those of plugins. */
  drivers(own: NetworkDrivers): NetworkDrivers {
    return withPluginDrivers(own, {
      ...this.#deps,
      debts: this.#debts,
      leases: this.#leases,
      planned: new Set(),
      leased: new Set(),
      made: this.#made,
      find: async (name) => this.#find(name),
      connect: async (name) => this.#connect(name),
    });
  }

  /** Reads what an earlier daemon left. */
  load(): void {
    this.#debts.load();
  }

  /** Whether there is any network for whose endpoints plugins are to be asked. */
  get isUsed(): boolean {
    return this.#made.size > 0 || this.#leases.size > 0;
  }

  /** Whether plugins are to be asked for an endpoint of the network. */
  isRemote({ network }: ActiveNetwork): boolean {
    return this.#made.has(network.id) || this.#leases.has(network.id);
  }

  /** Endpoints of the network that are being made. */
  coming(network: NetworkId): readonly Endpoint[] {
    return [...this.#coming.values()].filter((endpoint) => endpoint.network === network);
  }

  /** Asks the plugins of a network; nothing is left when one refuses. @throws what they say */
  async prepare(active: ActiveNetwork, join: JoinRequest): Promise<PreparedEndpoint> {
    const { container, containerName } = join;
    const { id: network, name: networkName } = active.network;
    const id = randomId<EndpointId>();
    this.#coming.set(id, { ...NO_PLACE, id, network, networkName, container, containerName });
    const deps = {
      debts: this.#debts,
      ipamOf: async ({ network: { id: of } }: ActiveNetwork) => this.#leases.of(of),
      pluginOf: async ({ network: { driver } }: RemoteNetwork) => this.#connect(driver),
    };
    try {
      const prepared = await prepareEndpoint(deps, active, { ...join, id });
      this.#debts.retry();
      return this.#withPlace(prepared);
    } catch (error) {
      this.#coming.delete(id);
      throw error;
    }
  }

  /**
   * Lets the endpoint by which packets leave, if it is a plugin's, reach what is outside; and one that is that no longer,
   * not. @throws what the plugin says
   */
  async open(record: SandboxRecord, joined?: EndpointId): Promise<void> {
    const { networks } = this.#deps;
    const ways = gatewaysOf({ networks }, record.endpoints);
    for (const endpoint of record.endpoints) {
      const { id } = endpoint;
      const active = networks.get(endpoint.network);
      if (!(active instanceof RemoteNetwork)) continue;
      const revocation = endpointOwed(active, id, 'RevokeExternalConnectivity');
      const leads = !active.network.internal && (ways.ipv4?.id === id || ways.ipv6?.id === id);
      const isOpen = this.#debts.owes(id, revocation.method);
      if (leads && !isOpen) await this.#program(active, endpoint, record);
      if (!leads && isOpen) await this.#debts.pay(id, revocation.method);
      if (joined === undefined || joined === id) await this.#askForInfo(active, id);
    }
  }

  /** Tells the plugins of those that reach what is outside that other ports lead in from now on. @throws what they say */
  async reopen(record: SandboxRecord): Promise<void> {
    for (const endpoint of record.endpoints) {
      const { id, network } = endpoint;
      const active = this.#deps.networks.get(network);
      if (!(active instanceof RemoteNetwork)) continue;
      const revocation = endpointOwed(active, id, 'RevokeExternalConnectivity');
      if (!this.#debts.owes(id, revocation.method)) continue;
      await this.#debts.pay(id, revocation.method);
      await this.#program(active, endpoint, record);
    }
  }

  /** Tells plugins that endpoints are gone, if any of them is theirs; never fails. */
  leave(endpoints: readonly PlacedEndpoint[]): Promise<void> | undefined {
    const owing = endpoints.filter(({ id }) => this.#debts.has(id));
    const [first] = owing;
    if (!first) return undefined;
    const { container } = first;
    const left = Promise.all(owing.map(async ({ id }) => this.#debts.pay(id))).then(() => {
      if (this.#leaving.get(container) === left) this.#leaving.delete(container);
    });
    this.#leaving.set(container, left);
    return left;
  }

  /** Ends when the plugins know that the container's former endpoints are gone. */
  async left(container: ContainerId): Promise<void> {
    await this.#leaving.get(container);
  }

  /** Gives back what nobody has who is known, and tells forgetful plugins what the others have. Never fails. */
  async settle(endpoints: readonly PlacedEndpoint[]): Promise<void> {
    const known = new Set<string>([...endpoints.map(({ id }) => id), ...this.#deps.networks.keys()]);
    // Looked at now: what is made while plugins are told is nobody's to give back.
    const strangers = this.#debts.ids.filter((id) => !known.has(id) && !this.#coming.has(id as EndpointId));
    for (const id of strangers) await this.#debts.pay(id);
    await this.#leases.replay();
  }

  /** Until its place is taken, the endpoint is coming. */
  #withPlace(prepared: PreparedEndpoint): PreparedEndpoint {
    const { id } = prepared;
    return {
      id,
      reserve: () => {
        this.#coming.delete(id);
        return prepared.reserve();
      },
      undo: async () => {
        this.#coming.delete(id);
        await prepared.undo();
      },
    };
  }

  async #program(
    active: RemoteNetwork,
    { id, containerName }: PlacedEndpoint,
    record: SandboxRecord,
  ): Promise<void> {
    const { network } = active;
    const plugin = await this.#connect(network.driver);
    const revocation = endpointOwed(active, id, 'RevokeExternalConnectivity');
    this.#debts.owe('endpoint', id, revocation);
    const options = joinOptions({ ports: portsOf(record) });
    try {
      await plugin.programExternalConnectivity(network.id, id, options);
    } catch (error) {
      if (!isUnanswered(error)) this.#debts.forgive(id, revocation);
      throw publishFailed(containerName, id, error);
    }
  }

  async #askForInfo({ network }: RemoteNetwork, id: EndpointId): Promise<void> {
    try {
      await (await this.#connect(network.driver)).endpointOperInfo(network.id, id);
    } catch (error) {
      throw new EngineError(kindOf(error), `Updating join info failed: ${messageOf(error)}`, {
        cause: error,
      });
    }
  }

  async #find(name: string): Promise<NetworkPlugin | undefined> {
    const plugin = await this.#deps.plugins.find(name, 'NetworkDriver');
    if (!plugin) return undefined;
    const known = this.#plugins.get(plugin) ?? new NetworkPlugin(plugin);
    this.#plugins.set(plugin, known);
    return known;
  }

  async #connect(name: string): Promise<NetworkPlugin> {
    const plugin = await this.#find(name);
    if (plugin) return plugin;
    throw new EngineError('not-found', `plugin "${name}" not found`);
  }
}
