// SPDX-License-Identifier: Apache-2.0
export type {
  ForwardTarget,
  HeldPorts,
  HoldOutcome,
  HostPortRange,
  HostPorts,
  PortFault,
} from './host-ports.ts';
export { createHostPorts } from './sockets.ts';
