// SPDX-License-Identifier: Apache-2.0
import { isKind } from '../../base/errors.ts';
import type { ContainerId } from '../../base/ids.ts';
import { SIGKILL } from '../../spec/signals.ts';
import type { Core } from './core.ts';

export type EndTaskDeps = Pick<Core, 'containerd'>;

/** `undefined` when what `call` is about is gone already. */
const unlessGone = async <Value>(call: () => Promise<Value>): Promise<Value | undefined> => {
  try {
    return await call();
  } catch (error) {
    if (isKind(error, 'not-found')) return undefined;
    throw error;
  }
};

const deleteTask = async ({ containerd }: EndTaskDeps, id: ContainerId): Promise<void> => {
  try {
    await unlessGone(async () => containerd.tasks.delete({ id }));
  } catch {
    // It still runs: end it, and wait for that, or the delete would be refused again.
    await unlessGone(async () => containerd.tasks.kill({ id }, SIGKILL, { all: true }));
    await unlessGone(async () => containerd.tasks.wait({ id }, AbortSignal.timeout(KILL_PATIENCE)));
    await unlessGone(async () => containerd.tasks.delete({ id }));
  }
};

/** How long a killed process may take to vanish (ms). */
const KILL_PATIENCE = 10_000;

/** Removes a task, whatever its state, and containerd's record of the container. What is gone is no error. */
export const endTask = async (deps: EndTaskDeps, id: ContainerId): Promise<void> => {
  await deleteTask(deps, id);
  await unlessGone(async () => deps.containerd.containers.delete(id));
};
