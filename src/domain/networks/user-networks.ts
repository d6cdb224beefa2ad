// SPDX-License-Identifier: Apache-2.0
import type { NetworkStore } from '../../adapters/store/index.ts';
import { EngineError, messageOf } from '../../base/errors.ts';
import { type NetworkId, shortId } from '../../base/ids.ts';
import type { Log } from '../../base/log.ts';
import { now } from '../../base/time.ts';
import { matchLabels, refuseUnknownFilters } from '../../spec/filters.ts';
import { untilFilter } from '../../spec/until-filter.ts';
import type { EventPublisher } from '../events/index.ts';
import { withDefaultOptions } from './default-options.ts';
import type { ActiveNetwork } from './driver.ts';
import type { NetworkDriver, NetworkDriverDeps, NetworkDrivers, NetworkPlan } from './network-driver.ts';
import type { Endpoint, Network, NetworkCreateRequest, NetworkListQuery } from './networks.ts';
import { occupiedSubnets, resolversOf } from './occupied-subnets.ts';
import { createClosedNetwork } from './plain-network.ts';
import { type PlanNetworkContext, driverOf, planNetwork } from './plan-network.ts';
import { type StoredNetwork, decodeNetwork, encodeNetwork } from './stored-network.ts';

export interface UserNetworksDeps extends Pick<NetworkDriverDeps, 'host' | 'hostNetwork' | 'config'> {
  /** All networks; those of users are added and removed here. */
  readonly active: Map<NetworkId, ActiveNetwork>;
  readonly drivers: NetworkDrivers;
  readonly store: Pick<NetworkStore, 'networks'>;
  readonly events: EventPublisher;
  readonly log: Log;
  readonly endpoints: (network: NetworkId) => readonly Endpoint[];
  /** The bridges are others: the firewall must know. */
  readonly bridgesChanged: () => void;
}

/** What a network takes that is being made. */
interface Pending {
  readonly name: string;
  subnets: NetworkPlan['subnets'];
}

const CONFIG_ONLY = 'cannot create endpoint on configuration-only network';

/** The networks that users make: on record before they are made, and off it after they are gone. */
export class UserNetworks {
  readonly #deps: UserNetworksDeps;
  readonly #stored = new Map<NetworkId, StoredNetwork>();
  /** Those whose drivers let us wait. */
  readonly #pending = new Set<Pending>();

  constructor(deps: UserNetworksDeps) {
    this.#deps = deps;
  }

  /** Makes again what is on record, as far as it is gone. One that cannot be made stays, closed. */
  async restore(): Promise<void> {
    for (const { document } of this.#deps.store.networks.load()) {
      const stored = decodeNetwork(document);
      if (!stored) continue;
      this.#stored.set(stored.network.id, stored);
      this.#deps.active.set(stored.network.id, await this.#activate(stored));
    }
  }

  async create(asked: NetworkCreateRequest): Promise<{ readonly id: NetworkId; readonly warning: string }> {
    const request = withDefaultOptions(asked, driverOf(asked), this.#deps.config());
    const { network, warnings } = await this.make(request);
    this.#publish('create', network);
    return { id: network.id, warning: warnings.join('\n') };
  }

  /** As `create`, of one that no client has asked for: as it is, and nobody is told. */
  async make(request: NetworkCreateRequest): Promise<Pick<NetworkPlan, 'network' | 'warnings'>> {
    const driver = request.configOnly ? undefined : await this.#deps.drivers.find(driverOf(request));
    const planned = planNetwork(request, this.#context(driver));
    // No turn for others before what is decided counts for them.
    const pending: Pending = { name: request.name, subnets: [] };
    this.#pending.add(pending);
    try {
      const { warnings, subnets, ...stored } = planned instanceof Promise ? await planned : planned;
      pending.subnets = subnets;
      await this.#bringUp(stored);
      return { network: stored.network, warnings };
    } finally {
      this.#pending.delete(pending);
    }
  }

  /** @throws forbidden for a predefined network, one in use, and settings that another one has */
  async delete(network: Network): Promise<void> {
    const refuse = (why: string): EngineError =>
      new EngineError('forbidden', `error while removing network: ${why}`);
    const { id, name, predefined, configOnly } = network;
    if (predefined)
      throw new EngineError('forbidden', `${name} is a pre-defined network and cannot be removed`);
    const users = [...this.#deps.active.values()];
    if (configOnly && users.some((other) => other.network.configFrom === name))
      throw refuse(`configuration network "${name}" is in use`);
    const endpoints = this.#deps
      .endpoints(id)
      .map((endpoint) => `name:"${endpoint.containerName}" id:"${shortId(endpoint.id)}"`);
    if (endpoints.length > 0) throw refuse(`network ${name} has active endpoints (${endpoints.join(', ')})`);
    await this.#remove(this.#stored.get(id) ?? { network });
    this.#deps.bridgesChanged();
    this.#publish('destroy', network);
  }

  /** @throws invalid-argument for bad filters */
  async prune({ filters }: NetworkListQuery): Promise<readonly string[]> {
    refuseUnknownFilters(filters, ['label', 'label!', 'until']);
    const until = untilFilter(filters, now());
    const unwanted = filters['label!'] ?? [];
    const removed = [...this.#deps.active.values()]
      .map(({ network }) => network)
      .filter(
        (network) =>
          !network.predefined &&
          !network.configOnly &&
          this.#deps.endpoints(network.id).length === 0 &&
          (until === undefined || network.created < until) &&
          matchLabels(filters['label'], network.labels) &&
          !unwanted.some((label) => matchLabels([label], network.labels)),
      );
    const gone: string[] = [];
    // A container may have joined one while others were removed: that one stays.
    for (const network of removed) if (await this.#tryDelete(network)) gone.push(network.name);
    this.#deps.events.publish({
      type: 'network',
      action: 'prune',
      actor: '',
      attributes: { reclaimed: '0' },
    });
    return gone;
  }

  async #tryDelete(network: Network): Promise<boolean> {
    try {
      await this.delete(network);
      return true;
    } catch (error) {
      const reason = messageOf(error);
      this.#deps.log.warn('a network was not pruned', { network: network.id, name: network.name, reason });
      return false;
    }
  }

  async #bringUp(stored: StoredNetwork): Promise<void> {
    const { active, store } = this.#deps;
    const { id } = stored.network;
    store.networks.put(id, encodeNetwork(stored));
    try {
      active.set(id, await this.#make(stored));
      this.#stored.set(id, stored);
      this.#deps.bridgesChanged();
    } catch (error) {
      await this.#remove(stored);
      throw error;
    }
  }

  async #activate(stored: StoredNetwork): Promise<ActiveNetwork> {
    try {
      return await this.#make(stored);
    } catch (error) {
      const { id, name } = stored.network;
      const reason = messageOf(error);
      this.#deps.log.warn('a network could not be made again', { network: id, name, reason });
      return createClosedNetwork(stored.network, `network ${name} could not be restored: ${reason}`);
    }
  }

  async #make(stored: StoredNetwork): Promise<ActiveNetwork> {
    const { network } = stored;
    if (network.configOnly) return createClosedNetwork(network, CONFIG_ONLY);
    const driver = await this.#deps.drivers.find(network.driver, stored);
    if (!driver) throw new EngineError('not-found', `plugin "${network.driver}" not found`);
    return driver.bringUp(stored);
  }

  /** The device first: what is on record is made again at the next start, a device without record would stay for ever. */
  async #remove(stored: StoredNetwork): Promise<void> {
    const { id, driver } = stored.network;
    this.#deps.active.delete(id);
    await (await this.#deps.drivers.find(driver, stored))?.tearDown(stored);
    this.#stored.delete(id);
    this.#deps.store.networks.delete(id);
  }

  #context(driver: NetworkDriver | undefined): PlanNetworkContext {
    const { active, host, hostNetwork, config } = this.#deps;
    const networks = [...active.values()];
    const pending = [...this.#pending];
    const { text } = hostNetwork.resolverConfiguration();
    return {
      driver,
      networks: networks.map(({ network }) => network),
      pendingNames: pending.map(({ name }) => name),
      own: [...networks, ...pending].flatMap(({ subnets = [] }) => subnets),
      occupied: () => occupiedSubnets(host, resolversOf(text)),
      sources: config().addressPools,
      seed: networks.find(({ usesHost }) => usesHost)?.network.id ?? '',
    };
  }

  #publish(action: 'create' | 'destroy', { id, name, driver }: Network): void {
    this.#deps.events.publish({ type: 'network', action, actor: id, attributes: { name, type: driver } });
  }
}
