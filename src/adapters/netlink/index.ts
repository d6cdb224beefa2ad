// SPDX-License-Identifier: Apache-2.0
export { createNetlink } from './kernel.ts';
export type {
  Link,
  LinkAddress,
  LinkChange,
  Neighbour,
  Netlink,
  NetlinkConnection,
  NewBridge,
  NewVeth,
  PortChange,
  Route,
} from './netlink.ts';
