// SPDX-License-Identifier: Apache-2.0
import type { Progress } from './images.ts';

/** True when `next` makes `last` stale: both say how far the same piece of work is. */
const supersedes = (last: Progress, next: Progress): boolean =>
  next.id !== undefined &&
  last.id === next.id &&
  last.status === next.status &&
  last.detail?.current !== undefined &&
  next.detail?.current !== undefined;

/** Lines of progress on their way from work that does not wait to one reader that may be slow: what is stale is dropped. */
export class ProgressQueue {
  readonly #lines: Progress[] = [];
  #wake = Promise.withResolvers<void>();
  #outcome: { readonly error?: unknown } | undefined;

  push(line: Progress): void {
    const stale = this.#lines.findLastIndex((queued) => queued.id === line.id);
    const last = this.#lines[stale];
    if (last && supersedes(last, line)) this.#lines[stale] = line;
    else this.#lines.push(line);
    this.#wake.resolve();
  }

  /** No line comes any more. */
  end(): void {
    this.#outcome ??= {};
    this.#wake.resolve();
  }

  /** The reader gets `error` after the lines that are there. */
  fail(error: unknown): void {
    this.#outcome ??= { error };
    this.#wake.resolve();
  }

  async *lines(): AsyncGenerator<Progress> {
    for (;;) {
      for (let line = this.#lines.shift(); line; line = this.#lines.shift()) yield line;
      if (this.#outcome) break;
      await this.#wake.promise;
      this.#wake = Promise.withResolvers<void>();
    }
    if ('error' in this.#outcome) throw this.#outcome.error;
  }
}

/** The lines of `work`, while it runs. When the reader leaves, or `signal` aborts, `work`'s own signal does; its end is awaited. */
export async function* withProgress(
  signal: AbortSignal,
  work: (report: (line: Progress) => void, signal: AbortSignal) => Promise<void>,
): AsyncGenerator<Progress> {
  const queue = new ProgressQueue();
  const left = new AbortController();
  const running = work((line) => queue.push(line), AbortSignal.any([signal, left.signal])).then(
    () => queue.end(),
    (error: unknown) => queue.fail(error),
  );
  try {
    yield* queue.lines();
  } finally {
    left.abort();
    await running;
  }
}
