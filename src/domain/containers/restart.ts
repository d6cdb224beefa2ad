// SPDX-License-Identifier: Apache-2.0
import { EngineError, kindOf, messageOf } from '../../base/errors.ts';
import type { Container } from './container.ts';
import { startContainer } from './start.ts';
import { isRunning } from './state.ts';
import { type StopDeps, type StopOptions, stopRunning } from './stop.ts';

export type RestartDeps = StopDeps;

const restart = async (deps: RestartDeps, container: Container, options: StopOptions): Promise<void> => {
  const { id } = container;
  using _restarting = deps.intents.restarting(id);
  if (isRunning(container.state)) await stopRunning(deps, container, options);
  await startContainer(deps, id, { signal: deps.lifetime });
  const started = deps.ledger.get(id);
  if (started) deps.ledger.publish(started, 'restart');
};

/** Stops a container, if it runs, and starts it. @throws not-found; `Cannot restart container X: …` */
export const restartContainer = async (
  deps: RestartDeps,
  reference: string,
  options: StopOptions,
): Promise<void> => {
  const container = deps.ledger.resolve(reference);
  try {
    await restart(deps, container, options);
  } catch (error) {
    const isBadSignal = kindOf(error) === 'invalid-argument' && messageOf(error).startsWith('invalid signal');
    throw new EngineError(
      isBadSignal ? 'internal' : kindOf(error),
      `Cannot restart container ${reference}: ${messageOf(error)}`,
      { cause: error },
    );
  }
};
