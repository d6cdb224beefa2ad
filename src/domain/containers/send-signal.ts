// SPDX-License-Identifier: Apache-2.0
import { isKind, messageOf } from '../../base/errors.ts';
import type { ContainerId } from '../../base/ids.ts';
import { parseSignal, SIGKILL } from '../../spec/signals.ts';
import type { Container } from './container.ts';
import type { Core } from './core.ts';
import { hasProcess } from './state.ts';

export type SendSignalDeps = Pick<Core, 'ledger' | 'containerd' | 'intents' | 'log'>;

/**
 * Whether a signal means the end of the container: then no restart policy brings it back. Without a stop signal of its
 * own any signal does.
 */
const isFinal = ({ config }: Container, signal: number): boolean =>
  config.stopSignal === '' || signal === SIGKILL || signal === parseSignal(config.stopSignal);

/** Notes on the record that a client wanted the end, for the restart policy at the next boot. Not when the daemon stops. */
const noteManualStop = async (deps: SendSignalDeps, container: Container): Promise<Container> => {
  if (deps.intents.isClosing || container.manuallyStopped) return container;
  const noted = { ...container, manuallyStopped: true };
  await deps.ledger.recordFact(noted);
  return noted;
};

const resume = async (deps: SendSignalDeps, container: Container): Promise<void> => {
  const { state } = container;
  if (state.status !== 'paused') return;
  try {
    await deps.containerd.tasks.resume(container.id);
  } catch (error) {
    // runc thaws by itself whom it kills (on cgroup v1), and then finds nothing to resume.
    deps.log.debug('a killed container was not resumed', {
      container: container.id,
      error: messageOf(error),
    });
  }
  await deps.ledger.recordFact({ ...container, state: { ...state, status: 'running' } }, 'unpause');
};

/** True when the process took the signal, false when there is none any more. */
const kill = async (deps: SendSignalDeps, id: ContainerId, signal: number): Promise<boolean> => {
  try {
    await deps.containerd.tasks.kill({ id }, signal);
    return true;
  } catch (error) {
    if (!isKind(error, 'not-found')) throw error;
    return false;
  }
};

/**
 * Sends a signal to the container's process and tells of it; the lock is taken here. A paused container is resumed
 * when it is to end.
 */
export const sendSignal = async (
  deps: SendSignalDeps,
  id: ContainerId,
  signal: number,
): Promise<'sent' | 'no-process'> => {
  using _lock = await deps.ledger.lock(id);
  const container = deps.ledger.get(id);
  if (!container || !hasProcess(container.state)) return 'no-process';
  const final = isFinal(container, signal);
  if (final) deps.intents.askStop(id);
  const noted = await noteManualStop(deps, container);
  const sent = await kill(deps, id, signal);
  if (sent) deps.ledger.publish(noted, 'kill', { signal: String(signal) });
  if (final) await resume(deps, noted);
  return sent ? 'sent' : 'no-process';
};
