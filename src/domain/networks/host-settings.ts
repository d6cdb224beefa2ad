// SPDX-License-Identifier: Apache-2.0
import type { HostNetwork } from '../../adapters/host-network/index.ts';

/** Sets a kernel setting of the host, unless it has that value. */
export const ensureSetting = (hostNetwork: HostNetwork, name: string, value = '1'): void => {
  if (hostNetwork.setting(name) !== value) hostNetwork.changeSetting(name, value);
};

/** The same, where this kernel has it at all. */
export const ensureSettingIfThere = (hostNetwork: HostNetwork, name: string, value: string): void => {
  if (hostNetwork.setting(name) !== undefined) ensureSetting(hostNetwork, name, value);
};
