// SPDX-License-Identifier: Apache-2.0
import { randomUUID } from 'node:crypto';
import { posix } from 'node:path';
import type { FileView, PlacedMount } from '../../adapters/container-files/index.ts';
import { Disposer } from '../../base/disposal.ts';
import type { ContainerId } from '../../base/ids.ts';
import type { Rootfs } from '../images/index.ts';
import type { Container } from './container.ts';
import type { Core } from './core.ts';
import { noSuchContainer } from './errors.ts';
import { makeBindSources } from './mount-sources.ts';
import { networkDonor } from './network-mode.ts';
import { networkFiles } from './network-setup.ts';
import { placedSources, placeForView, type RunMountDeps } from './run-mounts.ts';
import { hasProcess } from './state.ts';
import { idMapsOf, rootOwnerOf } from './user-namespace.ts';
import { useVolumes } from './volume-uses.ts';

export type ContainerViewDeps = Pick<Core, 'ledger' | 'rootfs' | 'files' | 'log'> & RunMountDeps;

/** A container's layers; asked of containerd once, as they do not change. */
export const findRootfs = async (deps: Pick<Core, 'rootfs' | 'images'>, id: ContainerId): Promise<Rootfs> => {
  const known = deps.rootfs.get(id) ?? (await deps.images.rootfs(id));
  deps.rootfs.set(id, known);
  return known;
};

/** The files by which the engine tells a container its names; before the first start there are none. */
const namesOf = (deps: Pick<Core, 'store'>, { id, hostConfig }: Container): readonly PlacedMount[] => {
  const files = networkFiles(deps, networkDonor(hostConfig.networkMode) ?? id);
  const placed = [
    ['/etc/resolv.conf', files.resolvConfPath],
    ['/etc/hostname', files.hostnamePath],
    ['/etc/hosts', files.hostsPath],
  ] as const;
  return placed.map(([destination, source]) => ({
    source,
    destination,
    readOnly: hostConfig.readonlyRootfs,
    recursive: false,
  }));
};

const depth = (path: string): number => posix.normalize(path).split('/').filter(Boolean).length;

/** What is mounted in the container from the host, parents first. A tmpfs lives in the running container alone. */
export const placedMounts = (
  deps: Pick<Core, 'store' | 'mountDirectory' | 'volumes'>,
  container: Container,
): readonly PlacedMount[] => {
  const sources = placedSources(deps, container);
  const points = container.mountPoints
    .filter(
      ({ type, source, destination }) => type !== 'tmpfs' && (source !== '' || sources.has(destination)),
    )
    .map((point) => ({
      source: sources.get(point.destination) ?? point.source,
      destination: point.destination,
      readOnly: !point.readWrite,
      recursive: point.nonRecursive !== true,
    }));
  const taken = new Set(points.map(({ destination }) => posix.normalize(destination)));
  const names = namesOf(deps, container).filter(({ destination }) => !taken.has(destination));
  return [...names, ...points].toSorted((a, b) => depth(a.destination) - depth(b.destination));
};

/** The container as it is now, and its files: those of volumes and binds too, unless `bare`. Whoever has the view disposes of it. */
export const openContainerView = async (
  deps: ContainerViewDeps,
  reference: string,
  { bare }: { readonly bare: boolean },
): Promise<{ readonly container: Container; readonly rootfs: Rootfs; readonly view: FileView }> => {
  const { id } = deps.ledger.resolve(reference);
  // No start or removal comes between the look at the mounts and the opening.
  using _lock = await deps.ledger.lock(id);
  const container = deps.ledger.get(id);
  if (!container) throw noSuchContainer(reference);
  const rootfs = await findRootfs(deps, id);
  await using placed = new Disposer();
  if (!bare) {
    if (!hasProcess(container.state)) {
      // A copy into a container that has not run yet goes where its binds lead.
      await makeBindSources(container.mountPoints, rootOwnerOf(deps, container));
      await useVolumes(deps, container, `view-${randomUUID()}`, placed);
    }
    await placeForView(deps, container, placed);
  }
  const { upperDirectory, workDirectory } = rootfs;
  const idMaps = idMapsOf(deps, container);
  const view = deps.files.open({
    rootfs: rootfs.mounts,
    ...(upperDirectory !== undefined && { upperDirectory }),
    ...(workDirectory !== undefined && { workDirectory }),
    mounts: bare ? [] : placedMounts(deps, container),
    ...(idMaps && { idMaps }),
  });
  return { container, rootfs, view };
};
