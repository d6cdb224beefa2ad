// SPDX-License-Identifier: Apache-2.0
import { isKind } from '../../base/errors.ts';
import { formatRfc3339, now } from '../../base/time.ts';
import { type ContainerId, parseId } from '../../base/ids.ts';
import type { ChainId } from '../../spec/digest.ts';
import type { Mount } from '../../spec/mount.ts';
import type { Snapshots } from '../../adapters/containerd/index.ts';
import type { Disk } from '../../adapters/disk/index.ts';
import type { Image } from './image.ts';
import type { Rootfs } from './images.ts';

/** Makes a snapshot a root of containerd's garbage collector. Source: containerd's documentation, "Garbage Collection". */
const GC_ROOT = 'containerd.io/gc.root';

export interface RootfsDeps {
  readonly snapshots: Snapshots;
  readonly disk: Disk;
  /** Unpacks the image's layers, when somebody removed them behind our back. */
  readonly ensureUnpacked: (image: Image) => Promise<void>;
  /** Names the committed snapshot of a chain. */
  readonly layers: { nameOf(chain: ChainId): string };
}

const optionOf = (mount: Mount, name: string): string | undefined =>
  mount.options.find((option) => option.startsWith(`${name}=`))?.slice(name.length + 1);

/** Reads the directories out of the snapshot's mount: an overlay, or a bind when no layer lies beneath. */
export const describeRootfs = (mounts: readonly Mount[]): Rootfs => {
  const [mount] = mounts;
  if (mount?.type !== 'overlay')
    return { mounts, ...(mount ? { upperDirectory: mount.source } : {}), lowerDirectories: [] };
  const upperDirectory = optionOf(mount, 'upperdir');
  const workDirectory = optionOf(mount, 'workdir');
  return {
    mounts,
    ...(upperDirectory === undefined ? {} : { upperDirectory }),
    lowerDirectories: (optionOf(mount, 'lowerdir') ?? '').split(':').filter((path) => path !== ''),
    ...(workDirectory === undefined ? {} : { workDirectory }),
  };
};

/** Makes the container's writable layer over the image's. A left-over of the same key is a conflict. */
export const prepareRootfs = async (
  { snapshots, ensureUnpacked, layers }: RootfsDeps,
  container: ContainerId,
  image: Image,
): Promise<Rootfs> => {
  const labels = { [GC_ROOT]: formatRfc3339(now()) };
  const parent = image.chainId === undefined ? '' : layers.nameOf(image.chainId);
  const prepare = async (): Promise<Rootfs> =>
    describeRootfs(await snapshots.prepare(container, parent, { labels }));
  try {
    return await prepare();
  } catch (error) {
    if (!isKind(error, 'not-found') || image.chainId === undefined) throw error;
    await ensureUnpacked(image);
    return prepare();
  }
};

export const removeRootfs = async (
  { snapshots }: Pick<RootfsDeps, 'snapshots'>,
  container: ContainerId,
): Promise<void> => {
  try {
    await snapshots.remove(container);
  } catch (error) {
    if (!isKind(error, 'not-found')) throw error;
  }
};

/** Bytes of the container's own files; where there is no directory for them, what the snapshotter counts. */
export const measureRootfs = async (
  { snapshots, disk }: Pick<RootfsDeps, 'snapshots' | 'disk'>,
  container: ContainerId,
): Promise<number> => {
  const { upperDirectory } = describeRootfs(await snapshots.mounts(container));
  if (upperDirectory !== undefined) return disk.contentSize(upperDirectory);
  return (await snapshots.usage(container)).bytes;
};

/** Removes the writable layers of containers that nobody knows. Gives how many. */
export const sweepRootfs = async (
  deps: Pick<RootfsDeps, 'snapshots'>,
  isKnown: (container: ContainerId) => boolean,
): Promise<number> => {
  const orphans: ContainerId[] = [];
  for await (const { key, kind } of deps.snapshots.list()) {
    const container = parseId<ContainerId>(key);
    if (kind === 'active' && container && !isKnown(container)) orphans.push(container);
  }
  for (const container of orphans) await removeRootfs(deps, container);
  return orphans.length;
};
