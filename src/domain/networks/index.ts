// SPDX-License-Identifier: Apache-2.0
export { createNetworks } from './create-networks.ts';
export type { NetworksConfig } from './networks-config.ts';
export type { NetworksDeps } from './networks-deps.ts';
export type * from './networks.ts';
