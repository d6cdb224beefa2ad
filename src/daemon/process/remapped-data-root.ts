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
  mkdirSync(path, { recursive: true, mode: MODE });
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
 * Makes the directory in which a daemon with this remapped root keeps its data, below the data root that was asked for:
 * what one mapping wrote, another one can't use. @throws conflict when the remapped root could not get there
 */
export const makeRemappedDataRoot = (dataRoot: string, owner: Owner): void => {
  const path = join(dataRoot, nameOf(owner));
  open(dataRoot, owner.gid);
  open(path, owner.gid);
  checkWay(dirname(path), path, owner);
};

/**
 * Lets the remapped root through to what containers are given of these directories, and nobody see what is in them. Below
 * the exec root containers' root file systems are mounted.
 */
export const openToRemappedRoot = (
  { containers, volumes, execRoot }: Pick<Paths, 'containers' | 'volumes' | 'execRoot'>,
  { gid }: Owner,
): void => {
  open(execRoot, gid);
  open(containers, gid);
  chmodSync(volumes, PASSAGE);
};

/** The configuration with the places of a remapped root's own; a containerd that others use too gets namespaces of its own. */
export const remappedConfig = (config: Config, { owner, maps }: RemappedRoot): Config => {
  const { dataRoot, containerd, containerdNamespace, pluginsNamespace } = config;
  const own = { ...config, dataRoot: join(dataRoot, nameOf(owner)) };
  if (containerd === '' || !maps) return own;
  return {
    ...own,
    containerdNamespace: `${containerdNamespace}-${nameOf(owner)}`,
    pluginsNamespace: `${pluginsNamespace}-${nameOf(owner)}`,
  };
};
