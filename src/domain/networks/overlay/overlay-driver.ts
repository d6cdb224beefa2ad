// SPDX-License-Identifier: Apache-2.0
import { EngineError } from '../../../base/errors.ts';
import { shortId } from '../../../base/ids.ts';
import { parseIp, parseIpPrefix } from '../../../spec/ip.ts';
import type { NetworkDraft, NetworkDriver, NetworkDriverDeps, NetworkPlan } from '../network-driver.ts';
import { planOnParentSubnets } from '../on-parent/plan-on-parent-subnets.ts';
import type { PlanSubnetsContext } from '../plan-subnets.ts';
import { OverlayNetwork } from './overlay-network.ts';
import { type OverlayOptions, PEERS, readOverlayOptions } from './overlay-options.ts';
import type { StoredOverlay } from './stored-overlay.ts';
import { ensureLinks, tellPeers } from './tunnel.ts';

const NO_MANAGER =
  'This node is not a swarm manager. Use "docker swarm init" or "docker swarm join" to connect this node to swarm and try again.';

const checkTunnel = ({ active }: NetworkDriverDeps, { vni, port }: OverlayOptions): void => {
  const other = [...active.values()].find(
    (one) => one instanceof OverlayNetwork && one.settings.vni === vni && one.settings.port === port,
  );
  if (other)
    throw new EngineError(
      'forbidden',
      `network ${other.network.name} is already using the VXLAN id ${vni} on udp port ${port}`,
    );
};

/** What only the one who set up all hosts can see to. */
const warningsOf = ({ request }: NetworkDraft, { peers }: OverlayOptions): readonly string[] => {
  const { pools } = request.ipam;
  if (peers.length === 0) return [];
  if (pools.length === 0)
    return ['No subnet was given: other hosts must give this one, and each its own ip-range'];
  return pools.some(({ ipRange }) => ipRange === undefined)
    ? ['No ip-range was given: hosts without ranges of their own give the same addresses twice']
    : [];
};

const plan = (deps: NetworkDriverDeps, draft: NetworkDraft, context: PlanSubnetsContext): NetworkPlan => {
  const { name, options } = draft.request;
  // Its hosts would be told by a cluster's manager.
  if (options[PEERS] === undefined) throw new EngineError('forbidden', NO_MANAGER);
  const chosen = readOverlayOptions(options, name);
  checkTunnel(deps, chosen);
  const { subnets, shown } = planOnParentSubnets(draft, false, context);
  const network = draft.network(shown);
  const short = shortId(network.id);
  return {
    network,
    overlay: { ...chosen, bridge: `ov-${short}`, tunnel: `vx-${short}`, subnets },
    subnets: subnets.flatMap(({ subnet }) => parseIpPrefix(subnet) ?? []),
    warnings: warningsOf(draft, chosen),
  };
};

const bringUp = (deps: NetworkDriverDeps, overlay: StoredOverlay): number => {
  // Neither link is to have an address: the host is no part of the network.
  const bridge = ensureLinks(deps.host, overlay, (link) =>
    deps.setting(`ipv6/conf/${link}/disable_ipv6`, '1'),
  );
  const peers = overlay.peers.flatMap((text) => parseIp(text) ?? []);
  // After a restart others may have been told of meanwhile: traffic to them goes on.
  tellPeers(
    deps.host,
    overlay,
    peers.map((host) => ({ host, macAddresses: [] })),
    'kept',
  );
  return bridge;
};

/** Networks that several hosts have, whose peers are told by option or by a cluster. */
export const createOverlayDriver = (deps: NetworkDriverDeps): NetworkDriver => ({
  plan: (draft, context) => plan(deps, draft, context),
  bringUp: ({ network, overlay }) => {
    if (!overlay) throw new EngineError('internal', `network ${network.name} has no tunnel on record`);
    return new OverlayNetwork(deps, network, overlay, bringUp(deps, overlay));
  },
  tearDown: async ({ overlay }) => {
    if (!overlay) return;
    await deps.remover.remove(overlay.tunnel);
    await deps.remover.remove(overlay.bridge);
  },
});
