// SPDX-License-Identifier: Apache-2.0
import type { Container } from './container.ts';
import type { ContainersDeps } from './deps.ts';
import type { DonatedNamespaces } from './namespace-donors.ts';
import type { SpecInput } from './oci-spec/oci-spec.ts';
import { idMapsOf } from './user-namespace.ts';

/**
 * The user namespace of a run. What another container gives (network, IPC, processes) belongs to that one's user namespace,
 * which has to be joined as well.
 */
export const userNamespaceOf = (
  deps: Pick<ContainersDeps, 'idMaps'>,
  container: Container,
  donated: DonatedNamespaces,
): SpecInput['userNamespace'] => {
  const maps = idMapsOf(deps, container);
  if (!maps) return undefined;
  const donor = donated.pid ?? donated.ipc ?? donated.network?.path;
  return { maps, ...(donor !== undefined && { path: donor.replace(/[^/]+$/, 'user') }) };
};
