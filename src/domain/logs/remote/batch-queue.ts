// SPDX-License-Identifier: Apache-2.0
import { within } from '../../../base/async.ts';
import { EngineError } from '../../../base/errors.ts';
import { type Nanoseconds, seconds, toMilliseconds } from '../../../base/time.ts';
import type { LogContext } from '../driver.ts';

/** How events are gathered and sent. */
export interface BatchPolicy<Event> {
  /** A batch has at most so many events and bytes. */
  readonly mostEvents: number;
  readonly mostBytes: number;
  readonly sizeOf: (event: Event) => number;
  /** A batch that is not full is sent after this time. */
  readonly delay: Nanoseconds;
  /** So many events and bytes wait at most. */
  readonly roomEvents: number;
  readonly roomBytes: number;
  /** When there is no room: output waits, or the newest events are lost. */
  readonly whenFull: 'wait' | 'drop';
  /** Whether a batch that could not be sent is tried again while there is room. */
  readonly keepFailed: boolean;
  readonly send: (batch: readonly Event[], signal: AbortSignal) => Promise<void>;
  readonly report: LogContext['report'];
}

/** How long the rest may take when the log ends. */
const DRAIN_PATIENCE = seconds(8);

/** Events that wait to be sent together, one batch after another, behind the container's back. */
export class BatchQueue<Event> implements AsyncDisposable {
  readonly #policy: BatchPolicy<Event>;
  readonly #closing = new AbortController();
  readonly #waiting: Event[] = [];
  #bytes = 0;
  #sending: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** Whether a batch goes out though it is not full. */
  #isDue = false;
  /** After a failure, so many events have to wait before the next try. */
  #resumeAt = 0;

  constructor(policy: BatchPolicy<Event>) {
    this.#policy = policy;
  }

  /** Takes events; a promise resolves when there is room for more. */
  add(events: readonly Event[]): Promise<void> | undefined {
    let lost = 0;
    for (const event of events) {
      if (this.#policy.whenFull === 'drop' && this.#isFull) lost += 1;
      else {
        this.#waiting.push(event);
        this.#bytes += this.#policy.sizeOf(event);
      }
    }
    if (lost > 0) this.#policy.report(new EngineError('unavailable', 'the buffer is full'), lost);
    const isFull = this.#isFull;
    if (isFull) this.#isDue = true;
    if (this.#isReady) this.#start();
    else this.#arm();
    return isFull && this.#policy.whenFull === 'wait' ? this.#sending : undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearTimeout(this.#timer);
    this.#isDue = true;
    const drained = async (): Promise<true> => {
      await this.#sending;
      this.#isDue = true;
      this.#start();
      await this.#sending;
      return true;
    };
    await within(drained(), DRAIN_PATIENCE);
    clearTimeout(this.#timer);
    this.#closing.abort(new EngineError('cancelled', 'the log is closed'));
    await this.#sending;
    this.#loseAll();
  }

  get #isFull(): boolean {
    const { roomEvents, roomBytes } = this.#policy;
    return this.#waiting.length >= roomEvents || this.#bytes >= roomBytes;
  }

  get #isReady(): boolean {
    const { mostEvents, mostBytes } = this.#policy;
    if (this.#isDue) return this.#waiting.length > 0;
    if (this.#waiting.length < this.#resumeAt) return false;
    return this.#waiting.length >= mostEvents || this.#bytes >= mostBytes;
  }

  #arm(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#isDue = true;
      this.#start();
    }, toMilliseconds(this.#policy.delay));
  }

  #start(): void {
    this.#sending ??= this.#run().finally(() => {
      this.#sending = undefined;
      if (this.#waiting.length > 0 && !this.#closing.signal.aborted) this.#arm();
    });
  }

  async #run(): Promise<void> {
    let left = 0;
    while (!this.#closing.signal.aborted && this.#waiting.length > 0) {
      // What is there when the time has come goes; what comes later goes when it fills a batch, or next time.
      if (this.#isDue) left = this.#waiting.length;
      else if (left <= 0 && !this.#isReady) return;
      this.#isDue = false;
      const count = this.#nextCount();
      if (!(await this.#send(count))) return;
      left -= count;
    }
  }

  /** Sends the first `count` events. False when they were not taken: the next try comes later. */
  async #send(count: number): Promise<boolean> {
    try {
      await this.#policy.send(this.#waiting.slice(0, count), this.#closing.signal);
      this.#forget(count);
      this.#resumeAt = 0;
      return true;
    } catch (error) {
      this.#resumeAt = this.#waiting.length + this.#policy.mostEvents;
      if (this.#policy.keepFailed && !this.#isFull && !this.#closing.signal.aborted) return false;
      this.#policy.report(error, count);
      this.#forget(count);
      return !this.#policy.keepFailed;
    }
  }

  #nextCount(): number {
    const { mostEvents, mostBytes, sizeOf } = this.#policy;
    let count = 0;
    let bytes = 0;
    for (const event of this.#waiting) {
      bytes += sizeOf(event);
      if (count === mostEvents || (bytes > mostBytes && count > 0)) break;
      count += 1;
    }
    return count;
  }

  #forget(count: number): void {
    for (const event of this.#waiting.splice(0, count)) this.#bytes -= this.#policy.sizeOf(event);
  }

  #loseAll(): void {
    const count = this.#waiting.length;
    if (count === 0) return;
    this.#forget(count);
    this.#policy.report(new EngineError('cancelled', 'the log ended before all was sent'), count);
  }
}
