// SPDX-License-Identifier: Apache-2.0
import type { ContainerId } from '../../base/ids.ts';
import type { HostConfig } from '../../spec/host-config.ts';
import type { VolumeRename } from '../volumes/index.ts';
import type { Container, MountPoint } from './container.ts';
import type { Ledger } from './ledger.ts';

const pointAfter = (point: MountPoint, { from, to, oldMountpoint, mountpoint }: VolumeRename): MountPoint => {
  if (point.type !== 'volume' || point.name !== from) return point;
  return { ...point, name: to, source: point.source === oldMountpoint ? mountpoint : point.source };
};

/** `old:/data:ro` by the new name. A lone path is the destination of an anonymous volume. */
const bindAfter = (bind: string, { from, to }: VolumeRename): string =>
  bind.startsWith(`${from}:`) ? `${to}${bind.slice(from.length)}` : bind;

const hostConfigAfter = (hostConfig: HostConfig, change: VolumeRename): HostConfig => ({
  ...hostConfig,
  binds: hostConfig.binds && hostConfig.binds.map((bind) => bindAfter(bind, change)),
  mounts:
    hostConfig.mounts &&
    hostConfig.mounts.map((mount) =>
      mount.type === 'volume' && mount.source === change.from ? { ...mount, source: change.to } : mount,
    ),
});

/** The container with a volume's new name wherever the old one stood. */
export const withVolumeRenamed = (container: Container, change: VolumeRename): Container => ({
  ...container,
  mountPoints: container.mountPoints.map((point) => pointAfter(point, change)),
  hostConfig: hostConfigAfter(container.hostConfig, change),
});

/** Writes down that a volume of a container has another name. What a run has mounted is the same as before. */
export const followRename = async (
  { ledger }: { readonly ledger: Pick<Ledger, 'get' | 'lock' | 'record'> },
  id: ContainerId,
  change: VolumeRename,
): Promise<void> => {
  using _lock = await ledger.lock(id);
  const container = ledger.get(id);
  // Removed meanwhile.
  if (!container) return;
  await ledger.record(withVolumeRenamed(container, change));
};
