// SPDX-License-Identifier: Apache-2.0
import type { Chain, Element, ElementMap, Table } from '../../../adapters/nftables/index.ts';
import { PORT_MAPS, PORT_MAPS6, TRANSLATIONS, TRANSLATIONS6 } from '../port-elements.ts';
import { type SecondPass, admittedChain, firstPassRule, keySets } from './second-pass.ts';
import { type Family, type Opening, type TablePlace, placeOf } from './guarded-bridge.ts';

/** Beginning of the names that belong to the host's administrator: the engine makes the chain of this name and no more. */
export const USERS = 'DOCKER-USER';
/** Which ways are open between containers that are kept apart otherwise. */
export const LINKED = 'linked';
/** The devices of all bridges. */
export const BRIDGES = 'bridges';
/** Those whose containers are kept apart from each other. */
export const APART = 'apart';
/** By device: what is to be thought of packets that come from a bridge, or go to one. */
export const FROM = 'from';
export const TO = 'to';
/** By source address, since a packet that departs does not tell whence it came: of which bridge's subnet it is. */
export const LEAVING = 'leaving';
/** What is forwarded between devices that are no bridges of the engine's ends here; it is there on demand. */
export const FOREIGN = 'foreign';

/** Priorities of <linux/netfilter_ipv4.h>: before connection tracking, destination NAT, filters, source NAT. */
const PRIORITY = { raw: -300, destination: -100, filter: 0, source: 100 } as const;

const MAPS: Readonly<Record<Family, readonly ElementMap[]>> = {
  ip: [...PORT_MAPS, { name: LINKED, type: 'ipv4_addr . ipv4_addr . inet_proto . inet_service : verdict' }],
  ip6: PORT_MAPS6,
};

const bridgeMaps = (family: Family): readonly ElementMap[] => [
  { name: BRIDGES, type: 'ifname' },
  { name: APART, type: 'ifname' },
  { name: FROM, type: 'ifname : verdict' },
  { name: TO, type: 'ifname : verdict' },
  // The second part of the key is always the same: of intervals alone, nft would read all elements at each change.
  { name: LEAVING, type: `ipv${family === 'ip' ? 4 : 6}_addr . ether_type : verdict`, intervals: true },
];

const TRANSLATED: Readonly<Record<Family, readonly string[]>> = { ip: TRANSLATIONS, ip6: TRANSLATIONS6 };

/** Bridges take packets to 127.0.0.0/8 so that the host reaches published ports there: none may come from a container. */
const GUARD_LOOPBACK: Chain = {
  name: 'raw',
  hook: { type: 'filter', hook: 'prerouting', priority: PRIORITY.raw },
  rules: [`iifname @${BRIDGES} ip daddr 127.0.0.0/8 drop`],
};

const forwardRules = (dropsForeign: boolean): readonly string[] => [
  `jump ${USERS}`,
  'ct state established,related accept',
  `iifname vmap @${FROM}`,
  `oifname vmap @${TO}`,
  ...(dropsForeign ? [`jump ${FOREIGN}`] : []),
];

const sourceRules = (family: Family): readonly string[] => [
  // From the host's own loopback address no answer would find its way back.
  ...(family === 'ip' ? [`oifname @${BRIDGES} ip saddr 127.0.0.0/8 masquerade`] : []),
  `${family} saddr . meta protocol vmap @${LEAVING}`,
];

/** What an engine's table depends on besides its bridges. */
export interface TableOptions {
  readonly family: Family;
  /** What is forwarded and is no concern of the engine's bridges is dropped. */
  readonly dropsForeign: boolean;
  /** The engine itself passes on what comes to published ports and is not translated. */
  readonly proxies: boolean;
  /** The cable of published ports that respect the host's firewall. */
  readonly secondPass?: SecondPass | undefined;
}

/** A port that is isolated takes nothing from its like, not even what the kernel has translated in the bridge: it is passed on. */
const FROM_APART = `iifname @${APART} return`;

const chainsOf = ({ family, dropsForeign, proxies, secondPass }: TableOptions): readonly Chain[] => [
  { name: USERS, rules: [] },
  ...(dropsForeign ? [{ name: FOREIGN, rules: [`iifname @${BRIDGES} accept`, 'drop'] }] : []),
  ...(family === 'ip' ? [GUARD_LOOPBACK] : []),
  {
    name: 'arriving',
    hook: { type: 'nat', hook: 'prerouting', priority: PRIORITY.destination },
    rules: [
      ...(secondPass ? [firstPassRule(secondPass, BRIDGES)] : []),
      ...(proxies ? [FROM_APART] : []),
      ...TRANSLATED[family],
    ],
  },
  ...(secondPass ? [admittedChain(secondPass, BRIDGES, family)] : []),
  {
    name: 'local',
    hook: { type: 'nat', hook: 'output', priority: PRIORITY.destination },
    rules: TRANSLATED[family],
  },
  {
    name: 'passing',
    hook: { type: 'filter', hook: 'forward', priority: PRIORITY.filter },
    rules: forwardRules(dropsForeign),
  },
  {
    name: 'departing',
    hook: { type: 'nat', hook: 'postrouting', priority: PRIORITY.source },
    rules: sourceRules(family),
  },
];

/** The engine's table of a family, without bridges and ports: both are elements, so that each costs the same however many there are. */
export const firewallTable = (name: string, options: TableOptions): Table => {
  const { family, secondPass } = options;
  const { table, ...place } = placeOf(name, family);
  const maps = [...MAPS[family], ...bridgeMaps(family), ...(secondPass ? keySets(family) : [])];
  return { name: table, ...place, maps, chains: chainsOf(options) };
};

/** The map element that lets one container reach a port of another. */
export const openingElement = ({ table }: TablePlace, { from, to, port }: Opening): Element => ({
  table,
  map: LINKED,
  key: `${from} . ${to} . ${port.protocol} . ${port.number}`,
  value: 'accept',
});
