// SPDX-License-Identifier: Apache-2.0
import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { EngineError } from '../../base/errors.ts';
import { errnoOf, fileFailure } from '../../sys/errno.ts';
import type { Container } from './container.ts';
import type { CheckpointReference } from './containers.ts';
import type { Core } from './core.ts';

type PlaceDeps = Pick<Core, 'store' | 'config'>;

const internal = (text: string): EngineError => new EngineError('internal', text);

/** @throws not-implemented while the daemon does not run with `--experimental` */
export const assertExperimental = ({ config }: Pick<Core, 'config'>): void => {
  if (config.current.experimental) return;
  throw new EngineError(
    'not-implemented',
    'This experimental feature is disabled by default. Start the Docker daemon in experimental mode in order to enable it.',
  );
};

/** Where the container's checkpoints lie when a client names no other place: beside its record, with which they go. */
const ownDirectory = ({ store }: PlaceDeps, { id }: Container): string =>
  join(store.directory(id), 'checkpoints');

const kindOf = async (path: string): Promise<'absent' | 'directory' | 'other'> => {
  try {
    return (await stat(path)).isDirectory() ? 'directory' : 'other';
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') return 'absent';
    throw fileFailure(error);
  }
};

const occupied = (path: string): EngineError => internal(`${path} exists and is not a directory`);

/** Docker's names for checkpoints. Whoever has one may be told its place: it never leads out of the directory. */
const NAME = /^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/;

/** @throws internal, in Docker's words */
export const checkName = (name: string): void => {
  if (NAME.test(name)) return;
  throw internal(`Invalid checkpoint ID (${name}), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed`);
};

/** The directory in which all checkpoints lie. `called` is the container's name as errors tell it. @throws internal when a client's own is not there */
export const checkpointsDirectory = async (
  deps: PlaceDeps,
  container: Container,
  called: string,
  directory: string | undefined,
): Promise<string> => {
  if (directory === undefined) return ownDirectory(deps, container);
  const kind = await kindOf(directory);
  if (kind === 'absent') throw internal(`checkpoint  does not exist for container ${called}`);
  if (kind === 'other') throw occupied(directory);
  return directory;
};

/** Where a checkpoint lies that is there. @throws internal, in Docker's words */
export const findCheckpoint = async (
  deps: PlaceDeps,
  container: Container,
  called: string,
  { name, directory }: CheckpointReference,
): Promise<string> => {
  const path = join(directory ?? ownDirectory(deps, container), name);
  const kind = NAME.test(name) ? await kindOf(path) : 'absent';
  if (kind === 'absent') throw internal(`checkpoint ${name} does not exist for container ${called}`);
  if (kind === 'other') throw occupied(path);
  return path;
};

/** An empty directory for a new checkpoint. @throws internal when there is one of this name; insufficient-storage */
export const makeCheckpointDirectory = async (
  deps: PlaceDeps,
  container: Container,
  called: string,
  { name, directory }: CheckpointReference,
): Promise<string> => {
  const path = join(directory ?? ownDirectory(deps, container), name);
  const kind = await kindOf(path);
  if (kind === 'directory')
    throw internal(`checkpoint with name ${name} already exists for container ${called}`);
  if (kind === 'other') throw occupied(path);
  try {
    await mkdir(path, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw fileFailure(error);
  }
  return path;
};
