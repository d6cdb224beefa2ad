// SPDX-License-Identifier: Apache-2.0
import { within } from '../../base/async.ts';
import { messageOf } from '../../base/errors.ts';
import { type Nanoseconds, seconds } from '../../base/time.ts';
import type { Container } from './container.ts';
import type { Core } from './core.ts';
import { killProcess } from './end-process.ts';
import { hasProcess } from './state.ts';
import { cancelRestart, type StopDeps, stopRunning } from './stop.ts';

export type ShutdownDeps = StopDeps & Core;

/** How much longer than a container's own patience the daemon's is (daemon.md §3.1). */
const MARGIN = seconds(5);
/** How long records and layers of containers that are gone may still be tidied up. */
const TIDY_PATIENCE = seconds(10);

/** The longest that any container may take; negative when one of them, or the daemon, has all the time in the world. */
const patience = (containers: readonly Container[], own: Nanoseconds): Nanoseconds => {
  const timeouts = containers.map(({ config }) => config.stopTimeout ?? 10);
  if (own < 0n || timeouts.some((timeout) => timeout < 0)) return seconds(-1);
  const longest = seconds(Math.max(0, ...timeouts)) + MARGIN;
  return (longest > own ? longest : own) as Nanoseconds;
};

const attempt = async (
  deps: ShutdownDeps,
  { id }: Container,
  work: () => Promise<unknown>,
): Promise<void> => {
  try {
    await work();
  } catch (error) {
    deps.log.with({ container: id }).warn('a container could not be stopped', { reason: messageOf(error) });
  }
};

const stopAll = async (deps: ShutdownDeps): Promise<void> => {
  const containers = deps.ledger.all().filter(({ state }) => hasProcess(state));
  const stopping = Promise.all(
    containers.map(async (container) =>
      attempt(deps, container, async () => stopRunning(deps, container, {})),
    ),
  );
  const limit = patience(containers, deps.config.current.shutdownTimeout);
  if (
    (await within(
      stopping.then(() => true),
      limit,
    )) === true
  )
    return;
  const left = deps.ledger.all().filter(({ state }) => hasProcess(state));
  await Promise.all(left.map(async (each) => attempt(deps, each, async () => killProcess(deps, each.id))));
};

/** Live restore: the processes go on; their output waits in the FIFOs, their logs are closed. */
const letGoOfAll = async (deps: ShutdownDeps): Promise<void> => {
  const containers = deps.ledger.all().filter(({ id }) => deps.runs.get(id) !== undefined);
  await Promise.all(
    containers.map(async (container) =>
      attempt(deps, container, async () => {
        const run = deps.runs.get(container.id);
        run?.stdio.detach();
        await run?.sink?.[Symbol.asyncDispose]();
        deps.runs.endStreams(container.id);
      }),
    ),
  );
};

/**
 * Ends the room's work: containers are stopped (and not noted as stopped by hand), or left to themselves under live
 * restore. Nothing can be started from the first moment on.
 */
export const shutDownContainers = async (deps: ShutdownDeps): Promise<void> => {
  deps.intents.close();
  deps.scheduler.cancelAll();
  deps.health.endAll();
  deps.autoheal.close();
  if (deps.config.current.liveRestore) await letGoOfAll(deps);
  else {
    await stopAll(deps);
    const waiting = deps.ledger.all().filter(({ state }) => state.status === 'restarting');
    await Promise.all(
      waiting.map(async (each) => attempt(deps, each, async () => cancelRestart(deps, each.id))),
    );
  }
  await within(deps.cleanups.idle(), TIDY_PATIENCE);
};
