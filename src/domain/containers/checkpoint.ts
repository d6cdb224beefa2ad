// SPDX-License-Identifier: Apache-2.0
import { readdir, rm } from 'node:fs/promises';
import { EngineError } from '../../base/errors.ts';
import { errnoOf, fileFailure } from '../../sys/errno.ts';
import {
  assertExperimental,
  checkName,
  checkpointsDirectory,
  findCheckpoint,
  makeCheckpointDirectory,
} from './checkpoint-place.ts';
import type { Container } from './container.ts';
import type { CheckpointReference, CheckpointRequest } from './containers.ts';
import type { Core } from './core.ts';
import { noSuchContainer, notRunning, prefixed } from './errors.ts';

export type CheckpointDeps = Pick<Core, 'ledger' | 'containerd' | 'store' | 'config'>;

const makeDirectory = async (
  deps: CheckpointDeps,
  container: Container,
  called: string,
  request: CheckpointRequest,
): Promise<string> => {
  try {
    return await makeCheckpointDirectory(deps, container, called, request);
  } catch (error) {
    throw error instanceof EngineError ? prefixed(`cannot checkpoint container ${called}: `, error) : error;
  }
};

/** Has the runtime write the processes down. Of a checkpoint that fails nothing stays. */
const dump = async (
  { containerd }: CheckpointDeps,
  { id }: Container,
  called: string,
  directory: string,
  exit: boolean,
): Promise<void> => {
  try {
    await containerd.tasks.checkpoint(id, directory, { exit });
  } catch (error) {
    await rm(directory, { recursive: true, force: true });
    const text = error instanceof Error ? error.message : String(error);
    throw new EngineError('internal', `Cannot checkpoint container ${called}: ${text}`, { cause: error });
  }
};

/** Writes the state of a container's processes to disk, by CRIU. @throws conflict when it does not run; internal with what CRIU says */
export const createCheckpoint = async (
  deps: CheckpointDeps,
  reference: string,
  request: CheckpointRequest,
): Promise<void> => {
  assertExperimental(deps);
  const { id } = deps.ledger.resolve(reference);
  // No signal, pause or exec comes between; an exit that follows from it is dealt with afterwards.
  using _lock = await deps.ledger.lock(id);
  const container = deps.ledger.get(id);
  if (!container) throw noSuchContainer(reference);
  if (container.state.status !== 'running') throw notRunning(id);
  checkName(request.name);
  const directory = await makeDirectory(deps, container, reference, request);
  await dump(deps, container, reference, directory, request.exit);
  deps.ledger.publish(container, 'checkpoint');
};

/** Names of the checkpoints in the container's own directory, or in another. */
export const listCheckpoints = async (
  deps: CheckpointDeps,
  reference: string,
  directory: string | undefined,
): Promise<readonly string[]> => {
  assertExperimental(deps);
  const container = deps.ledger.resolve(reference);
  const place = await checkpointsDirectory(deps, container, reference, directory);
  try {
    const entries = await readdir(place, { withFileTypes: true });
    return entries
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name)
      .toSorted();
  } catch (error) {
    // Nothing was ever written down.
    if (errnoOf(error) === 'ENOENT') return [];
    throw fileFailure(error);
  }
};

/** @throws internal when there is no such checkpoint */
export const deleteCheckpoint = async (
  deps: CheckpointDeps,
  reference: string,
  checkpoint: CheckpointReference,
): Promise<void> => {
  assertExperimental(deps);
  const container = deps.ledger.resolve(reference);
  await rm(await findCheckpoint(deps, container, reference, checkpoint), { recursive: true, force: true });
};
