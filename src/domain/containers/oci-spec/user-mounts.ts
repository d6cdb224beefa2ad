// SPDX-License-Identifier: Apache-2.0
import type { RuntimeMount } from '../../../spec/oci-runtime.ts';
import type { MountPoint } from '../container.ts';
import type { HostFacts, SpecInput } from './oci-spec.ts';
import { tmpfsOptions } from './tmpfs-options.ts';

/** From Linux 5.12 on mount_setattr(2) makes a whole tree read-only at once; the runtimes call that `rro`. */
export const canMountRecursivelyReadonly = ({
  kernelVersion: [major, minor],
}: Pick<HostFacts, 'kernelVersion'>): boolean => major > 5 || (major === 5 && minor >= 12);

const readonlyOption = ({ nonRecursive, readOnlyNonRecursive }: MountPoint, host: HostFacts): string =>
  nonRecursive || readOnlyNonRecursive || !canMountRecursivelyReadonly(host) ? 'ro' : 'rro';

const bind = (point: MountPoint, { host, placedSources }: SpecInput): RuntimeMount => {
  const readonly = readonlyOption(point, host);
  const propagation = point.propagation === '' ? 'rprivate' : point.propagation;
  return {
    destination: point.destination,
    type: 'bind',
    source: placedSources?.get(point.destination) ?? point.source,
    options: [point.nonRecursive ? 'bind' : 'rbind', ...(point.readWrite ? [] : [readonly]), propagation],
  };
};

const tmpfs = (destination: string, options: readonly string[]): RuntimeMount => ({
  destination,
  type: 'tmpfs',
  source: 'tmpfs',
  options: tmpfsOptions(options),
});

const mountOf = (point: MountPoint, input: SpecInput): RuntimeMount => {
  if (point.type !== 'tmpfs') return bind(point, input);
  const options = point.tmpfsOptions ?? [];
  return tmpfs(point.destination, point.readWrite ? options : [...options, 'ro']);
};

/** What the client mounts: binds, volumes and tmpfs. @throws invalid-argument for an unknown tmpfs option */
export const userMounts = (input: SpecInput): readonly RuntimeMount[] => {
  const { container } = input;
  const points = container.mountPoints.map((point) => mountOf(point, input));
  const plain = Object.entries(container.hostConfig.tmpfs ?? {});
  return [
    ...points,
    ...plain.map(([destination, options]) => tmpfs(destination, options === '' ? [] : options.split(','))),
  ];
};
