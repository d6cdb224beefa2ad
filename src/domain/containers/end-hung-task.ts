// SPDX-License-Identifier: Apache-2.0
import { within } from '../../base/async.ts';
import { isKind, messageOf } from '../../base/errors.ts';
import type { ContainerId } from '../../base/ids.ts';
import { seconds } from '../../base/time.ts';
import type { Core } from './core.ts';
import { endTask, type EndTaskDeps } from './end-task.ts';
import { type ThawDeps, thawContainer } from './thaw.ts';

export type EndHungTaskDeps = EndTaskDeps & ThawDeps & Pick<Core, 'cleanups'>;

/** How long containerd may take to tidy up behind a shim that is gone. */
const PATIENCE = seconds(20);

/**
 * Ends a task whose runtime hangs: its shim waits for it and would answer nobody. With the shim the runtime goes, too
 * (it asked the kernel for that), and containerd sees to the rest. What it does not get done in good time is gone on with
 * behind the answer.
 */
export const endHungTask = async (deps: EndHungTaskDeps, id: ContainerId): Promise<void> => {
  thawContainer(deps, id);
  await deps.containerd.endStrayShims((other) => other !== id);
  const ended = endTask(deps, id).then(
    () => true,
    (error: unknown) => {
      if (!isKind(error, 'cancelled'))
        deps.log.warn('a hung start could not be undone yet', { container: id, reason: messageOf(error) });
      return undefined;
    },
  );
  if ((await within(ended, PATIENCE)) !== true) deps.cleanups.enqueue(id, async () => endTask(deps, id));
};
