// SPDX-License-Identifier: Apache-2.0
import { EngineError } from '../../base/errors.ts';
import type { HostConfig } from '../../spec/host-config.ts';
import { type IdMaps, type Owner, rootOwner } from '../../spec/id-maps.ts';
import type { Container } from './container.ts';
import type { ContainersDeps } from './deps.ts';

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
