// SPDX-License-Identifier: Apache-2.0
import { EngineError } from '../../../base/errors.ts';
import { type NetworkId, randomId } from '../../../base/ids.ts';
import { formatIp, parseIpPrefix } from '../../../spec/ip.ts';
import type { NetworkDraft, NetworkDriver, NetworkPlan } from '../network-driver.ts';
import type { IpamPool } from '../networks.ts';
import type { PlanSubnetsContext } from '../plan-subnets.ts';
import type { Debts } from '../remote/debts.ts';
import type { IpamLeases } from './ipam-leases.ts';
import { leasePools } from './lease-pools.ts';
import type { IpamLease, PoolLease } from './pool-lease.ts';

export interface LeaseAddressesDeps {
  readonly leases: IpamLeases;
  readonly debts: Debts;
  /** Networks that have got their addresses and are not made yet. */
  readonly leased: Set<NetworkId>;
}

const hostOf = (text: string): string => {
  const prefix = parseIpPrefix(text);
  return prefix ? formatIp(prefix) : '';
};

/** A lease as the client would have asked for it. */
const asPool = ({ subnet, range, gateway, auxiliaryAddresses }: PoolLease): IpamPool => ({
  subnet,
  ...(range !== '' && { ipRange: range }),
  ...(gateway !== '' && { gateway: hostOf(gateway) }),
  auxiliaryAddresses: Object.fromEntries(
    Object.entries(auxiliaryAddresses).map(([name, text]) => [name, hostOf(text)]),
  ),
});

const hasFamily = (pools: readonly IpamPool[], family: 4 | 6): boolean =>
  pools.some(({ subnet }) => parseIpPrefix(subnet)?.family === family);

/** What inspect shows: of each family what the client gave, or else what the plugin chose. */
const shownPools = (given: readonly IpamPool[], leased: readonly PoolLease[]): readonly IpamPool[] => {
  const chosen = leased.filter(({ family }) => !hasFamily(given, family));
  return [...given, ...chosen.map((lease) => ({ subnet: lease.subnet, gateway: hostOf(lease.gateway) }))];
};

/** Only of subnets that the client gave may a container choose its address. */
const givenBy = (
  { bridge, remote }: NetworkPlan,
  pools: readonly IpamPool[],
): Pick<NetworkPlan, 'bridge' | 'remote'> => ({
  ...(bridge && {
    bridge: { ...bridge, givenIpv4: hasFamily(pools, 4), givenIpv6: hasFamily(pools, 6) },
  }),
  ...(remote && { remote: { ...remote, given: pools.map(({ subnet }) => subnet) } }),
});

const planLeased = async (
  { leases, debts }: LeaseAddressesDeps,
  driver: NetworkDriver,
  draft: NetworkDraft,
  context: PlanSubnetsContext,
): Promise<NetworkPlan> => {
  const { request, ipv4, ipv6 } = draft;
  const { pools, driver: name, options = {} } = request.ipam;
  const ipam = await leases.connect(name);
  const id = randomId<NetworkId>();
  try {
    const leased = await leasePools({ ipam, debts }, { network: id, pools, options, ipv4, ipv6 });
    const lease: IpamLease = { driver: name, options, pools: leased };
    const asked = { ...request, ipam: { ...request.ipam, pools: leased.map(asPool) } };
    const network: NetworkDraft['network'] = () => ({ ...draft.network(shownPools(pools, leased)), id });
    // The plugin keeps its subnets apart, in a space of its own.
    const plan = await driver.plan({ ...draft, request: asked, network, lease }, { ...context, own: [] });
    return { ...plan, ...givenBy(plan, pools), lease };
  } catch (error) {
    await debts.pay(id);
    throw error;
  }
};

/** Networks of `driver`, with addresses of the engine's own or of an IPAM plugin's: whichever the client asks for. */
export const leaseAddresses = (deps: LeaseAddressesDeps, driver: NetworkDriver): NetworkDriver => {
  const { leases, debts, leased: fresh } = deps;
  return {
    plan: (draft, context) => {
      const name = draft.request.ipam.driver;
      if (name === '' || name === 'default') return driver.plan(draft, context);
      if (name === 'null' && driver.worksWithoutAddresses === true) return driver.plan(draft, context);
      if (name === 'null') throw new EngineError('invalid-argument', 'ipv4 pool is empty');
      return planLeased(deps, driver, draft, context).then((plan) => {
        fresh.add(plan.network.id);
        return plan;
      });
    },
    bringUp: (stored) => {
      const { id } = stored.network;
      if (stored.lease) leases.add(id, stored.lease, !fresh.delete(id));
      return driver.bringUp(stored);
    },
    tearDown: (stored) => {
      if (!stored.lease) return driver.tearDown(stored);
      leases.delete(stored.network.id);
      return debts.pay(stored.network.id).then(() => driver.tearDown(stored));
    },
  };
};
