// SPDX-License-Identifier: Apache-2.0
import type { Tasks } from '../../../adapters/containerd/index.ts';
import { sleep } from '../../../base/async.ts';
import { isKind } from '../../../base/errors.ts';
import type { ExecId } from '../../../base/ids.ts';
import type { Nanoseconds } from '../../../base/time.ts';
import { SIGKILL } from '../../../spec/signals.ts';
import type { OutputChunk, StreamSession } from '../containers.ts';
import type { ExecRecord } from './exec-record.ts';

/** How a command of the engine's own is run. */
export interface RunOptions {
  /** Bytes of output that are kept; more is read and dropped. */
  readonly limit: number;
  /** Counted from the moment the process runs, as a loaded machine may take long to start it. */
  readonly timeout?: Nanoseconds;
  /** Kills the process. */
  readonly signal: AbortSignal;
}

/** What became of it. Without an exit code it was killed, for it took too long or was not wanted any more. */
export interface RunOutcome {
  readonly exitCode: number | undefined;
  /** Both outputs as they came. */
  readonly output: Uint8Array;
  readonly truncated: boolean;
}

interface RunDeps {
  readonly containerd: { readonly tasks: Pick<Tasks, 'kill'> };
}

const collect = async (
  output: AsyncIterable<OutputChunk>,
  limit: number,
): Promise<Pick<RunOutcome, 'output' | 'truncated'>> => {
  const kept: Uint8Array[] = [];
  let [length, truncated] = [0, false];
  for await (const { data } of output) {
    const part = data.subarray(0, limit - length);
    truncated ||= part.byteLength < data.byteLength;
    length += part.byteLength;
    // A copy: what the pump reads into may be used again, and a large read must not be kept for a few bytes.
    if (part.byteLength > 0) kept.push(Uint8Array.from(part));
  }
  return { output: Buffer.concat(kept, length), truncated };
};

const kill = async ({ containerd }: RunDeps, id: string, execId: ExecId): Promise<void> => {
  try {
    await containerd.tasks.kill({ id, execId }, SIGKILL);
  } catch (error) {
    // It has just ended.
    if (!isKind(error, 'not-found')) throw error;
  }
};

/** Longer than any daemon runs. */
const FOREVER = (10n ** 18n) as Nanoseconds;

/** Waits until `over` aborts or the time is up, then kills what still runs; true when it came to that. */
const limitTime = async (
  deps: RunDeps,
  record: ExecRecord,
  timeout: Nanoseconds | undefined,
  over: AbortSignal,
): Promise<boolean> => {
  if (!(await record.started.promise)) return false;
  await sleep(timeout ?? FOREVER, over).catch(() => undefined);
  if (record.state.status === 'ended') return false;
  await kill(deps, record.container, record.id);
  return true;
};

/** Runs an exec that is being started to its end. @throws what the runtime had against starting it */
export const runExec = async (
  deps: RunDeps,
  record: ExecRecord,
  session: StreamSession,
  { limit, timeout, signal }: RunOptions,
): Promise<RunOutcome> => {
  const over = new AbortController();
  const onAbort = (): void => over.abort();
  if (signal.aborted) onAbort();
  else signal.addEventListener('abort', onAbort, { once: true });
  const killed = limitTime(deps, record, timeout, over.signal);
  // It is looked at when the output has ended, perhaps after it failed.
  killed.catch(() => undefined);
  try {
    const collected = await collect(session.output, limit);
    over.abort();
    const exitCode = record.state.status === 'ended' ? record.state.exitCode : undefined;
    return { ...collected, exitCode: (await killed) ? undefined : exitCode };
  } finally {
    over.abort();
    signal.removeEventListener('abort', onAbort);
    session.close();
  }
};
