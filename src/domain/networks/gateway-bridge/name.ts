// SPDX-License-Identifier: Apache-2.0

/** Docker's name of the network, and of its device, by which containers leave that have no other way out. */
export const GATEWAY_BRIDGE = 'docker_gwbridge';
