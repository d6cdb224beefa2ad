// SPDX-License-Identifier: Apache-2.0
import type { Mounts } from '../../adapters/mounts/index.ts';
import { EngineError } from '../../base/errors.ts';
import type { MountRequest } from '../../spec/host-config.ts';
import type { Container, MountPoint } from './container.ts';
import { holdsDataRoot } from './data-root-mounts.ts';
import { canMountRecursivelyReadonly } from './oci-spec/user-mounts.ts';
import type { HostFacts } from './oci-spec/oci-spec.ts';
import { parseMountMode } from './mount-mode.ts';
import { cleanPath } from './planned-mount.ts';

interface CheckDeps {
  readonly mounts: Pick<Mounts, 'propagation' | 'checkThere'>;
  readonly host: HostFacts;
  readonly config: { readonly current: { readonly dataRoot: string } };
}

const refuse = (text: string): EngineError => new EngineError('internal', text);

const checkReadonly = ({ readOnly, bindOptions }: MountRequest, host: HostFacts): void => {
  if (!bindOptions) return;
  const { nonRecursive, readOnlyNonRecursive, readOnlyForceRecursive } = bindOptions;
  const conflict = (text: string): EngineError => refuse(`mount options conflict: ${text}`);
  if (!readOnly && readOnlyNonRecursive) throw conflict('!ReadOnly && BindOptions.ReadOnlyNonRecursive');
  if (!readOnly && readOnlyForceRecursive) throw conflict('!ReadOnly && BindOptions.ReadOnlyForceRecursive');
  if (!readOnlyForceRecursive) return;
  if (readOnlyNonRecursive) throw conflict('ReadOnlyNonRecursive && BindOptions.ReadOnlyForceRecursive');
  if (nonRecursive) throw conflict('NonRecursive && BindOptions.ReadOnlyForceRecursive');
  if (!canMountRecursivelyReadonly(host))
    throw refuse('rro is not supported: mount_setattr is not there (kernel is older than 5.12?)');
};

const isExplicit = ({ mode, destination }: MountPoint, requests: readonly MountRequest[]): boolean =>
  (parseMountMode(mode)?.propagation ?? '') !== '' ||
  requests.some(
    ({ target, bindOptions }) => cleanPath(target) === destination && (bindOptions?.propagation ?? '') !== '',
  );

const checkPropagation = (
  { mounts, config }: CheckDeps,
  point: MountPoint,
  requests: readonly MountRequest[],
): void => {
  const { propagation, source } = point;
  const wantsShared = propagation === 'shared' || propagation === 'rshared';
  const wantsSlave = propagation === 'slave' || propagation === 'rslave';
  if (!wantsShared && !wantsSlave) return;
  const found = mounts.propagation(source);
  if (found.shared || (wantsSlave && found.slave)) return;
  // What the engine itself asked for is taken as far as it goes.
  if (wantsSlave && !isExplicit(point, requests) && holdsDataRoot(source, config.current.dataRoot)) return;
  throw refuse(
    `path ${source} is mounted on ${found.mountPoint} but it is not a ${wantsShared ? 'shared' : 'shared or slave'} mount`,
  );
};

/** Checks what only shows at a start: contradicting options, a host that can't pass mounts on, volumes taken away by hand. @throws internal (Docker answers 500) */
export const checkMounts = (deps: CheckDeps, { hostConfig, mountPoints }: Container): void => {
  const requests = hostConfig.mounts ?? [];
  for (const request of requests) if (request.type === 'bind') checkReadonly(request, deps.host);
  for (const point of mountPoints) {
    if (point.type === 'bind') checkPropagation(deps, point, requests);
    // A plugin may tell only now where its volumes are.
    if (point.type === 'volume' && point.driver === 'local') deps.mounts.checkThere(point.source);
  }
};
