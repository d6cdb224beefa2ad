// SPDX-License-Identifier: Apache-2.0
import type { Engine } from '../../support/engine.ts';

/** `State` of an inspected container. */
export interface State {
  readonly Status: string;
  readonly Running: boolean;
  readonly Paused: boolean;
  readonly Restarting: boolean;
  readonly Dead: boolean;
  readonly Pid: number;
  readonly ExitCode: number;
  readonly StartedAt: string;
  readonly FinishedAt: string;
}

/** The container as the API tells it. */
export async function inspect(engine: Engine, name: string): Promise<{ State: State; RestartCount: number }> {
  const answer = await engine.request('GET', `/v1.41/containers/${name}/json`);
  return answer.json as { State: State; RestartCount: number };
}

/** Asks until the container is as wanted; after ten seconds what it is then. */
export async function becomes(engine: Engine, name: string, status: string): Promise<State> {
  for (let attempt = 0; attempt < 500; attempt++) {
    const { State } = await inspect(engine, name);
    if (State.Status === status) return State;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return (await inspect(engine, name)).State;
}
