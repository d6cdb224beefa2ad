// SPDX-License-Identifier: Apache-2.0
import type { Chain, Element, Table } from '../../adapters/nftables/index.ts';
import type { Port } from '../../spec/port.ts';
import {
  OPENED_RULE,
  OPENED_RULE6,
  PORT_MAPS,
  PORT_MAPS6,
  TRANSLATIONS,
  TRANSLATIONS6,
} from './port-elements.ts';

/** A bridge whose containers the packet filter guards. */
export interface GuardedBridge {
  /** The device's name, of letters, digits, `_`, `.` and `-`. */
  readonly device: string;
  readonly subnet: string;
  readonly icc: boolean;
  readonly masquerade: boolean;
  /** Absent without IPv6. */
  readonly subnet6?: string;
  /** Nothing passes to or from other devices. */
  readonly internal?: boolean;
  /** Containers are reached from other devices at all of their ports. */
  readonly unprotected?: boolean;
  /** The source address of what leaves, instead of that of the device by which it leaves. */
  readonly source?: string;
  readonly source6?: string;
}

/** A port of one container that another one reaches on a bridge that keeps its containers apart. */
export interface Opening {
  /** IPv4 addresses. */
  readonly from: string;
  readonly to: string;
  readonly port: Port;
}

/** Which ways are open between containers that are kept apart otherwise. */
const LINKED = 'linked';

/** Priorities of <linux/netfilter_ipv4.h>: before connection tracking, destination NAT, filters, source NAT. */
const PRIORITY = { raw: -300, destination: -100, filter: 0, source: 100 } as const;

const translateSource = (source: string | undefined): string =>
  source === undefined ? 'masquerade' : `snat to ${source}`;

const sourceRules = ({ device, subnet, masquerade, internal, source }: GuardedBridge): readonly string[] => [
  ...(masquerade && internal !== true
    ? [`ip saddr ${subnet} oifname != "${device}" ${translateSource(source)}`]
    : []),
  // From the host's own loopback address no answer would find its way back.
  `oifname "${device}" ip saddr 127.0.0.0/8 masquerade`,
  // A container that reaches its neighbour, or itself, by the host's port: the answer must pass by here again.
  `ip saddr ${subnet} ip daddr ${subnet} ct status dnat masquerade`,
];

/** Between containers of one bridge. */
const neighbourRules = ({ device, icc }: GuardedBridge): readonly string[] =>
  icc
    ? [`iifname "${device}" oifname "${device}" accept`]
    : [
        `iifname "${device}" oifname "${device}" ip saddr . ip daddr . meta l4proto . th dport vmap @${LINKED}`,
        `iifname "${device}" oifname "${device}" drop`,
      ];

const forwardRules = (bridge: GuardedBridge): readonly string[] => {
  const { device, internal, unprotected } = bridge;
  if (internal === true) return neighbourRules(bridge);
  return [
    `oifname "${device}" ct state established,related accept`,
    `oifname "${device}" ct status dnat accept`,
    `oifname "${device}" ${OPENED_RULE}`,
    ...neighbourRules(bridge),
    // What is not published is not reached from outside, even by a host that routes here.
    ...(unprotected === true ? [] : [`oifname "${device}" drop`]),
  ];
};

/** Nothing passes an internal bridge's edge, whatever other rules say. */
const isolationRules = (bridges: readonly GuardedBridge[]): readonly string[] =>
  bridges
    .filter(({ internal }) => internal === true)
    .flatMap(({ device }) => [
      `iifname "${device}" oifname != "${device}" drop`,
      `iifname != "${device}" oifname "${device}" drop`,
    ]);

/** Bridges whose containers are reached from outside are still closed to the engine's other ones. */
const unprotectedRules = (bridges: readonly GuardedBridge[]): readonly string[] => {
  const devices = bridges.map(({ device }) => `"${device}"`).join(', ');
  return bridges
    .filter(({ unprotected, internal }) => unprotected === true && internal !== true)
    .map(({ device }) => `iifname { ${devices} } oifname "${device}" iifname != "${device}" drop`);
};

/** The bridge takes packets to 127.0.0.0/8 so that the host reaches published ports there: none may come from a container. */
const guardLoopback = ({ device }: GuardedBridge): string => `iifname "${device}" ip daddr 127.0.0.0/8 drop`;

const chainsOf = (bridges: readonly GuardedBridge[]): readonly Chain[] => [
  {
    name: 'raw',
    hook: { type: 'filter', hook: 'prerouting', priority: PRIORITY.raw },
    rules: bridges.map(guardLoopback),
  },
  {
    name: 'arriving',
    hook: { type: 'nat', hook: 'prerouting', priority: PRIORITY.destination },
    rules: TRANSLATIONS,
  },
  {
    name: 'local',
    hook: { type: 'nat', hook: 'output', priority: PRIORITY.destination },
    rules: TRANSLATIONS,
  },
  {
    name: 'passing',
    hook: { type: 'filter', hook: 'forward', priority: PRIORITY.filter },
    rules: [...isolationRules(bridges), ...bridges.flatMap(forwardRules), ...unprotectedRules(bridges)],
  },
  {
    name: 'leaving',
    hook: { type: 'nat', hook: 'postrouting', priority: PRIORITY.source },
    rules: bridges.flatMap(sourceRules),
  },
];

/** The engine's table: ports as maps, so that publishing one adds an element and no rule. */
export const firewallTable = (name: string, bridges: readonly GuardedBridge[]): Table => ({
  name,
  maps: [...PORT_MAPS, { name: LINKED, type: 'ipv4_addr . ipv4_addr . inet_proto . inet_service : verdict' }],
  chains: chainsOf(bridges),
});

const forwardRules6 = ({ device, icc, internal, unprotected }: GuardedBridge): readonly string[] => [
  ...(internal === true
    ? []
    : [
        `oifname "${device}" ct state established,related accept`,
        `oifname "${device}" ct status dnat accept`,
        `oifname "${device}" ${OPENED_RULE6}`,
      ]),
  `iifname "${device}" oifname "${device}" ${icc ? 'accept' : 'drop'}`,
  ...(unprotected === true && internal !== true ? [] : [`oifname "${device}" drop`]),
];

const sourceRules6 = ({
  device,
  subnet6,
  masquerade,
  internal,
  source6,
}: GuardedBridge): readonly string[] => {
  if (subnet6 === undefined) return [];
  return [
    ...(masquerade && internal !== true
      ? [`ip6 saddr ${subnet6} oifname != "${device}" ${translateSource(source6)}`]
      : []),
    // As for IPv4: the answer to a neighbour must pass by here again.
    `ip6 saddr ${subnet6} ip6 daddr ${subnet6} ct status dnat masquerade`,
  ];
};

/** The table for IPv6. */
export const firewallTable6 = (name: string, bridges: readonly GuardedBridge[]): Table => ({
  name,
  family: 'ip6',
  maps: PORT_MAPS6,
  chains: [
    {
      name: 'arriving',
      hook: { type: 'nat', hook: 'prerouting', priority: PRIORITY.destination },
      rules: TRANSLATIONS6,
    },
    {
      name: 'local',
      hook: { type: 'nat', hook: 'output', priority: PRIORITY.destination },
      rules: TRANSLATIONS6,
    },
    {
      name: 'passing',
      hook: { type: 'filter', hook: 'forward', priority: PRIORITY.filter },
      rules: [...isolationRules(bridges), ...bridges.flatMap(forwardRules6), ...unprotectedRules(bridges)],
    },
    {
      name: 'leaving',
      hook: { type: 'nat', hook: 'postrouting', priority: PRIORITY.source },
      rules: bridges.flatMap(sourceRules6),
    },
  ],
});

/** The map element that lets one container reach a port of another. */
export const openingElement = (table: string, { from, to, port }: Opening): Element => ({
  table,
  map: LINKED,
  key: `${from} . ${to} . ${port.protocol} . ${port.number}`,
  value: 'accept',
});
