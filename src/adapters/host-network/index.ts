// SPDX-License-Identifier: Apache-2.0
export { createHostNetwork } from './files.ts';
export type { HostNetwork } from './host-network.ts';
