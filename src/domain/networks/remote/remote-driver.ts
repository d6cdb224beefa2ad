// SPDX-License-Identifier: Apache-2.0
import { EngineError } from '../../../base/errors.ts';
import { formatIp, formatIpPrefix, networkOf, parseIpPrefix } from '../../../spec/ip.ts';
import { NETWORK_RANK } from '../ipam/lease-pools.ts';
import type { PoolLease } from '../ipam/pool-lease.ts';
import type { NetworkDraft, NetworkDriver, NetworkPlan } from '../network-driver.ts';
import type { IpamPool, Network } from '../networks.ts';
import { type PlannedSubnet, type PlanSubnetsContext, planSubnets } from '../plan-subnets.ts';
import type { StoredNetwork } from '../stored-network.ts';
import { isUnanswered } from './ask-plugin.ts';
import type { Debts, OwedCall } from './debts.ts';
import type { NetworkPlugin, PluginOptions, SubnetData } from './network-plugin.ts';
import { RemoteNetwork, type RemoteNetworkDeps } from './remote-network.ts';
import type { RemoteSubnet, StoredRemote } from './stored-remote.ts';

export interface RemoteDriverDeps extends RemoteNetworkDeps {
  readonly debts: Debts;
  /** Networks that are planned and not made yet. */
  readonly planned: Set<Network['id']>;
  /** Networks of plugins that there are. */
  readonly made: Set<Network['id']>;
  /** @throws not-found `plugin "x" not found`; as the plugin says */
  connect(name: string): Promise<NetworkPlugin>;
}

const NO_MANAGER =
  'This node is not a swarm manager. Use "docker swarm init" or "docker swarm join" to connect this node to swarm and try again.';
/** The engine's own addresses, as drivers know them. */
const OWN_SPACE = 'LocalDefault';
/** What networks without addresses have. */
const NO_SUBNET: IpamPool = { subnet: '0.0.0.0/0' };

const subnetDocument = ({ address, range, reserved }: PlannedSubnet): RemoteSubnet => ({
  address: formatIpPrefix(address),
  range: range ? formatIpPrefix(range) : '',
  reserved: reserved.map(formatIp),
});

const planOwn = ({ request, ipv6, ...draft }: NetworkDraft, context: PlanSubnetsContext): NetworkPlan => {
  const { pools } = request.ipam;
  const { ipv4, ipv6: six, shown } = planSubnets(pools, { ipv4: draft.ipv4, ipv6 }, context);
  const remote: StoredRemote = {
    ...(ipv4 && { ipv4: subnetDocument(ipv4) }),
    ...(six && { ipv6: subnetDocument(six) }),
    given: pools.map(({ subnet }) => subnet),
  };
  const subnets = [ipv4, six].flatMap((subnet) => subnet ?? []).map(({ address }) => networkOf(address));
  return { network: draft.network(shown), remote, subnets, warnings: [] };
};

const planRemote = (draft: NetworkDraft, context: PlanSubnetsContext): NetworkPlan => {
  const { request, lease } = draft;
  if (!lease && request.ipam.driver !== 'null') return planOwn(draft, context);
  const pools = lease ? request.ipam.pools : [NO_SUBNET];
  return { network: draft.network(pools), remote: { given: [] }, subnets: [], warnings: [] };
};

const ownData = (subnet: RemoteSubnet | undefined, { ipam }: Network): readonly SubnetData[] => {
  const address = parseIpPrefix(subnet?.address ?? '');
  if (!address) return [];
  const { length, family } = address;
  const pool = ipam.pools?.find((one) => parseIpPrefix(one.subnet)?.family === family);
  const auxiliary = Object.entries(pool?.auxiliaryAddresses ?? {});
  return [
    {
      addressSpace: OWN_SPACE,
      pool: formatIpPrefix(networkOf(address)),
      gateway: formatIpPrefix(address),
      auxiliaryAddresses: Object.fromEntries(auxiliary.map(([name, text]) => [name, `${text}/${length}`])),
    },
  ];
};

const leasedData = (pools: readonly PoolLease[], wanted: 4 | 6): readonly SubnetData[] =>
  pools
    .filter(({ family }) => family === wanted)
    .map(({ addressSpace, subnet, gateway, auxiliaryAddresses }) => ({
      addressSpace,
      pool: subnet,
      gateway,
      auxiliaryAddresses,
    }));

const NO_ADDRESSES: SubnetData = {
  addressSpace: 'null',
  pool: NO_SUBNET.subnet,
  gateway: '',
  auxiliaryAddresses: {},
};

/** The subnets as the plugin is told of them. */
const dataOf = ({ network, remote, lease }: StoredNetwork): Parameters<NetworkPlugin['createNetwork']>[2] => {
  if (lease) return { ipv4: leasedData(lease.pools, 4), ipv6: leasedData(lease.pools, 6) };
  if (network.ipam.driver === 'null') return { ipv4: [NO_ADDRESSES], ipv6: [] };
  return { ipv4: ownData(remote?.ipv4, network), ipv6: ownData(remote?.ipv6, network) };
};

const optionsOf = ({ ipv4, ipv6, internal, options }: Network): PluginOptions => ({
  'com.docker.network.enable_ipv4': ipv4,
  'com.docker.network.enable_ipv6': ipv6,
  'com.docker.network.generic': options,
  ...(internal && { 'com.docker.network.internal': true }),
});

const deletion = ({ id, driver }: Network): OwedCall => ({
  plugin: driver,
  can: 'NetworkDriver',
  method: 'NetworkDriver.DeleteNetwork',
  body: { NetworkID: id },
  rank: NETWORK_RANK,
});

const createRemotely = async (deps: RemoteDriverDeps, stored: StoredNetwork): Promise<void> => {
  const { debts } = deps;
  const { network } = stored;
  const plugin = await deps.connect(network.driver);
  debts.owe('network', network.id, deletion(network));
  try {
    await plugin.createNetwork(network.id, optionsOf(network), dataOf(stored));
  } catch (error) {
    // Who refuses has made nothing. Who does not answer may have.
    if (!isUnanswered(error)) debts.forgive(network.id, deletion(network));
    throw error;
  }
};

/** How networks of a plugin come and go. `isGlobal`: they are those of a cluster, and this host is in none. */
export const createRemoteDriver = (deps: RemoteDriverDeps, isGlobal: boolean): NetworkDriver => ({
  worksWithoutAddresses: true,
  // No wait here: what is chosen must count for others at once.
  plan: (draft, context) => {
    if (isGlobal) throw new EngineError('forbidden', NO_MANAGER);
    const plan = planRemote(draft, context);
    deps.planned.add(plan.network.id);
    return plan;
  },
  bringUp: async (stored) => {
    const { network, remote = { given: [] } } = stored;
    // One of an earlier daemon is the plugin's to remember.
    if (deps.planned.delete(network.id)) await createRemotely(deps, stored);
    deps.made.add(network.id);
    return new RemoteNetwork(deps, network, remote);
  },
  tearDown: async ({ network }) => {
    deps.made.delete(network.id);
    await deps.debts.pay(network.id);
  },
});
