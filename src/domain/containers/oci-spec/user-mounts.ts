// SPDX-License-Identifier: Apache-2.0
import type { MountRequest } from '../../../spec/host-config.ts';
import type { RuntimeMount } from '../../../spec/oci-runtime.ts';
import type { MountPoint } from '../container.ts';
import type { HostFacts, SpecInput } from './oci-spec.ts';
import { tmpfsOptions } from './tmpfs-options.ts';

/** From Linux 5.12 on mount_setattr(2) makes a whole tree read-only at once; the runtimes call that `rro`. */
const canRecurse = ([major, minor]: HostFacts['kernelVersion']): boolean =>
  major > 5 || (major === 5 && minor >= 12);

const readonlyOption = (request: MountRequest | undefined, host: HostFacts): string =>
  request?.bindOptions?.readOnlyNonRecursive === true || !canRecurse(host.kernelVersion) ? 'ro' : 'rro';

const bind = (point: MountPoint, request: MountRequest | undefined, host: HostFacts): RuntimeMount => {
  const recursive = request?.bindOptions?.nonRecursive !== true;
  const readonly = recursive ? readonlyOption(request, host) : 'ro';
  const propagation = point.propagation === '' ? 'rprivate' : point.propagation;
  return {
    destination: point.destination,
    type: 'bind',
    source: point.source,
    options: [recursive ? 'rbind' : 'bind', ...(point.readWrite ? [] : [readonly]), propagation],
  };
};

const tmpfs = (destination: string, options: readonly string[]): RuntimeMount => ({
  destination,
  type: 'tmpfs',
  source: 'tmpfs',
  options: tmpfsOptions(options),
});

const mountOf = (point: MountPoint, request: MountRequest | undefined, host: HostFacts): RuntimeMount => {
  if (point.type !== 'tmpfs') return bind(point, request, host);
  const options = point.tmpfsOptions ?? [];
  return tmpfs(point.destination, point.readWrite ? options : [...options, 'ro']);
};

/** What the client mounts: binds, volumes and tmpfs. @throws invalid-argument for an unknown tmpfs option */
export const userMounts = ({ container, host }: SpecInput): readonly RuntimeMount[] => {
  const requests = new Map((container.hostConfig.mounts ?? []).map((mount) => [mount.target, mount]));
  const points = container.mountPoints.map((point) => mountOf(point, requests.get(point.destination), host));
  const plain = Object.entries(container.hostConfig.tmpfs ?? {});
  return [...points, ...plain.map(([destination, options]) => tmpfs(destination, options.split(',')))];
};
