// SPDX-License-Identifier: Apache-2.0
import type { HostNetwork } from '../../adapters/host-network/index.ts';
import type { NetlinkConnection } from '../../adapters/netlink/index.ts';
import type { NetworkStore } from '../../adapters/store/index.ts';
import { EngineError, messageOf } from '../../base/errors.ts';
import { type NetworkId, shortId } from '../../base/ids.ts';
import type { Log } from '../../base/log.ts';
import { now } from '../../base/time.ts';
import { matchLabels, refuseUnknownFilters } from '../../spec/filters.ts';
import { untilFilter } from '../../spec/until-filter.ts';
import type { EventPublisher } from '../events/index.ts';
import { BridgeNetwork } from './bridge/bridge-network.ts';
import { makeBridge } from './bridge/make-bridge.ts';
import type { ActiveNetwork } from './driver.ts';
import type { Endpoint, Network, NetworkCreateRequest, NetworkListQuery } from './networks.ts';
import type { NetworksConfig } from './networks-config.ts';
import { occupiedSubnets, resolversOf } from './occupied-subnets.ts';
import { createClosedNetwork } from './plain-network.ts';
import { planNetwork, subnetsOf } from './plan-network.ts';
import { type StoredNetwork, decodeNetwork, encodeNetwork } from './stored-network.ts';

export interface UserNetworksDeps {
  /** All networks; those of users are added and removed here. */
  readonly active: Map<NetworkId, ActiveNetwork>;
  readonly host: NetlinkConnection;
  readonly hostNetwork: HostNetwork;
  readonly store: Pick<NetworkStore, 'networks'>;
  readonly events: EventPublisher;
  readonly log: Log;
  readonly config: () => NetworksConfig;
  readonly endpoints: (network: NetworkId) => readonly Endpoint[];
  /** The bridges are others: the firewall must know. */
  readonly bridgesChanged: () => void;
  /** Sets a kernel setting, if this kernel has it. */
  readonly setting: (name: string, value: string) => void;
}

const CONFIG_ONLY = 'cannot create endpoint on configuration-only network';

/** The networks that users make: on record before they are made, and off it after they are gone. */
export class UserNetworks {
  readonly #deps: UserNetworksDeps;
  /** Those whose device goes with them. */
  readonly #stored = new Map<NetworkId, StoredNetwork>();

  constructor(deps: UserNetworksDeps) {
    this.#deps = deps;
  }

  /** Makes again what is on record, as far as it is gone. One that cannot be made stays, closed. */
  restore(): void {
    for (const { document } of this.#deps.store.networks.load()) {
      const stored = decodeNetwork(document);
      if (!stored) continue;
      this.#stored.set(stored.network.id, stored);
      this.#deps.active.set(stored.network.id, this.#activate(stored));
    }
  }

  create(request: NetworkCreateRequest): { readonly id: NetworkId; readonly warning: string } {
    const { active, store } = this.#deps;
    const { warnings, ...stored } = planNetwork(request, this.#context());
    const { id } = stored.network;
    store.networks.put(id, encodeNetwork(stored));
    try {
      active.set(id, this.#make(stored));
      this.#stored.set(id, stored);
      this.#deps.bridgesChanged();
    } catch (error) {
      this.#remove(stored);
      throw error;
    }
    this.#publish('create', stored.network);
    return { id, warning: warnings.join('\n') };
  }

  /** @throws forbidden for a predefined network, one in use, and settings that another one has */
  delete(network: Network): void {
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
    this.#remove(this.#stored.get(id) ?? { network });
    this.#deps.bridgesChanged();
    this.#publish('destroy', network);
  }

  /** @throws invalid-argument for bad filters */
  prune({ filters }: NetworkListQuery): readonly string[] {
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
    for (const network of removed) this.delete(network);
    this.#deps.events.publish({
      type: 'network',
      action: 'prune',
      actor: '',
      attributes: { reclaimed: '0' },
    });
    return removed.map(({ name }) => name);
  }

  #activate(stored: StoredNetwork): ActiveNetwork {
    try {
      return this.#make(stored);
    } catch (error) {
      const { id, name } = stored.network;
      const reason = messageOf(error);
      this.#deps.log.warn('a network could not be made again', { network: id, name, reason });
      return createClosedNetwork(stored.network, `network ${name} could not be restored: ${reason}`);
    }
  }

  #make({ network, bridge }: StoredNetwork): ActiveNetwork {
    if (!bridge) return createClosedNetwork(network, CONFIG_ONLY);
    const { host, hostNetwork, setting, config } = this.#deps;
    const { settings } = bridge;
    const index = makeBridge(host, settings);
    if (config().firewall) setting(`ipv4/conf/${settings.device}/route_localnet`, '1');
    if (settings.ipv6 && config().ipForward) {
      setting('ipv6/conf/default/forwarding', '1');
      setting('ipv6/conf/all/forwarding', '1');
    }
    const given = { ipv4: bridge.givenIpv4, ipv6: bridge.givenIpv6 };
    return new BridgeNetwork({ host, hostNetwork }, network, settings, index, given);
  }

  /** The device first: what is on record is made again at the next start, a device without record would stay for ever. */
  #remove({ network: { id }, bridge }: StoredNetwork): void {
    this.#deps.active.delete(id);
    if (bridge?.ownsDevice === true) this.#deps.host.deleteLink(bridge.settings.device);
    this.#stored.delete(id);
    this.#deps.store.networks.delete(id);
  }

  #context(): Parameters<typeof planNetwork>[1] {
    const { active, host, hostNetwork, config } = this.#deps;
    const networks = [...active.values()];
    const bridges = networks.filter((one) => one instanceof BridgeNetwork);
    const { text } = hostNetwork.resolverConfiguration();
    return {
      networks: networks.map(({ network }) => network),
      bridges,
      hasDevice: (name) => host.link(name) !== undefined,
      own: bridges.flatMap(({ settings }) => subnetsOf(settings)),
      occupied: () => occupiedSubnets(host, resolversOf(text)),
      sources: config().addressPools,
      seed: networks.find(({ usesHost }) => usesHost)?.network.id ?? '',
    };
  }

  #publish(action: 'create' | 'destroy', { id, name, driver }: Network): void {
    this.#deps.events.publish({ type: 'network', action, actor: id, attributes: { name, type: driver } });
  }
}
