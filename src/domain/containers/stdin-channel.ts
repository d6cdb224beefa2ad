// SPDX-License-Identifier: Apache-2.0
import type { Writable } from 'node:stream';

/** The stdin of one run, as far as the channel needs it. */
export interface StdinTarget {
  readonly stdin: Writable | undefined;
  /** Tells the runtime that nothing more comes; only valid once the process has been started. */
  closeStdin(): Promise<void>;
}

interface Joined extends StdinTarget {
  readonly over: Promise<void>;
  readonly finish: () => void;
  readonly started: PromiseWithResolvers<void>;
}

const drained = (stdin: Writable): Promise<void> =>
  new Promise((resolve) => {
    const done = (): void => {
      stdin.off('drain', done).off('close', done).off('error', done);
      resolve();
    };
    stdin.on('drain', done).on('close', done).on('error', done);
  });

const flushed = (stdin: Writable): Promise<void> => new Promise((resolve) => void stdin.end(() => resolve()));

/**
 * A process's stdin over all its runs, written by any number of clients. What is written before a run exists waits for
 * it; what the process never reads ends with the run.
 */
export class StdinChannel {
  #joined: Joined | undefined;
  #next = Promise.withResolvers<Joined | undefined>();

  join(target: StdinTarget): void {
    const over = Promise.withResolvers<void>();
    // A process that ended makes writes fail: they are given up with the run.
    target.stdin?.on('error', () => undefined);
    this.#joined = {
      stdin: target.stdin,
      closeStdin: () => target.closeStdin(),
      over: over.promise,
      finish: over.resolve,
      started: Promise.withResolvers<void>(),
    };
    this.#next.resolve(this.#joined);
  }

  started(): void {
    this.#joined?.started.resolve();
  }

  /** The run is over, or was never to be: whoever waits goes on, what was to be written is dropped. */
  end(): void {
    this.#joined?.finish();
    this.#joined = undefined;
    this.#next.resolve(undefined);
    this.#next = Promise.withResolvers<Joined | undefined>();
  }

  /** Resolves when more may be written. */
  async write(chunk: Uint8Array): Promise<void> {
    const run = this.#joined ?? (await this.#next.promise);
    if (run?.stdin === undefined || run.stdin.writableEnded || run.stdin.destroyed) return;
    if (!run.stdin.write(chunk)) await Promise.race([drained(run.stdin), run.over]);
  }

  /** Ends the process's stdin after all that was written before, and not before the process has been started. */
  async close(): Promise<void> {
    const run = this.#joined ?? (await this.#next.promise);
    if (run?.stdin === undefined) return;
    const over = run.over.then(() => 'over' as const);
    if ((await Promise.race([run.started.promise, over])) === 'over') return;
    if ((await Promise.race([flushed(run.stdin), over])) === 'over') return;
    await run.closeStdin();
  }
}
