// SPDX-License-Identifier: Apache-2.0
export { createNftables } from './kernel.ts';
export type {
  Chain,
  ChainHook,
  Change,
  Element,
  ElementMap,
  Nftables,
  Removal,
  Table,
  TableContents,
} from './nftables.ts';
