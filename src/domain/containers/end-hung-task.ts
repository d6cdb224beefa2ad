// SPDX-License-Identifier: Apache-2.0
import { sleep, within } from '../../base/async.ts';
import { messageOf } from '../../base/errors.ts';
import type { ContainerId } from '../../base/ids.ts';
import { milliseconds, seconds } from '../../base/time.ts';
import type { Core } from './core.ts';
import { endTask, type EndTaskDeps } from './end-task.ts';
import { type ThawDeps, thawContainer } from './thaw.ts';

export type EndHungTaskDeps = EndTaskDeps & ThawDeps & Pick<Core, 'cleanups' | 'lifetime'>;

/** How long containerd may take to tidy up behind a shim that is gone. */
const PATIENCE = seconds(20);

/** How often it is looked whether the shim, or the program that is to tidy up behind it, is gone. */
const LOOKS = 20;
const LOOK_PAUSE = milliseconds(250);

/** Ends the task's shim, and those that containerd starts to tidy up behind it: they call the same runtime. */
const endShims = async ({ containerd, lifetime }: EndHungTaskDeps, id: ContainerId): Promise<void> => {
  for (let [looks, quiet] = [0, 0]; looks < LOOKS && quiet < 3; looks += 1) {
    const ended = await containerd.endStrayShims((other) => other !== id);
    quiet = ended.length === 0 ? quiet + 1 : 0;
    await sleep(LOOK_PAUSE, lifetime).catch(() => undefined);
  }
};

const undo = async (deps: EndHungTaskDeps, id: ContainerId): Promise<void> => {
  await endShims(deps, id);
  await endTask(deps, id);
  await deps.containerd.dropBundle(id);
};

/**
 * Ends a task whose runtime hangs: its shim waits for it and would answer nobody. With the shim the runtime goes, too
 * (it asked the kernel for that). What does not get done in good time is gone on with behind the answer.
 */
export const endHungTask = async (deps: EndHungTaskDeps, id: ContainerId): Promise<void> => {
  thawContainer(deps, id);
  const undone = undo(deps, id).then(
    () => true,
    (error: unknown) => {
      deps.log.warn('a hung start could not be undone yet', { container: id, reason: messageOf(error) });
      return undefined;
    },
  );
  if ((await within(undone, PATIENCE)) !== true) deps.cleanups.enqueue(id, async () => undo(deps, id));
};
