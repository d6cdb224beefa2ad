// SPDX-License-Identifier: Apache-2.0
import { flatten } from './log-lines.ts';
import type { LogLine, LogQuery, OutputStream } from './logs.ts';
import type { LogPast } from './driver.ts';

/** What had been logged at one moment, and what had been said but waited for the end of its line. */
export interface Moment {
  readonly past: Promise<LogPast>;
  readonly held: readonly LogLine[];
}

const letGo = async (past: Promise<LogPast>): Promise<void> => {
  try {
    await (await past)[Symbol.asyncDispose]();
  } catch {
    // What could not be opened is told to whoever reads.
  }
};

async function* batchesOf(
  { past, held }: Moment,
  streams: Pick<LogQuery, OutputStream>,
  signal: AbortSignal,
): AsyncGenerator<readonly LogLine[]> {
  await using log = await past;
  if (signal.aborted) return;
  try {
    for await (const batch of log.batches()) yield batch.filter(({ stream }) => streams[stream]);
  } catch (error) {
    // Its files were closed under it.
    if (signal.aborted) return;
    throw error;
  }
  yield held.filter(({ stream }) => streams[stream]);
}

/**
 * The lines of a moment, those that are held last. Its files are let go of when they have been read, or `signal` aborts.
 * Reading fails by errno when they could not be opened.
 */
export const readMoment = (
  moment: Moment,
  streams: Pick<LogQuery, OutputStream>,
  signal: AbortSignal,
): AsyncIterable<LogLine> => {
  const onAbort = (): void => void letGo(moment.past);
  signal.addEventListener('abort', onAbort, { once: true });
  return flatten(batchesOf(moment, streams, signal));
};
