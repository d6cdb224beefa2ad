// SPDX-License-Identifier: Apache-2.0
export { createPluginSockets } from './http.ts';
export type * from './plugin-sockets.ts';
