// SPDX-License-Identifier: Apache-2.0
export { createNetworkNamespaces } from './kernel.ts';
export type { NetworkNamespaces, OpenNamespace } from './netns.ts';
