// SPDX-License-Identifier: Apache-2.0
import { closeSync, constants, mkdirSync, mkdtempSync, openSync, rmSync, symlinkSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { errnoOf, fileFailure } from '../../sys/errno.ts';
import { detachMount, MS, mount } from '../../sys/mount.ts';
import { O_PATH, openInRoot } from '../../sys/openat2.ts';
import { copyTree } from './copy-tree.ts';
import type { LayeredRoot, Mounts } from './mounts.ts';
import { runMounts } from './run-mounts.ts';

const openDirectory = (path: string): number => openSync(path, constants.O_RDONLY | constants.O_DIRECTORY);

/**
 * Opens the layers as one directory. They are mounted for the moment of opening only: the open file keeps the mount
 * alive, and a crash leaves nothing mounted.
 */
const openLayers = (layers: readonly string[], workDirectory: string): number => {
  const [only] = layers;
  if (only !== undefined && layers.length === 1) return openDirectory(only);
  mkdirSync(workDirectory, { recursive: true, mode: 0o711 });
  const folder = mkdtempSync(join(workDirectory, '.layers-'));
  try {
    // Short names: all options of a mount must fit into one page.
    const names = layers.map((layer, index) => {
      const name = join(folder, String(index));
      symlinkSync(layer, name);
      return name;
    });
    const target = join(folder, 'root');
    mkdirSync(target);
    const data = `lowerdir=${names.join(':')}`;
    mount({ source: 'overlay', target, type: 'overlay', flags: MS.readOnly, data });
    try {
      return openDirectory(target);
    } finally {
      detachMount(target);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

/** The directory at `path` inside `root`; `undefined` when there is none. */
const openInside = (root: number, path: string): number | undefined => {
  try {
    return openInRoot(root, path, O_PATH | constants.O_DIRECTORY);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') return undefined;
    throw error;
  }
};

/** The directory that a volume is filled from, open as long as `open` lives. */
const openSource = (
  { lowerDirectories }: LayeredRoot,
  path: string,
  workDirectory: string,
  open: DisposableStack,
): number | undefined => {
  const root = open.adopt(openLayers(lowerDirectories, workDirectory), closeSync);
  const source = openInside(root, path);
  return source === undefined ? undefined : open.adopt(source, closeSync);
};

const hasDirectory = (layered: LayeredRoot, path: string, workDirectory: string): boolean => {
  if (layered.lowerDirectories.length === 0) return false;
  using open = new DisposableStack();
  return openSource(layered, path, workDirectory, open) !== undefined;
};

const copyUp = async (
  { lowerDirectories }: LayeredRoot,
  path: string,
  target: string,
  workDirectory: string,
): Promise<boolean> => {
  if (lowerDirectories.length === 0 || (await readdir(target)).length > 0) return false;
  using open = new DisposableStack();
  const source = openSource({ lowerDirectories }, path, workDirectory, open);
  if (source === undefined) return false;
  await copyTree(`/proc/self/fd/${source}`, target);
  return true;
};

/** The kernel's mounts; `workDirectory` is for mount points that live a moment. */
export const createMounts = (workDirectory: string): Mounts => ({
  ...runMounts,
  hasDirectory: (root, path) => hasDirectory(root, path, workDirectory),
  copyUp: async (root, path, target) => {
    try {
      return await copyUp(root, path, target, workDirectory);
    } catch (error) {
      throw fileFailure(error);
    }
  },
});
