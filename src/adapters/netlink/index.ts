// SPDX-License-Identifier: Apache-2.0
export { createNetlink } from './kernel.ts';
export type {
  Link,
  LinkAddress,
  LinkChange,
  LinkRemover,
  Neighbour,
  Netlink,
  NetlinkConnection,
  NewBridge,
  NewVeth,
  PortChange,
  Route,
} from './netlink.ts';
export type { Forwarding, IpvlanFlag, IpvlanMode, MacvlanMode, NewLink } from './new-link.ts';
