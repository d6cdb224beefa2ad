// SPDX-License-Identifier: Apache-2.0
import { EngineError } from '../../base/errors.ts';
import type { Timestamp } from '../../base/time.ts';

/** How a start failed or a run ended. `error` is the text `State.Error` shows; empty when all was well. */
export interface Outcome {
  readonly exitCode: number;
  readonly error: string;
  readonly oomKilled: boolean;
}

/** The run that a state belongs to. */
export interface Run {
  readonly startedAt: Timestamp;
  readonly pid: number;
}

export interface EndedRun extends Outcome {
  readonly startedAt: Timestamp;
  readonly finishedAt: Timestamp;
}

export type ContainerState =
  /** `failure` is the outcome of a start that failed before the container ever ran. */
  | { readonly status: 'created'; readonly failure?: Outcome }
  | ({ readonly status: 'running' } & Run & { readonly previous?: EndedRun; readonly oomKilled: boolean })
  | ({ readonly status: 'paused' } & Run & { readonly previous?: EndedRun; readonly oomKilled: boolean })
  | ({ readonly status: 'restarting' } & EndedRun)
  | ({ readonly status: 'exited' } & EndedRun)
  | { readonly status: 'removing'; readonly last?: EndedRun }
  | { readonly status: 'dead'; readonly reason: string; readonly last?: EndedRun };

export type Status = ContainerState['status'];

const MOVES: Readonly<Record<Status, readonly Status[]>> = {
  created: ['created', 'running', 'removing'],
  running: ['running', 'paused', 'restarting', 'exited', 'removing'],
  paused: ['paused', 'running', 'restarting', 'exited', 'removing'],
  restarting: ['restarting', 'running', 'exited', 'removing'],
  exited: ['exited', 'running', 'removing'],
  removing: ['removing', 'dead'],
  dead: ['dead', 'removing'],
};

/** @throws internal when a container may not go from one state to the other; a new container has none before */
export const assertMove = (from: ContainerState | undefined, to: ContainerState): void => {
  if (from === undefined ? to.status === 'created' : MOVES[from.status].includes(to.status)) return;
  throw new EngineError(
    'internal',
    `a container cannot go from ${from?.status ?? 'nothing'} to ${to.status}`,
  );
};

/** Docker's `Running` flag: true while paused and while waiting to restart, too. */
export const isRunning = (
  state: ContainerState,
): state is Extract<ContainerState, { status: 'running' | 'paused' | 'restarting' }> =>
  state.status === 'running' || state.status === 'paused' || state.status === 'restarting';

/** True when a process exists. */
export const hasProcess = (
  state: ContainerState,
): state is Extract<ContainerState, { status: 'running' | 'paused' }> =>
  state.status === 'running' || state.status === 'paused';

/** What is reported when nobody knows how a process ended (containers.md §5). */
export const UNKNOWN_EXIT = 255;
