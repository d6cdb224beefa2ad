// SPDX-License-Identifier: Apache-2.0
import { EngineError } from '../../../base/errors.ts';
import { shortId } from '../../../base/ids.ts';
import { networkOf, overlaps } from '../../../spec/ip.ts';
import type { Reach } from '../firewall/guarded-bridge.ts';
import type { NetworkDriver, NetworkDriverDeps, NetworkDraft, NetworkPlan } from '../network-driver.ts';
import type { Network } from '../networks.ts';
import { type PlanSubnetsContext, type SubnetPlan, planSubnets } from '../plan-subnets.ts';
import type { StoredBridge } from '../stored-network.ts';
import { BridgeNetwork } from './bridge-network.ts';
import { BRIDGE_NAME, type BridgeOptions, readBridgeOptions } from './bridge-options.ts';
import { type BridgeSettings, subnetsOf } from './bridge-settings.ts';
import { checkDeviceKind, checkDeviceName, makeBridge } from './make-bridge.ts';

/** A network that is cut off is reached from nowhere; what it would be otherwise makes no difference. */
const reachOf = (mode: BridgeOptions['gatewayModeIpv4']): Reach => (mode === 'isolated' ? 'nat' : mode);

const settingsOf = (
  { id, internal }: Network,
  options: BridgeOptions,
  { ipv4, ipv6 }: SubnetPlan,
): BridgeSettings => ({
  device: options.device === '' ? `br-${shortId(id)}` : options.device,
  ...(ipv4 ? { ipv4 } : {}),
  ...(ipv6 ? { ipv6 } : {}),
  mtu: options.mtu === 0 ? 1500 : options.mtu,
  icc: options.icc,
  masquerade: options.masquerade,
  internal,
  isolatedIpv4: options.gatewayModeIpv4 === 'isolated',
  isolatedIpv6: options.gatewayModeIpv6 === 'isolated',
  reachIpv4: reachOf(options.gatewayModeIpv4),
  reachIpv6: reachOf(options.gatewayModeIpv6),
  trusted: options.trusted,
  inhibitIpv4: options.inhibitIpv4,
  ...(options.hostIpv4 ? { hostIpv4: options.hostIpv4 } : {}),
  ...(options.hostIpv6 ? { hostIpv6: options.hostIpv6 } : {}),
  ...(options.hostAddress === '' ? {} : { hostAddress: options.hostAddress }),
  ...(options.interfacePrefix === '' ? {} : { interfacePrefix: options.interfacePrefix }),
});

const bridgesOf = ({ active }: NetworkDriverDeps): readonly BridgeNetwork[] =>
  [...active.values()].filter((one) => one instanceof BridgeNetwork);

const checkBridges = ({ id }: Network, settings: BridgeSettings, deps: NetworkDriverDeps): void => {
  const clash = (other: BridgeNetwork, why: string): EngineError =>
    new EngineError(
      'forbidden',
      `cannot create network ${id} (${settings.device}): conflicts with network ${other.network.id} (${other.settings.device}): ${why}`,
    );
  for (const other of bridgesOf(deps)) {
    if (other.settings.device === settings.device) throw clash(other, 'networks have same bridge name');
    for (const family of ['ipv4', 'ipv6'] as const) {
      const [theirs, ours] = [other.settings[family], settings[family]];
      if (theirs && ours && overlaps(networkOf(theirs.address), networkOf(ours.address)))
        throw clash(other, `networks have overlapping ${family === 'ipv4' ? 'IPv4' : 'IPv6'}`);
    }
  }
};

/** Families of a network that is cut off even from the host: there is nobody to be a gateway. */
const cutOff = ({ gatewayModeIpv4, gatewayModeIpv6 }: BridgeOptions): readonly (4 | 6)[] => [
  ...(gatewayModeIpv4 === 'isolated' ? ([4] as const) : []),
  ...(gatewayModeIpv6 === 'isolated' ? ([6] as const) : []),
];

const planBridge = (
  deps: NetworkDriverDeps,
  { request, ipv4, ipv6, network: make }: NetworkDraft,
  context: PlanSubnetsContext,
): NetworkPlan => {
  const { pools } = request.ipam;
  const options = readBridgeOptions(request.options, request.internal);
  if (options.device !== '') checkDeviceName(options.device);
  if (options.device !== '') checkDeviceKind(deps.host, options.device);
  const subnets = planSubnets(pools, { ipv4, ipv6, withoutGateway: cutOff(options) }, context);
  const network = make(subnets.shown);
  const settings = settingsOf(network, options, subnets);
  checkBridges(network, settings, deps);
  const given = (family: string): boolean =>
    pools.some(({ subnet }) => subnet.includes(':') === (family === 'ipv6'));
  const bridge = {
    settings,
    ownsDevice: deps.host.link(settings.device) === undefined,
    givenIpv4: given('ipv4'),
    givenIpv6: given('ipv6'),
  };
  return { network, bridge, subnets: subnetsOf(settings), warnings: options.warnings };
};

const bringUpBridge = (
  { host, remover, hostNetwork, setting, config }: NetworkDriverDeps,
  network: Network,
  { settings, givenIpv4, givenIpv6 }: StoredBridge,
): BridgeNetwork => {
  const index = makeBridge(host, settings);
  if (config().firewall) setting(`ipv4/conf/${settings.device}/route_localnet`, '1');
  if (settings.ipv6 && config().ipForward) {
    setting('ipv6/conf/default/forwarding', '1');
    setting('ipv6/conf/all/forwarding', '1');
  }
  const given = { ipv4: givenIpv4, ipv6: givenIpv6 };
  return new BridgeNetwork({ host, remover, hostNetwork }, network, settings, index, given);
};

/** Networks on a Linux bridge of their own. */
export const createBridgeDriver = (deps: NetworkDriverDeps): NetworkDriver => {
  const removals = new Map<string, Promise<void>>();
  return {
    plan: (draft, context) => {
      const leaving = removals.get(draft.request.options[BRIDGE_NAME] ?? '');
      // A client may have chosen the name of a device that is still on its way out.
      return leaving
        ? leaving.then(() => planBridge(deps, draft, context))
        : planBridge(deps, draft, context);
    },
    bringUp: ({ network, bridge }) => {
      if (bridge) return bringUpBridge(deps, network, bridge);
      throw new EngineError('internal', `network ${network.name} has no bridge on record`);
    },
    tearDown: async ({ bridge }) => {
      if (bridge?.ownsDevice !== true) return;
      const { device } = bridge.settings;
      const removal = deps.remover.remove(device);
      removals.set(
        device,
        removal.catch(() => undefined),
      );
      await removal.finally(() => removals.delete(device));
    },
  };
};
