// SPDX-License-Identifier: Apache-2.0
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from '../../base/errors.ts';
import type { ContainerId } from '../../base/ids.ts';
import type { Container } from './container.ts';
import type { Core } from './core.ts';
import { endTask } from './end-task.ts';
import type { EndedRun } from './state.ts';

export type RemoveContainerDeps = Pick<
  Core,
  | 'ledger'
  | 'runs'
  | 'waiters'
  | 'holds'
  | 'execs'
  | 'cleanups'
  | 'intents'
  | 'scheduler'
  | 'autoheal'
  | 'rootfs'
  | 'images'
  | 'volumes'
  | 'containerd'
  | 'store'
  | 'mounts'
  | 'mountDirectory'
  | 'runDirectory'
  | 'log'
>;

export interface RemovalRequest {
  /** Anonymous volumes go, too. */
  readonly volumes: boolean;
  /** What those who wait are told. */
  readonly exitCode: number;
}

const lastRun = ({ state }: Container): { readonly last?: EndedRun } => {
  if (state.status === 'removing' || state.status === 'dead') return state.last ? { last: state.last } : {};
  if (state.status !== 'exited' && state.status !== 'restarting') return {};
  const { status: _, ...last } = state;
  return { last };
};

const deleteVolumes = async (deps: RemoveContainerDeps, container: Container): Promise<void> => {
  for (const { type, name } of container.mountPoints) {
    if (type !== 'volume') continue;
    try {
      if (deps.volumes.get(name).anonymous) await deps.volumes.delete(name, { force: true });
    } catch (error) {
      // In use by another container, or gone: neither keeps this one from being removed.
      deps.log.debug('an anonymous volume stays', { volume: name, reason: messageOf(error) });
    }
  }
};

/** What a crash left mounted must not be removed through its mount point. */
const releaseLeftovers = (
  { mounts, mountDirectory, store }: Pick<Core, 'mounts' | 'mountDirectory' | 'store'>,
  id: ContainerId,
): void => {
  for (const folder of [join(store.directory(id), 'mounts'), join(mountDirectory, id)])
    if (existsSync(folder)) mounts.release(folder);
};

/** The container goes, its anonymous volumes stay: also over a crash from here on. */
const keepVolumes = async (deps: RemoveContainerDeps, { mountPoints }: Container): Promise<void> => {
  for (const { type, name } of mountPoints) {
    try {
      if (type === 'volume') await deps.volumes.keep(name);
    } catch (error) {
      deps.log.warn('a volume that is to stay could not be noted', {
        volume: name,
        reason: messageOf(error),
      });
    }
  }
};

/** What is left of a container on disk and in containerd; the record goes last, so that a crash finds what to finish. */
export const removeRemains = async (
  deps: Pick<Core, 'containerd' | 'images' | 'store' | 'mounts' | 'mountDirectory' | 'runDirectory'>,
  id: ContainerId,
): Promise<void> => {
  await endTask(deps, id);
  releaseLeftovers(deps, id);
  await deps.images.removeRootfs(id);
  await rm(join(deps.runDirectory, id), { recursive: true, force: true });
  await deps.store.remove(id);
};

/** Notes on disk that the container is to go. Where that can't be (a full disk) it goes without: removing makes room. */
const recordRemoving = async (deps: RemoveContainerDeps, container: Container): Promise<boolean> => {
  try {
    await deps.ledger.record({ ...container, state: { status: 'removing', ...lastRun(container) } });
    return true;
  } catch (error) {
    deps.log.warn('a removal could not be noted', { container: container.id, reason: messageOf(error) });
    return false;
  }
};

/**
 * Removes a container that does not run; its lock is held. Name, image and volumes are free when this returns, the
 * file system and containerd's records follow behind the answer.
 */
export const removeContainer = async (
  deps: RemoveContainerDeps,
  id: ContainerId,
  request: RemovalRequest,
): Promise<void> => {
  const container = deps.ledger.get(id);
  if (!container) return;
  deps.scheduler.reset(id);
  if (!request.volumes) await keepVolumes(deps, container);
  const journaled = await recordRemoving(deps, container);
  deps.holds.release(id);
  if (request.volumes) await deleteVolumes(deps, container);
  deps.ledger.forget(id);
  deps.rootfs.delete(id);
  deps.intents.forget(id);
  deps.autoheal.forget(id);
  deps.ledger.publish(container, 'destroy');
  deps.runs.forget(id);
  deps.execs.containerRemoved(id);
  deps.cleanups.enqueue(id, async () => removeRemains(deps, id));
  if (!journaled) await deps.cleanups.settled(id);
  deps.waiters.removed(id, { exitCode: request.exitCode });
};
