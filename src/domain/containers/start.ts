// SPDX-License-Identifier: Apache-2.0
import { EngineError, messageOf } from '../../base/errors.ts';
import type { Container } from './container.ts';
import type { CheckpointReference } from './containers.ts';
import type { Core } from './core.ts';
import { noSuchContainer } from './errors.ts';
import { healthAtStart } from './health/run-health.ts';
import { checkRequestedSources } from './mount-sources.ts';
import { type RemoveContainerDeps, removeContainer } from './remove-container.ts';
import { StartError } from './start-errors.ts';
import { type StartedRun, type StartRunDeps, startRun } from './start-run.ts';
import type { ContainerState, EndedRun } from './state.ts';

export type StartDeps = StartRunDeps &
  RemoveContainerDeps &
  Pick<Core, 'intents' | 'scheduler' | 'health' | 'log'>;

/** Who starts: a client, and the daemon as it boots, begin a new count of restarts; the restart policy goes on with the old one. */
export type Starter = 'client' | 'policy' | 'boot';

const conflict = (text: string): EngineError => new EngineError('conflict', text);

/** @throws conflict when the container can't be started now */
const assertStartable = (deps: StartDeps, { id, state }: Container): void => {
  if (deps.intents.isClosing)
    throw new EngineError('unavailable', 'the daemon is shutting down and starts no containers');
  if (state.status === 'paused') throw conflict('cannot start a paused container, try unpause instead');
  if (state.status === 'dead') throw conflict('container is dead and cannot be started');
  if (state.status === 'removing' || deps.intents.isRemoving(id))
    throw conflict('container is marked for removal and cannot be started');
};

const endedRun = (state: ContainerState): EndedRun | undefined =>
  state.status === 'exited' || state.status === 'restarting'
    ? {
        exitCode: state.exitCode,
        error: state.error,
        oomKilled: state.oomKilled,
        startedAt: state.startedAt,
        finishedAt: state.finishedAt,
      }
    : undefined;

const failedState = (state: ContainerState, { outcome, isEarly }: StartError): ContainerState => {
  const previous = endedRun(state);
  if (!previous) return { status: 'created', failure: outcome };
  const stays = isEarly && previous.exitCode !== 0;
  return { status: 'exited', ...previous, ...outcome, ...(stays && { exitCode: previous.exitCode }) };
};

/** Remembers why the start failed; a container that was to remove itself is removed. */
const recordFailure = async (deps: StartDeps, container: Container, failure: StartError): Promise<void> => {
  const { outcome } = failure;
  await deps.ledger.recordFact({ ...container, state: failedState(container.state, failure) });
  if (container.hostConfig.autoRemove && !deps.intents.isRestarting(container.id)) {
    await removeContainer(deps, container.id, { volumes: true, exitCode: outcome.exitCode });
    return;
  }
  // Whoever waited for a run that was to be restarted waits no longer.
  if (container.state.status === 'restarting')
    deps.waiters.exited(container.id, { exitCode: outcome.exitCode, error: outcome.error });
};

const recordStarted = async (
  deps: StartDeps,
  container: Container,
  starter: Starter,
  started: StartedRun,
  going: Promise<void>,
): Promise<void> => {
  const previous = endedRun(container.state);
  const running: Container = {
    ...container,
    restartCount: starter === 'policy' ? container.restartCount : 0,
    hasBeenStarted: true,
    manuallyStopped: false,
    networkIds: { ...container.networkIds, ...started.networkIds },
    addresses: { ...container.addresses, ...started.addresses },
    ...healthAtStart(container),
    state: {
      status: 'running',
      pid: started.pid,
      startedAt: started.startedAt,
      oomKilled: false,
      ...(previous && { previous }),
    },
  };
  deps.runs.begin(container.id, started.run);
  try {
    await deps.ledger.record(running, 'start', {}, going);
  } catch (error) {
    deps.runs.finish(container.id);
    throw error;
  }
  deps.health.begin(running);
};

/** Starts a container whose lock is held and which may be started. @throws StartError; what failed is recorded by then */
export const startLocked = async (
  deps: StartDeps,
  container: Container,
  starter: Starter,
  checkpoint?: CheckpointReference,
): Promise<void> => {
  deps.intents.runBegins(container.id);
  try {
    await startRun(
      deps,
      container,
      async (started, going) => recordStarted(deps, container, starter, started, going),
      checkpoint,
    );
  } catch (error) {
    if (error instanceof StartError) await recordFailure(deps, container, error);
    throw error;
  }
};

/**
 * Starts a container.
 * @throws conflict when it is paused or being removed; invalid-argument when a bind of `Mounts` has lost its source; what the network, the files or the runtime had against it
 */
export const startContainer = async (
  deps: StartDeps,
  reference: string,
  { signal, checkpoint }: { readonly signal: AbortSignal; readonly checkpoint?: CheckpointReference },
): Promise<'started' | 'already-running'> => {
  if (checkpoint && !deps.config.current.experimental)
    throw new EngineError('invalid-argument', 'checkpoint is only supported in experimental mode');
  const { id } = deps.ledger.resolve(reference);
  signal.throwIfAborted();
  using _lock = await deps.ledger.lock(id);
  const container = deps.ledger.get(id);
  if (!container) throw noSuchContainer(reference);
  if (container.state.status === 'running' || container.state.status === 'restarting')
    return 'already-running';
  assertStartable(deps, container);
  await checkRequestedSources(container.hostConfig);
  deps.scheduler.reset(id);
  await startLocked(deps, container, 'client', checkpoint);
  return 'started';
};

/** The restart policy's start: only of a container that still waits for it (or, at boot, does not run). */
export const restartByPolicy = async (
  deps: StartDeps,
  id: Container['id'],
  starter: Exclude<Starter, 'client'> = 'policy',
): Promise<void> => {
  using _lock = await deps.ledger.lock(id);
  const container = deps.ledger.get(id);
  if (!container || deps.intents.isClosing || deps.intents.isRemoving(id)) return;
  if (!['restarting', 'exited', 'created'].includes(container.state.status)) return;
  try {
    await startLocked(deps, container, starter);
  } catch (error) {
    deps.log.with({ container: id }).warn('a restart failed', {
      reason: messageOf(error),
    });
  }
};
