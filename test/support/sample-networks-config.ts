// SPDX-License-Identifier: Apache-2.0
import type { NetworksConfig } from '../../src/domain/networks/index.ts';

/** What the networks room reads of a daemon without any network option. */
export const sampleNetworksConfig: NetworksConfig = {
  bridge: '',
  bip: '',
  icc: true,
  ipForward: true,
  ipMasquerade: true,
  ipForwardNoDrop: false,
  firewall: true,
  firewall6: true,
  allowDirectRouting: false,
  userlandProxy: true,
  defaultHostAddress: '',
  mtu: 1500,
  dns: [],
  dnsOptions: [],
  dnsSearch: [],
  addressPools: [],
};
