// SPDX-License-Identifier: Apache-2.0
import { EngineError, messageOf } from '../../../base/errors.ts';
import type { NetworkId } from '../../../base/ids.ts';
import type { Log } from '../../../base/log.ts';
import { containsIp, networkOf, parseIp, parseIpPrefix } from '../../../spec/ip.ts';
import type { Plugin, Plugins } from '../../plugins/index.ts';
import type { PlacedEndpoint } from '../driver.ts';
import { replayPools } from './lease-pools.ts';
import type { IpamLease } from './pool-lease.ts';
import { createRemoteIpam, type RemoteIpam } from './remote-ipam.ts';

export interface IpamLeasesDeps {
  readonly plugins: Plugins;
  readonly log: Log;
  /** Endpoints of all networks, as they are on record. */
  readonly endpointsOnRecord: () => readonly PlacedEndpoint[];
}

/** A network's lease, and the plugin that gave it. */
export interface LeasedNetwork {
  readonly ipam: RemoteIpam;
  readonly lease: IpamLease;
}

const poolOf = ({ pools }: IpamLease, address: string): string | undefined => {
  const wanted = parseIp(address);
  const isWithin = (subnet: string): boolean => {
    const prefix = parseIpPrefix(subnet);
    return wanted !== undefined && prefix !== undefined && containsIp(networkOf(prefix), wanted);
  };
  return pools.find(({ subnet }) => isWithin(subnet))?.id;
};

/** Which IPAM plugins gave which networks their subnets; the others have addresses of the engine's own. */
export class IpamLeases {
  readonly #deps: IpamLeasesDeps;
  readonly #leases = new Map<NetworkId, IpamLease>();
  readonly #asked = new WeakMap<Plugin, Promise<RemoteIpam>>();
  /** Of networks of an earlier daemon: whether the plugin knows again what it gave. */
  readonly #replays = new Map<NetworkId, Promise<void> | undefined>();

  constructor(deps: IpamLeasesDeps) {
    this.#deps = deps;
  }

  /** `isRestored`: an earlier daemon got it; the plugin may have to be told. */
  add(network: NetworkId, lease: IpamLease, isRestored: boolean): void {
    this.#leases.set(network, lease);
    if (isRestored) this.#replays.set(network, undefined);
  }

  delete(network: NetworkId): void {
    this.#leases.delete(network);
    this.#replays.delete(network);
  }

  /** How many networks there are of that kind. */
  get size(): number {
    return this.#leases.size;
  }

  has(network: NetworkId): boolean {
    return this.#leases.has(network);
  }

  /** @throws not-found `plugin "x" not found`; as the plugin says */
  async connect(name: string): Promise<RemoteIpam> {
    const plugin = await this.#deps.plugins.find(name, 'IpamDriver');
    if (!plugin) throw new EngineError('not-found', `plugin "${name}" not found`);
    const asked = this.#asked.get(plugin) ?? createRemoteIpam(plugin);
    this.#asked.set(plugin, asked);
    try {
      return await asked;
    } catch (error) {
      this.#asked.delete(plugin);
      throw error;
    }
  }

  /** The lease with its plugin, which knows all that it gave; nothing for a network of the engine's own addresses. @throws as `connect` */
  async of(network: NetworkId): Promise<LeasedNetwork | undefined> {
    const lease = this.#leases.get(network);
    if (!lease) return undefined;
    const ipam = await this.connect(lease.driver);
    if (this.#replays.has(network)) await this.#replayOnce(network, { ipam, lease });
    return { ipam, lease };
  }

  /** Tells forgetful plugins what they gave, as far as they answer; the others are told before they are asked for more. */
  async replay(): Promise<void> {
    for (const network of this.#replays.keys())
      try {
        await this.of(network);
      } catch (error) {
        const told = { network, reason: messageOf(error) };
        this.#deps.log.warn('the driver of a network’s addresses does not answer', told);
      }
  }

  async #replayOnce(network: NetworkId, leased: LeasedNetwork): Promise<void> {
    const replay = this.#replays.get(network) ?? this.#replay(network, leased);
    this.#replays.set(network, replay);
    try {
      await replay;
      this.#replays.delete(network);
    } catch (error) {
      if (this.#replays.has(network)) this.#replays.set(network, undefined);
      throw error;
    }
  }

  async #replay(network: NetworkId, { ipam, lease }: LeasedNetwork): Promise<void> {
    if (!ipam.requiresReplay) return;
    await replayPools(ipam, lease.options, lease.pools);
    const endpoints = this.#deps.endpointsOnRecord().filter((endpoint) => endpoint.network === network);
    for (const address of endpoints.flatMap(({ ipv4Address, ipv6Address }) => [ipv4Address, ipv6Address])) {
      const pool = poolOf(lease, address);
      if (pool !== undefined) await ipam.requestAddress(pool, address);
    }
  }
}
