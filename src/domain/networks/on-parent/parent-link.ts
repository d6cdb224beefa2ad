// SPDX-License-Identifier: Apache-2.0
import type { NetlinkConnection } from '../../../adapters/netlink/index.ts';
import { EngineError } from '../../../base/errors.ts';
import { type NetworkId, shortId } from '../../../base/ids.ts';
import { errnoOf } from '../../../sys/errno.ts';
import { randomMacAddress } from '../mac-address.ts';
import { linkFailure } from './kernel-words.ts';

/** `macvlan` or `ipvlan`. */
export type OnParentKind = 'macvlan' | 'ipvlan';

/** Beginning of the names of parents that are made for a network alone, and of the other end of such a one. */
const OWN_PARENT = { macvlan: 'dm-', ipvlan: 'di-' } as const;
const OTHER_END = { macvlan: 'dmx', ipvlan: 'dix' } as const;
/** Numbers of VLANs, of IEEE 802.1Q: 12 bits, the first and the last of which are taken. */
const VLAN_IDS = [1, 4094] as const;
const MTU = 1500;

const refuse = (text: string): EngineError => new EngineError('internal', text);

/** Name of the parent that a network without one gets. */
export const ownParentName = (kind: OnParentKind, id: NetworkId): string =>
  `${OWN_PARENT[kind]}${shortId(id)}`;

/** Parent and number of `eth0.10`. @throws internal in Docker's words for other names, and when there is no such parent */
export const readVlanName = (
  host: NetlinkConnection,
  name: string,
): { readonly parent: number; readonly id: number } => {
  if (!name.includes('.'))
    throw refuse(`invalid subinterface vlan name ${name}, example formatting is eth0.10`);
  const [parent = '', number = '', ...rest] = name.split('.');
  if (rest.length > 0)
    throw refuse(
      `required interface name format is: name.vlan_id, ex. eth0.10 for vlan 10, instead received ${name}`,
    );
  if (!/^[+-]?\d+$/.test(number))
    throw refuse(`unable to parse a valid vlan id from: ${number} (ex. eth0.10 for vlan 10)`);
  const link = host.link(parent);
  if (!link) throw refuse(`-o parent interface was not found on the host: ${parent}`);
  const id = Number(number);
  if (id < VLAN_IDS[0] || id > VLAN_IDS[1]) throw refuse(`vlan id must be between 1-4094, received: ${id}`);
  return { parent: link.index, id };
};

const bringUp = (host: NetlinkConnection, name: string): void => {
  const link = host.link(name);
  if (link) host.changeLink(link.index, { up: true });
};

/** Where the kernel has no dummy links, a cable with both ends here does: nothing is at its other end. */
const makeOwnParent = (host: NetlinkConnection, kind: OnParentKind, name: string): void => {
  try {
    host.createLink({ kind: 'dummy', name });
  } catch (error) {
    if (errnoOf(error) !== 'EOPNOTSUPP') throw linkFailure('', error);
    const other = name.replace(OWN_PARENT[kind], OTHER_END[kind]);
    host.createVeth({ name, mtu: MTU, peer: { name: other, macAddress: randomMacAddress() } });
    bringUp(host, other);
  }
  bringUp(host, name);
};

const makeVlan = (host: NetlinkConnection, name: string): void => {
  const vlan = readVlanName(host, name);
  try {
    host.createLink({ kind: 'vlan', name, ...vlan });
  } catch (error) {
    throw linkFailure(`failed to create ${name} vlan link`, error);
  }
  bringUp(host, name);
};

/** Makes the parent of network `id`, unless it is there. @throws internal in Docker's words */
export const ensureParent = (
  host: NetlinkConnection,
  kind: OnParentKind,
  id: NetworkId,
  name: string,
): void => {
  if (host.link(name)) return;
  if (name === ownParentName(kind, id)) makeOwnParent(host, kind, name);
  else makeVlan(host, name);
};
