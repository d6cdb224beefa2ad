// SPDX-License-Identifier: Apache-2.0
import {
  closeSync,
  constants,
  lchownSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { EngineError } from '../../base/errors.ts';
import { type IdMaps, rootOwner } from '../../spec/id-maps.ts';
import { errnoOf } from '../../sys/errno.ts';
import { detachMount, MS, mount } from '../../sys/mount.ts';
import { cloneMountTree } from '../../sys/open-tree.ts';
import type { ContainerFiles, PlacedMount, ViewPlan } from './container-files.ts';
import { makeDirectories } from './make-directories.ts';
import { placeOfOverlay, placesBelow } from '../../spec/mount-table.ts';
import { inside, openPath, self } from './open-file.ts';
import { O_PATH } from '../../sys/openat2.ts';
import { packLayer } from './pack-layer.ts';
import { viewOf } from './view.ts';

/** What Docker gives the mount points that it makes. */
const MOUNT_POINT_MODE = 0o755;

const readTable = (): string => readFileSync('/proc/self/mountinfo', 'utf8');

/** Mounts the layers of a container that does not run. The kernel cleans a work directory at each mount: this one is our own. */
const mountOverlay = (plan: ViewPlan, target: string, links: string, undo: DisposableStack): void => {
  const [overlay] = plan.rootfs;
  if (overlay === undefined || plan.workDirectory === undefined)
    throw new EngineError('internal', 'the container has no root file system that could be mounted');
  const work = mkdtempSync(join(dirname(plan.workDirectory), 'view-'));
  undo.defer(() => rmSync(work, { recursive: true, force: true }));
  const options = overlay.options.map((option) => {
    if (option.startsWith('workdir=')) return `workdir=${work}`;
    if (!option.startsWith('lowerdir=')) return option;
    // Short names: all options must fit into one page.
    const lowers = option.slice('lowerdir='.length).split(':');
    const names = lowers.map((lower, index) => {
      const name = join(links, String(index));
      symlinkSync(lower, name);
      return name;
    });
    return `lowerdir=${names.join(':')}`;
  });
  mount({ source: 'overlay', target, type: 'overlay', flags: 0, data: options.join(',') });
};

const bind = (source: string, target: string, recursive: boolean): void =>
  mount({ source, target, flags: MS.bind | (recursive ? MS.recursive : 0) });

/** The root file system as the container has it mounted, when it runs: a second overlay of the same layers would go its own way. */
const mountRoot = (plan: ViewPlan, target: string, links: string, undo: DisposableStack): void => {
  const [first] = plan.rootfs;
  if (first !== undefined && first.type !== 'overlay') return bind(first.source, target, false);
  const place =
    plan.upperDirectory === undefined ? undefined : placeOfOverlay(readTable(), plan.upperDirectory);
  if (place === undefined) mountOverlay(plan, target, links, undo);
  else bind(place, target, false);
};

/** Makes sure that something is there to mount on. */
const makeMountPoint = (
  root: number,
  destination: string,
  isDirectory: boolean,
  idMaps: IdMaps | undefined,
): void => {
  try {
    openPath(root, destination, O_PATH)[Symbol.dispose]();
    return;
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error;
  }
  using made = makeDirectories(
    root,
    isDirectory ? destination : posix.dirname(destination),
    MOUNT_POINT_MODE,
    idMaps,
  );
  if (isDirectory) return;
  const path = inside(made.fd, posix.basename(destination));
  writeFileSync(path, '', { flag: 'wx' });
  if (!idMaps) return;
  const { uid, gid } = rootOwner(idMaps);
  lchownSync(path, uid, gid);
};

const placeMount = (root: number, placed: PlacedMount, idMaps: IdMaps | undefined): void => {
  const stats = statSync(placed.source, { throwIfNoEntry: false });
  if (!stats) return;
  makeMountPoint(root, placed.destination, stats.isDirectory(), idMaps);
  using point = openPath(root, placed.destination, O_PATH);
  bind(placed.source, self(point.fd), placed.recursive);
  if (!placed.readOnly) return;
  // What was opened lies beneath the mount: its place has to be asked for again.
  using mounted = openPath(root, placed.destination, O_PATH);
  mount({ source: '', target: self(mounted.fd), flags: MS.remount | MS.bind | MS.readOnly });
};

/** Mounts what `plan` says, takes a copy of that which stands in no tree, and takes it away again: all in one turn. */
const openTree = (plan: ViewPlan, workDirectory: string, kept: DisposableStack): number => {
  mkdirSync(workDirectory, { recursive: true, mode: 0o700 });
  using undo = new DisposableStack();
  const folder = mkdtempSync(join(workDirectory, 'view-'));
  const target = join(folder, 'root');
  const links = join(folder, 'layers');
  for (const path of [target, links]) mkdirSync(path);
  undo.defer(() => {
    // Refused while something is mounted there: the container's files must not go with the folder.
    rmdirSync(target);
    rmSync(folder, { recursive: true, force: true });
  });
  mountRoot(plan, target, links, kept);
  undo.defer(() => {
    // Else the mounts below would go in the trees that they were bound from, too.
    mount({ source: '', target, flags: MS.private | MS.recursive });
    detachMount(target);
  });
  // What is mounted below from here on is not to be seen where the root was bound from.
  mount({ source: '', target, flags: MS.private });
  const root = undo.adopt(openSync(target, O_PATH | constants.O_DIRECTORY), closeSync);
  for (const placed of plan.mounts) placeMount(root, placed, plan.idMaps);
  return cloneMountTree(target);
};

const sweep = (workDirectory: string): void => {
  for (const place of placesBelow(readTable(), workDirectory)) {
    mount({ source: '', target: place, flags: MS.private | MS.recursive });
    detachMount(place);
  }
  if (placesBelow(readTable(), workDirectory).length === 0)
    rmSync(workDirectory, { recursive: true, force: true });
};

/** The kernel's mounts. `workDirectory` is for mount points that live a moment, and for nothing else. */
export const createContainerFiles = (workDirectory: string): ContainerFiles => ({
  open: (plan) => {
    using kept = new DisposableStack();
    const root = openTree(plan, workDirectory, kept);
    const release = kept.move();
    return viewOf(root, () => release.dispose(), plan.idMaps);
  },
  openDirectory: (path, idMaps) =>
    viewOf(openSync(path, O_PATH | constants.O_DIRECTORY), () => undefined, idMaps),
  packLayer,
  sweep: () => sweep(workDirectory),
});
