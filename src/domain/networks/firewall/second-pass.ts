// SPDX-License-Identifier: Apache-2.0
import { createHash, randomBytes } from 'node:crypto';
import type { Chain, Element, ElementMap } from '../../../adapters/nftables/index.ts';
import type { HostNetwork } from '../../../adapters/host-network/index.ts';
import type { NetlinkConnection } from '../../../adapters/netlink/index.ts';
import { EngineError } from '../../../base/errors.ts';
import { parseIp, parseIpPrefix } from '../../../spec/ip.ts';
import { PORT_MAPS, PORT_MAPS6 } from '../port-elements.ts';
import type { Family } from './guarded-bridge.ts';

/**
 * Published ports that respect the host's own firewall (ADR 21): what comes from outside is not translated at once. The
 * first packet of a flow is taken for the host's own and passes its `input` chains, whoever made them. Only what they
 * accept comes to the engine's chain behind them, which sends it once more into the host, through a cable of two
 * interfaces; there it is translated, and so is all that follows by the kernel's memory of flows.
 */
export interface SecondPass {
  /** The end by which a packet leaves, and the one by which it comes in again. */
  readonly out: string;
  readonly back: string;
}

/** The cable's names: an engine's own in its network namespace. */
export const secondPassOf = (table: string): SecondPass => {
  const hash = createHash('sha256').update(table).digest('hex').slice(0, 7);
  return { out: `berth${hash}o`, back: `berth${hash}i` };
};

/** Where nobody is: addresses of the link (RFC 3927, RFC 4291) that the cable's other end stands for. */
const BEYOND: Readonly<Record<Family, string>> = { ip: '169.254.255.254', ip6: 'fe80::feed:feed' };

/**
 * The near end's address, by which the kernel knows a way there; IPv6 knows one by itself. The far end needs one too: it
 * would take nothing from foreign sources without.
 */
const NEAR = parseIpPrefix('169.254.255.253/30');
const FAR = parseIpPrefix('169.254.255.249/32');

const MAPS: Readonly<Record<Family, readonly ElementMap[]>> = { ip: PORT_MAPS, ip6: PORT_MAPS6 };
const keysOf = (map: string): string => `${map}_keys`;

/** The maps that translate, each by what its keys are compared with. */
const TRANSLATING = [
  ['published_at', 'daddr . meta l4proto . th dport'],
  ['published_range_at', 'daddr . meta l4proto . th dport'],
  ['published', 'meta l4proto . th dport'],
  ['published_range', 'meta l4proto . th dport'],
] as const;

/** After everything that filters by the usual priorities; before the kernel remembers the flow, at the very end. */
const LAST = 400;

/** Sets of the keys of all maps that translate: kernels before 6.6 look maps up for their values alone. */
export const keySets = (family: Family): readonly ElementMap[] =>
  MAPS[family]
    .filter(({ name }) => TRANSLATING.some(([map]) => map === name))
    .map(({ name, type, intervals }) => ({
      name: keysOf(name),
      type: type.slice(0, type.indexOf(' : ')),
      ...(intervals === undefined ? {} : { intervals }),
    }));

/** Elements and, of those that translate, their keys. */
export const withKeys = (elements: readonly Element[]): readonly Element[] => [
  ...elements,
  ...elements
    .filter(({ map }) => TRANSLATING.some(([name]) => name === map))
    .map((element) => ({ ...element, map: keysOf(element.map), value: '' })),
];

/** Before translation: what comes from outside for the first time is left as it is. */
export const firstPassRule = ({ back }: SecondPass, bridges: string): string =>
  `iifname != "${back}" iifname != @${bridges} accept`;

/** Behind the host's own rules: what they let pass to a published port begins anew, and the container answers it. */
export const admittedChain = ({ out, back }: SecondPass, bridges: string, family: Family): Chain => ({
  name: 'admitted',
  hook: { type: 'filter', hook: 'input', priority: LAST },
  rules: [
    `iifname { "lo", "${back}" } accept`,
    `iifname @${bridges} accept`,
    'ct state != new accept',
    'fib daddr type != local accept',
    ...TRANSLATING.map(
      ([map, key]) =>
        `${key.startsWith('daddr') ? `${family} ` : ''}${key} @${keysOf(map)} dup to ${BEYOND[family]} device "${out}" drop`,
    ),
  ],
});

const randomMac = (): string =>
  `02${[...randomBytes(5)].map((byte) => `:${byte.toString(16).padStart(2, '0')}`).join('')}`;

/** Makes the cable, or takes over the one that is there. */
export const layCable = (
  host: NetlinkConnection,
  hostNetwork: HostNetwork,
  { out, back }: SecondPass,
  families: readonly Family[],
): void => {
  const macAddress = randomMac();
  host.deleteLink(out);
  host.createVeth({ name: out, mtu: 65_535, peer: { name: back, macAddress } });
  const [near, far] = [host.link(out)?.index, host.link(back)?.index];
  if (near === undefined || far === undefined) throw new EngineError('internal', `${out} vanished`);
  host.changeLink(far, { up: true });
  if (NEAR) host.addAddress(near, NEAR);
  if (FAR) host.addAddress(far, FAR);
  for (const family of families) {
    const address = parseIp(BEYOND[family]);
    if (address) host.setNeighbour({ index: near, address, macAddress, permanent: true });
  }
  // Clients are behind other interfaces. The stricter one of this setting and that for all interfaces holds, and 2, by
  // which any way back will do, is less strict than 1 (kernel's ip-sysctl).
  hostNetwork.changeSetting(`ipv4/conf/${back}/rp_filter`, '2');
};
