// SPDX-License-Identifier: Apache-2.0
import type { Chain, Change, Element } from '../../../adapters/nftables/index.ts';
import { OPENED_RULE, OPENED_RULE6 } from '../port-elements.ts';
import type { Family, GuardedBridge, GuardedSubnet, TablePlace } from './guarded-bridge.ts';
import { APART, BRIDGES, FROM, LEAVING, LINKED, TO } from './table-rules.ts';

/** A bridge's own part of the engine's table of one family: chains, and the elements by which they are found. */
interface BridgeRules {
  readonly chains: readonly Chain[];
  readonly elements: readonly Omit<Element, 'table' | 'family'>[];
}

/** What rules for bridges depend on besides. */
export interface RuleContext {
  readonly family: Family;
  /** Published ports are reached at the containers' own addresses from anywhere but the engine's other bridges. */
  readonly allowDirect: boolean;
}

const OPENED = { ip: OPENED_RULE, ip6: OPENED_RULE6 } as const;
const ICMP = { ip: 'icmp', ip6: 'ipv6-icmp' } as const;

/** Between containers of the bridge; links are IPv4's alone. */
const neighbourRules = ({ device, icc }: GuardedBridge, family: Family): readonly string[] => {
  if (icc) return [`iifname "${device}" accept`];
  const linked = `iifname "${device}" ip saddr . ip daddr . meta l4proto . th dport vmap @${LINKED}`;
  return [...(family === 'ip' ? [linked] : []), `iifname "${device}" drop`];
};

/** From elsewhere, without translation. */
const directRules = (
  { trusted }: GuardedBridge,
  { reach }: GuardedSubnet,
  { family, allowDirect }: RuleContext,
): readonly string[] => {
  const opened = OPENED[family];
  if (reach === 'routed') return [`meta l4proto ${ICMP[family]} accept`, opened, 'drop'];
  const others = `iifname @${BRIDGES} drop`;
  if (reach === 'nat-unprotected') return [others, 'accept'];
  if (allowDirect) return [others, opened, 'drop'];
  if (trusted.length === 0) return ['drop'];
  return [others, `iifname { ${trusted.map((name) => `"${name}"`).join(', ')} } ${opened}`, 'drop'];
};

const arrivingRules = (
  bridge: GuardedBridge,
  subnet: GuardedSubnet,
  context: RuleContext,
): readonly string[] => {
  const neighbours = neighbourRules(bridge, context.family);
  if (bridge.internal) return [`iifname != "${bridge.device}" drop`, ...neighbours];
  return ['ct status dnat accept', ...neighbours, ...directRules(bridge, subnet, context)];
};

const translateSource = (source: string | undefined): string =>
  source === undefined ? 'masquerade' : `snat to ${source}`;

/** What has a source address of the bridge's subnet, as it departs. */
const sourceRules = (
  { device, internal }: GuardedBridge,
  { reach, masquerade, source }: GuardedSubnet,
): readonly string[] => {
  if (internal) return [];
  return [
    // A container that reaches its neighbour, or itself, by the host's port: the answer must pass by here again.
    `oifname "${device}" ct status dnat masquerade`,
    `oifname "${device}" accept`,
    ...(masquerade && reach !== 'routed' ? [translateSource(source)] : []),
  ];
};

/** What `bridge` adds to the table of a family; `undefined` when it has none of the family. */
const bridgeRules = (bridge: GuardedBridge, context: RuleContext): BridgeRules | undefined => {
  const subnet = context.family === 'ip' ? bridge.ipv4 : bridge.ipv6;
  if (!subnet) return undefined;
  const { device, internal } = bridge;
  const key = `"${device}"`;
  const parts = [
    { map: TO, key, verb: 'goto', rules: arrivingRules(bridge, subnet, context) },
    { map: FROM, key, verb: 'jump', rules: internal ? [`oifname != "${device}" drop`] : [] },
    {
      map: LEAVING,
      key: `${subnet.subnet} . ${context.family}`,
      verb: 'goto',
      rules: sourceRules(bridge, subnet),
    },
  ].filter(({ rules }) => rules.length > 0);
  return {
    chains: parts.map(({ map, rules }) => ({ name: `${map}-${device}`, rules })),
    elements: [
      { map: BRIDGES, key, value: '' },
      ...(bridge.icc ? [] : [{ map: APART, key, value: '' }]),
      ...parts.map(({ map, key: own, verb }) => ({ map, key: own, value: `${verb} ${map}-${device}` })),
    ],
  };
};

const NONE: BridgeRules = { chains: [], elements: [] };

/** What `bridge` adds to the table at `place`. */
export const bridgeParts = (
  place: TablePlace,
  bridge: GuardedBridge,
  context: RuleContext,
): { readonly chains: readonly Chain[]; readonly elements: readonly Element[] } => {
  const { chains, elements } = bridgeRules(bridge, context) ?? NONE;
  return { chains, elements: elements.map((element) => ({ ...place, ...element })) };
};

/** The changes that put a bridge's rules into the table at `place`, whose other rules and elements are not touched. */
export const addBridge = (
  place: TablePlace,
  bridge: GuardedBridge,
  context: RuleContext,
): readonly Change[] => {
  const { chains, elements } = bridgeParts(place, bridge, context);
  return [
    ...chains.map((chain): Change => ({ change: 'add-chain', ...place, chain })),
    ...elements.map((element): Change => ({ change: 'add-element', element })),
  ];
};

/** The changes that take them out again. */
export const removeBridge = (
  place: TablePlace,
  bridge: GuardedBridge,
  context: RuleContext,
): readonly Change[] => {
  const { chains, elements } = bridgeParts(place, bridge, context);
  return [
    ...elements.map((element): Change => ({ change: 'delete-element', element })),
    ...chains.map(({ name }): Change => ({ change: 'delete-chain', ...place, chain: name })),
  ];
};
