// SPDX-License-Identifier: Apache-2.0
import type { ContainerId } from '../../base/ids.ts';
import type { Core } from './core.ts';
import { cgroupDirectory } from './oci-spec/cgroups.ts';

export type ThawDeps = Pick<Core, 'cgroups' | 'ledger' | 'config' | 'host' | 'log'>;

/**
 * Lets a container that is to be ended go on, without asking its shim: what is frozen can't die, and a runtime that was
 * frozen with it on its way in keeps the shim from answering anybody.
 */
export const thawContainer = ({ cgroups, ledger, config, host, log }: ThawDeps, id: ContainerId): void => {
  const container = ledger.get(id);
  if (!container) return;
  const { cgroupParent } = config.current;
  if (cgroups.thaw(cgroupDirectory({ container, cgroupParent, host })))
    log.debug('a frozen container is thawed for its end', { container: id });
};
