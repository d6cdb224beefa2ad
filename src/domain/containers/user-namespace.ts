// SPDX-License-Identifier: Apache-2.0
import { EngineError } from '../../base/errors.ts';
import type { HostConfig } from '../../spec/host-config.ts';
import { type IdMaps, type Owner, rootOwner } from '../../spec/id-maps.ts';
import type { Container } from './container.ts';
import type { ContainersDeps } from './deps.ts';
import type { DonatedNamespaces } from './namespace-donors.ts';
import type { SpecInput } from './oci-spec/oci-spec.ts';

type NamespaceDeps = Pick<ContainersDeps, 'idMaps'>;

/** Whether the container does without the daemon's user namespace. */
export const isUnmapped = ({ usernsMode }: Pick<HostConfig, 'usernsMode'>): boolean => usernsMode === 'host';

/** How the container's ids lie on the host's; `undefined` when they are the same. */
export const idMapsOf = (
  { idMaps }: NamespaceDeps,
  { hostConfig }: Pick<Container, 'hostConfig'>,
): IdMaps | undefined => (isUnmapped(hostConfig) ? undefined : idMaps);

/** Who the container's root is on the host; `undefined` for the host's root. */
export const rootOwnerOf = (
  deps: NamespaceDeps,
  container: Pick<Container, 'hostConfig'>,
): Owner | undefined => {
  const maps = idMapsOf(deps, container);
  return maps && rootOwner(maps);
};

/**
 * The user namespace of a run. What another container gives (network, IPC, processes) belongs to that one's user namespace,
 * which has to be joined as well.
 */
export const userNamespaceOf = (
  deps: NamespaceDeps,
  container: Container,
  donated: DonatedNamespaces,
): SpecInput['userNamespace'] => {
  const maps = idMapsOf(deps, container);
  if (!maps) return undefined;
  const donor = donated.pid ?? donated.ipc ?? donated.network?.path;
  return { maps, ...(donor !== undefined && { path: donor.replace(/[^/]+$/, 'user') }) };
};

const conflicting = (text: string): EngineError => new EngineError('invalid-argument', text);

/** @throws invalid-argument for what a container in a user namespace can't have of the host */
export const checkUserNamespace = (hostConfig: HostConfig, idMaps: IdMaps | undefined): void => {
  if (!idMaps || isUnmapped(hostConfig)) return;
  const { privileged, networkMode, pidMode } = hostConfig;
  if (privileged)
    throw conflicting(
      'privileged mode is incompatible with user namespaces.  You must run the container in the host namespace when running privileged mode',
    );
  if (networkMode === 'host')
    throw conflicting("cannot share the host's network namespace when user namespaces are enabled");
  if (pidMode === 'host')
    throw conflicting('cannot share the host PID namespace when user namespaces are enabled');
};
