// SPDX-License-Identifier: Apache-2.0
import { within } from '../../base/async.ts';
import { seconds } from '../../base/time.ts';
import type { LogSink } from './logs.ts';
import type { Moment } from './moment.ts';
import type { LogPast } from './driver.ts';
import type { MarkedSink } from './sink.ts';

/** How long a run waits for whoever looks at the log of the one before: a disk that hangs must not keep it from starting. */
const PATIENCE = seconds(10);

/** The logs that are open, by container: who wants to know what was logged until now asks here. */
export class OpenLogs {
  readonly #sinks = new Map<string, MarkedSink>();
  /** Looks that have not come about yet; none rejects. */
  readonly #looks = new Map<string, Set<Promise<void>>>();

  /** Resolves when whoever asked for a look before has had it: nothing of a new run may be in what they see. */
  async looked(id: string): Promise<void> {
    const looks = this.#looks.get(id);
    if (looks) await within(Promise.all(looks), PATIENCE);
  }

  /** The log of a run is open. Gives the sink for the run's output, when it may be written to. */
  async add(id: string, sink: MarkedSink): Promise<LogSink> {
    this.#sinks.set(id, sink);
    // Those who asked while it was being opened.
    await this.looked(id);
    void sink.closed.then(() => {
      if (this.#sinks.get(id) === sink) this.#sinks.delete(id);
    });
    return sink;
  }

  /** The log as it is now, whatever is still on its way to it; `open` is called when it has arrived. */
  now(id: string, open: () => Promise<LogPast>): Moment {
    const { promise, resolve, reject } = Promise.withResolvers<LogPast>();
    const look = (): Promise<void> => open().then(resolve, reject);
    this.#track(id, promise);
    const sink = this.#sinks.get(id);
    const held = sink?.held ?? [];
    if (sink) sink.mark(look);
    else void look();
    return { past: promise, held };
  }

  #track(id: string, past: Promise<unknown>): void {
    const looks = this.#looks.get(id) ?? new Set();
    this.#looks.set(id, looks);
    const looked: Promise<void> = past
      .then(
        () => undefined,
        () => undefined,
      )
      .then(() => {
        looks.delete(looked);
        if (looks.size === 0 && this.#looks.get(id) === looks) this.#looks.delete(id);
      });
    looks.add(looked);
  }
}
