// SPDX-License-Identifier: Apache-2.0
import { chmodSync, chownSync, mkdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { EngineError } from '../../base/errors.ts';
import type { Owner } from '../../spec/id-maps.ts';
import type { Config } from '../config.ts';
import type { Paths } from '../paths.ts';
import type { RemappedRoot } from './remapped-root.ts';

/** Who is in the group may pass through, nobody else. */
const MODE = 0o710;
/** Everybody may pass through, and nobody but root may look. */
const PASSAGE = 0o701;

/** Whether `owner` may pass through a directory. */
const mayEnter = (path: string, { uid, gid }: Owner): boolean => {
  const stats = statSync(path);
  if (stats.uid === uid) return (stats.mode & 0o100) !== 0;
  return (stats.mode & (stats.gid === gid ? 0o010 : 0o001)) !== 0;
};

const open = (path: string, gid: number): void => {
  mkdirSync(path, { recursive: true, mode: MODE | PASSAGE });
  chownSync(path, process.getuid?.() ?? 0, gid);
  chmodSync(path, MODE);
};

const checkWay = (path: string, whole: string, owner: Owner): void => {
  if (path === '/') return;
  if (!mayEnter(path, owner))
    throw new EngineError(
      'conflict',
      `a subdirectory in your graphroot path (${whole}) restricts access to the remapped root uid/gid; please fix by allowing 'o+x' permissions on existing directories`,
    );
  checkWay(dirname(path), whole, owner);
};

const nameOf = ({ uid, gid }: Owner): string => `${uid}.${gid}`;

/**
 * Makes the directories in which a daemon with this remapped root keeps its data and its run-time state, below those that
 * were asked for: what one mapping wrote, another one can't use. The remapped root may pass through them, for in the exec
 * root containers' root file systems are mounted. @throws conflict when it could not get to the data
 */
export const makeRemappedRoots = (
  { dataRoot, execRoot }: Pick<Config, 'dataRoot' | 'execRoot'>,
  owner: Owner,
): void => {
  const path = join(dataRoot, nameOf(owner));
  for (const directory of [dataRoot, path, execRoot, join(execRoot, nameOf(owner))])
    open(directory, owner.gid);
  checkWay(dataRoot, path, owner);
};

/** Lets the remapped root through to what containers are given of these directories, and nobody see what is in them. */
export const openToRemappedRoot = (
  { containers, volumes }: Pick<Paths, 'containers' | 'volumes'>,
  { gid }: Owner,
): void => {
  open(containers, gid);
  chmodSync(volumes, PASSAGE);
};

/** The configuration with the places of a remapped root's own; a containerd that others use too gets namespaces of its own. */
export const remappedConfig = (config: Config, { owner, maps }: RemappedRoot): Config => {
  const { dataRoot, execRoot, containerd, containerdNamespace, pluginsNamespace } = config;
  const name = nameOf(owner);
  const own = { ...config, dataRoot: join(dataRoot, name), execRoot: join(execRoot, name) };
  if (containerd === '' || !maps) return own;
  return {
    ...own,
    containerdNamespace: `${containerdNamespace}-${name}`,
    pluginsNamespace: `${pluginsNamespace}-${name}`,
  };
};
