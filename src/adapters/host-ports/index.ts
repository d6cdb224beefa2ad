// SPDX-License-Identifier: Apache-2.0
export type { ForwardTarget, HeldPort, HostPort, HostPorts } from './host-ports.ts';
export { createHostPorts } from './sockets.ts';
