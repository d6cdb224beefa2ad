// SPDX-License-Identifier: Apache-2.0
import {
  chmodSync,
  chownSync,
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  realpathSync,
  rmdirSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { EngineError } from '../../base/errors.ts';
import type { Owner } from '../../spec/id-maps.ts';
import type { Mount } from '../../spec/mount.ts';
import { mountOfPath, placesBelow } from '../../spec/mount-table.ts';
import { errnoOf } from '../../sys/errno.ts';
import { detachMount, MS, mount } from '../../sys/mount.ts';
import { O_PATH, openInRoot } from '../../sys/openat2.ts';
import type { MountPropagation, Mounts } from './mounts.ts';

/** What everyone may write to, as /dev/shm and /tmp are. */
const OPEN_TO_ALL = 0o1777;

const readTable = (): string => readFileSync('/proc/self/mountinfo', 'utf8');

const self = (fd: number): string => `/proc/self/fd/${fd}`;

const HOST_ROOT: Owner = { uid: 0, gid: 0 };

/** What happens at a place of ours is nobody else's business. */
const makePrivate = (target: string): void => mount({ source: '', target, flags: MS.private | MS.recursive });

const mountMemory = (target: string, size: number, owner: Owner = HOST_ROOT): void => {
  const { uid, gid } = owner;
  const folder = mkdirSync(target, { recursive: true, mode: 0o710 });
  // The group may pass through: the runtime looks for it as the container's root.
  if (folder !== undefined) chownSync(folder, 0, gid);
  const flags = MS.noExec | MS.noSuid | MS.noDev;
  mount({
    source: 'shm',
    target,
    type: 'tmpfs',
    flags,
    data: `mode=1777,size=${size},uid=${uid},gid=${gid}`,
  });
  makePrivate(target);
  chmodSync(target, OPEN_TO_ALL);
};

/** The file or directory at `path` inside `root`, named but not opened. @throws not-found in Docker's words */
const nameInside = (root: number, path: string, shown: string): number => {
  try {
    return openInRoot(root, path, O_PATH);
  } catch (cause) {
    const missing = errnoOf(cause) === 'ENOENT' || errnoOf(cause) === 'ENOTDIR';
    if (!missing) throw cause;
    const why = `lstat ${shown}: ${errnoOf(cause) === 'ENOENT' ? 'no such file or directory' : 'not a directory'}`;
    throw new EngineError('not-found', `cannot access path ${shown}: ${why}`, { cause });
  }
};

/** Binds by the open file, so that nobody can exchange a part of the path between the look and the mount. */
const bindOpened = (file: number, target: string): void => {
  mkdirSync(dirname(target), { recursive: true, mode: 0o711 });
  if (fstatSync(file).isDirectory()) mkdirSync(target, { recursive: true });
  else writeFileSync(target, '');
  mount({ source: self(file), target, flags: MS.bind | MS.recursive });
  makePrivate(target);
};

const mountInside = (root: string, path: string, target: string): void => {
  using held = new DisposableStack();
  const folder = held.adopt(openSync(root, O_PATH | constants.O_DIRECTORY), closeSync);
  const file = held.adopt(nameInside(folder, path, join(root, path)), closeSync);
  bindOpened(file, target);
};

/** The layers' file system stands at `place` afterwards, its directories by short names: all options must fit into one page. */
const mountWhole = (layers: readonly Mount[], place: string, links: string): void => {
  const [first] = layers;
  if (!first) throw new EngineError('internal', 'the image has no layers to mount');
  if (first.type !== 'overlay') {
    mount({ source: first.source, target: place, flags: MS.bind });
    mount({ source: '', target: place, flags: MS.remount | MS.bind | MS.readOnly });
    return;
  }
  const lower = first.options.find((option) => option.startsWith('lowerdir='))?.slice('lowerdir='.length);
  const names = (lower ?? '').split(':').map((layer, index) => {
    const name = join(links, String(index));
    symlinkSync(layer, name);
    return name;
  });
  const data = `lowerdir=${names.join(':')}`;
  mount({ source: 'overlay', target: place, type: 'overlay', flags: MS.readOnly, data });
};

const mountLayers = (layers: readonly Mount[], path: string, target: string): void => {
  mkdirSync(dirname(target), { recursive: true, mode: 0o711 });
  using undo = new DisposableStack();
  const folder = undo.adopt(mkdtempSync(`${target}-`), (made) => rmSync(made, { recursive: true }));
  const place = join(folder, 'whole');
  const links = join(folder, 'layers');
  for (const each of [place, links]) mkdirSync(each);
  // Refused while something is mounted there: the image's files must not go with the folder.
  undo.defer(() => rmdirSync(place));
  mountWhole(layers, place, links);
  undo.defer(() => detachMount(place));
  makePrivate(place);
  mountInside(place, path === '' ? '/' : path, target);
};

const places = (directory: string): readonly string[] => placesBelow(readTable(), directory);

const removePoint = (place: string): void => {
  try {
    rmdirSync(place);
  } catch (error) {
    if (errnoOf(error) === 'ENOTDIR') unlinkSync(place);
    else if (errnoOf(error) !== 'ENOENT') throw error;
  }
};

/** What is mounted below another mount stands in somebody's files: those are not ours to tidy. */
const outermost = (all: readonly string[]): readonly string[] =>
  all.filter((place) => !all.some((other) => place.startsWith(`${other}/`)));

const release = (directory: string): void => {
  const ours = outermost(places(directory));
  for (const place of ours) {
    // Else what is mounted below would go where it was bound from, too.
    makePrivate(place);
    detachMount(place);
  }
  for (const place of new Set(ours)) removePoint(place);
};

const propagation = (path: string): MountPropagation => {
  const found = mountOfPath(readTable(), realpathSync(path));
  if (!found) throw new EngineError('not-found', `could not find source mount of ${path}`);
  const has = (kind: string): boolean => found.fields.some((field) => field.startsWith(`${kind}:`));
  return { mountPoint: found.place, shared: has('shared'), slave: has('master') };
};

const checkThere = (path: string): void => {
  if (statSync(path, { throwIfNoEntry: false })) return;
  let missing = path;
  while (!lstatSync(dirname(missing), { throwIfNoEntry: false })) missing = dirname(missing);
  const why = `lstat ${missing}: no such file or directory`;
  throw new EngineError('internal', `error evaluating symlinks from mount source "${path}": ${why}`);
};

/** Mounts of the host that containers are given. */
export const runMounts: Omit<Mounts, 'copyUp' | 'hasDirectory'> = {
  mountMemory,
  mountInside,
  mountLayers,
  places,
  release,
  checkThere,
  propagation,
};
