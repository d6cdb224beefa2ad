// SPDX-License-Identifier: Apache-2.0
import { EngineError } from '../../../base/errors.ts';
import type { Container } from '../container.ts';
import { isRestarting, notRunning } from '../errors.ts';
import type { Run } from '../state.ts';

/** A container in which a process can be started now. */
export type RunningContainer = Container & { readonly state: { readonly status: 'running' } & Run };

/**
 * Refuses what runs no process at the moment. `called` is the container as a paused one is named: as the client called
 * it at create, by its id at start.
 * @throws conflict in Docker's words
 */
export function assertCanExec(container: Container, called: string): asserts container is RunningContainer {
  const { status } = container.state;
  if (status === 'running') return;
  if (status === 'paused')
    throw new EngineError('conflict', `Container ${called} is paused, unpause the container before exec`);
  throw status === 'restarting' ? isRestarting(container.id) : notRunning(container.id);
}
