// SPDX-License-Identifier: Apache-2.0
import { EngineError } from '../../base/errors.ts';
import type { Container } from './container.ts';
import { type EndProcessDeps, killProcess } from './end-process.ts';
import { removalInProgress } from './errors.ts';
import type { RefreshLinksDeps } from './links/refresh-links.ts';
import { unlinkContainer } from './links/unlink.ts';
import { removeContainer } from './remove-container.ts';
import { hasProcess } from './state.ts';
import { cancelRestart } from './stop.ts';

export type DeleteDeps = EndProcessDeps & RefreshLinksDeps;

export interface DeleteOptions {
  /** Ends the container first when it runs. */
  readonly force: boolean;
  /** Anonymous volumes go, too. */
  readonly volumes: boolean;
  /** Only a legacy link's name is to go. */
  readonly link: boolean;
}

const WHY: Readonly<Record<string, string>> = {
  running: 'container is running: stop the container before removing or force remove',
  paused: 'container is paused and must be unpaused first',
  restarting: 'container is restarting: stop the container before removing or force remove',
};

/** @throws conflict when the container is in use and `force` is not given */
const assertRemovable = ({ name, state }: Container): void => {
  const why = WHY[state.status];
  if (why !== undefined) throw new EngineError('conflict', `cannot remove container "${name}": ${why}`);
};

const exitCodeOf = ({ state }: Container): number => (state.status === 'exited' ? state.exitCode : 0);

/** @throws conflict when it has been started meanwhile */
const removeStopped = async (deps: DeleteDeps, { id }: Container, options: DeleteOptions): Promise<void> => {
  using _lock = await deps.ledger.lock(id);
  const container = deps.ledger.get(id);
  // Gone by itself (AutoRemove) while it was being ended: that is what was asked for.
  if (!container) return;
  assertRemovable(container);
  await removeContainer(deps, id, { volumes: options.volumes, exitCode: exitCodeOf(container) });
};

/** Removes a container. @throws not-found; conflict while it runs (unless `force`) or is being removed already */
export const deleteContainer = async (
  deps: DeleteDeps,
  reference: string,
  options: DeleteOptions,
): Promise<void> => {
  if (options.link) return unlinkContainer(deps, reference);
  const container = deps.ledger.resolve(reference);
  using claim = deps.intents.removing(container.id);
  if (!claim) throw removalInProgress(reference);
  if (!options.force) assertRemovable(container);
  else {
    deps.intents.askStop(container.id);
    await cancelRestart(deps, container.id);
    const state = deps.ledger.get(container.id)?.state;
    if (state && hasProcess(state)) await killProcess(deps, container.id);
  }
  await removeStopped(deps, container, options);
};
