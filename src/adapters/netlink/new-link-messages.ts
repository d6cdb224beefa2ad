// SPDX-License-Identifier: Apache-2.0
import { ipBytes } from '../../spec/ip.ts';
import { NLM, RTM, attribute, byte, request } from './message.ts';
import type { NewLink, NewVxlan } from './new-link.ts';

/** Attributes of a link, of `<linux/if_link.h>`. */
const IFLA = { address: 1, name: 3, mtu: 4, link: 5, master: 10, linkInfo: 18, namespaceFd: 28 } as const;
const IFLA_INFO = { kind: 1, data: 2 } as const;
const IFLA_MACVLAN_MODE = 1;
const MACVLAN_MODE = { private: 1, vepa: 2, bridge: 4, passthru: 8 } as const;
const IFLA_IPVLAN = { mode: 1, flags: 2 } as const;
const IPVLAN_MODE = { l2: 0, l3: 1, l3s: 2 } as const;
const IPVLAN_FLAG = { bridge: 0, private: 1, vepa: 2 } as const;
const IFLA_VLAN_ID = 1;
const IFLA_VXLAN = { id: 1, local: 4, learning: 7, port: 15, local6: 17 } as const;
/** Length of `struct ifinfomsg`. */
const HEADER = 16;

const short = (value: number): Uint8Array => {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
};

const networkShort = (value: number): Uint8Array => {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
};

const vxlanData = ({ id, port, local }: NewVxlan): Buffer[] => [
  attribute(IFLA_VXLAN.id, id),
  attribute(local.family === 4 ? IFLA_VXLAN.local : IFLA_VXLAN.local6, ipBytes(local)),
  attribute(IFLA_VXLAN.learning, byte(1)),
  attribute(IFLA_VXLAN.port, networkShort(port)),
];

/** What the kind alone has. */
const dataOf = (link: NewLink): Buffer[] => {
  if (link.kind === 'macvlan') return [attribute(IFLA_MACVLAN_MODE, MACVLAN_MODE[link.mode])];
  if (link.kind === 'vlan') return [attribute(IFLA_VLAN_ID, short(link.id))];
  if (link.kind === 'vxlan') return vxlanData(link);
  if (link.kind === 'dummy') return [];
  return [
    attribute(IFLA_IPVLAN.mode, short(IPVLAN_MODE[link.mode])),
    attribute(IFLA_IPVLAN.flags, short(IPVLAN_FLAG[link.flag])),
  ];
};

const optional = (type: number, value: number | Uint8Array | undefined): Buffer[] =>
  value === undefined ? [] : [attribute(type, value)];

const macOf = (link: NewLink): Uint8Array | undefined =>
  'macAddress' in link && link.macAddress !== undefined
    ? Buffer.from(link.macAddress.replaceAll(':', ''), 'hex')
    : undefined;

/** One message makes it, already in its namespace and its bridge; it is down. */
export const newLink = (link: NewLink): Buffer =>
  request(RTM.newLink, NLM.create | NLM.exclusive, Buffer.alloc(HEADER), [
    attribute(IFLA.name, link.name),
    ...optional(IFLA.mtu, link.mtu),
    ...optional(IFLA.address, macOf(link)),
    ...optional(IFLA.link, 'parent' in link ? link.parent : undefined),
    ...optional(IFLA.master, 'master' in link ? link.master : undefined),
    ...optional(IFLA.namespaceFd, 'namespace' in link ? link.namespace : undefined),
    attribute(IFLA.linkInfo, [attribute(IFLA_INFO.kind, link.kind), attribute(IFLA_INFO.data, dataOf(link))]),
  ]);
