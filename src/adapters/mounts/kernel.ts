// SPDX-License-Identifier: Apache-2.0
import { closeSync, constants, mkdirSync, mkdtempSync, openSync, rmSync, symlinkSync } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { KeyedMutex } from '../../base/async.ts';
import { EngineError } from '../../base/errors.ts';
import { errnoOf, fileFailure } from '../../sys/errno.ts';
import { detachMount, MS, mount } from '../../sys/mount.ts';
import { O_PATH, openInRoot } from '../../sys/openat2.ts';
import { copyTree } from './copy-tree.ts';
import type { CopyUp, LayeredRoot, Mounts } from './mounts.ts';
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

/** Why `path` inside `root` is no directory, in Docker's words. */
const refuseSource = (root: number, path: string, thrown: unknown): unknown => {
  const cause = thrown instanceof EngineError ? thrown.cause : thrown;
  const refused = (text: string): EngineError => new EngineError('internal', text, { cause });
  if (errnoOf(cause) === 'ELOOP') return refused(`evalSymlinksInScope: too many links in ${path}`);
  if (errnoOf(cause) !== 'ENOTDIR') return thrown;
  try {
    closeSync(openInRoot(root, path, O_PATH));
    return refused(`source ${path} is not directory`);
  } catch {
    return refused(`lstat ${path}: not a directory`);
  }
};

/** The directory at `path` inside `root`; `undefined` when there is nothing. @throws internal when there is something else */
const openInside = (root: number, path: string): number | undefined => {
  try {
    return openInRoot(root, path, O_PATH | constants.O_DIRECTORY);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw refuseSource(root, path, error);
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
  try {
    return openSource(layered, path, workDirectory, open) !== undefined;
  } catch (error) {
    // A file: told when it comes to copying it.
    if (errnoOf(error) === 'ENOTDIR') return true;
    throw error;
  }
};

/** Beside the directory that is being filled: what a crash left there is in nobody's way. */
const FILLING = '.filling';

/** Fills `target` as a whole: it stands empty until all is there. What somebody put there meanwhile wins. */
const copyBeside = async (source: number, target: string): Promise<boolean> => {
  const beside = `${target}${FILLING}`;
  await rm(beside, { recursive: true, force: true });
  try {
    await mkdir(beside, { mode: 0o700 });
    await copyTree(source, beside);
    await rename(beside, target);
    return true;
  } catch (error) {
    await rm(beside, { recursive: true, force: true });
    if (errnoOf(error) === 'ENOTEMPTY' || errnoOf(error) === 'EEXIST') return false;
    throw error;
  }
};

const copyUp = async (
  { lowerDirectories }: LayeredRoot,
  { path, target, isOurs }: CopyUp,
  workDirectory: string,
): Promise<boolean> => {
  if (lowerDirectories.length === 0 || (await readdir(target)).length > 0) return false;
  using open = new DisposableStack();
  const source = openSource({ lowerDirectories }, path, workDirectory, open);
  if (source === undefined) return false;
  if (isOurs) return await copyBeside(source, target);
  await copyTree(source, target);
  return true;
};

/** The kernel's mounts; `workDirectory` is for mount points that live a moment. */
export const createMounts = (workDirectory: string): Mounts => {
  const filling = new KeyedMutex<string>();
  return {
    ...runMounts,
    hasDirectory: (root, path) => hasDirectory(root, path, workDirectory),
    copyUp: async (root, request) => {
      // Of two containers with the same new volume, the first one fills it.
      using _lock = await filling.lock(request.target);
      try {
        return await copyUp(root, request, workDirectory);
      } catch (error) {
        throw fileFailure(error);
      }
    },
  };
};
