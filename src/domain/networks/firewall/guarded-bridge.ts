// SPDX-License-Identifier: Apache-2.0
import type { Port } from '../../../spec/port.ts';

/**
 * How containers of a bridge are reached from elsewhere: at published ports of the host alone (`nat`), at all of their
 * own ports besides (`nat-unprotected`), or at the published ones of their own, nothing being translated (`routed`).
 */
export type Reach = 'nat' | 'nat-unprotected' | 'routed';

/** What the packet filter must know of one family of a bridge. */
export interface GuardedSubnet {
  readonly subnet: string;
  readonly reach: Reach;
  readonly masquerade: boolean;
  /** The source address of what leaves, instead of that of the device by which it leaves. */
  readonly source?: string;
}

/** A bridge whose containers the packet filter guards. */
export interface GuardedBridge {
  /** The device's name, of letters, digits, `_`, `.` and `-`. */
  readonly device: string;
  readonly icc: boolean;
  /** Nothing passes to or from other devices. */
  readonly internal: boolean;
  /** Devices of the host from which published ports are reached at the containers' own addresses, whatever the reach. */
  readonly trusted: readonly string[];
  /** Absent without that family. */
  readonly ipv4?: GuardedSubnet;
  readonly ipv6?: GuardedSubnet;
}

/** A port of one container that another one reaches on a bridge that keeps its containers apart. */
export interface Opening {
  /** IPv4 addresses. */
  readonly from: string;
  readonly to: string;
  readonly port: Port;
}

/** The two families of tables, as nft calls them. */
export type Family = 'ip' | 'ip6';

/** Place of a table. */
export interface TablePlace {
  readonly table: string;
  readonly family?: 'ip6';
}

/** Where the engine's table of a family is; `name` is that of the IPv4 one. */
export const placeOf = (name: string, family: Family): TablePlace =>
  family === 'ip' ? { table: name } : { table: `${name}-ipv6`, family };
