// SPDX-License-Identifier: Apache-2.0
import type { HostConfig } from '../../../spec/host-config.ts';
import type { HostFacts } from './oci-spec.ts';
import { parseSecurityOptions } from './security-options.ts';

/**
 * The AppArmor profile of a container: the one that is asked for, else the default one where it is loaded; privileged
 * containers have none. Empty where the kernel has no AppArmor: what is asked for has no effect there, as in dockerd.
 */
export const appArmorProfile = (
  { securityOpt, privileged }: Pick<HostConfig, 'securityOpt' | 'privileged'>,
  host: Pick<HostFacts, 'appArmor' | 'appArmorDefault'>,
): string => {
  if (!host.appArmor) return '';
  const { apparmor = '' } = parseSecurityOptions(securityOpt);
  if (apparmor !== '') return apparmor;
  if (privileged) return 'unconfined';
  return host.appArmorDefault ? 'docker-default' : '';
};
