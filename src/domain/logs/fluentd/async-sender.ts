// SPDX-License-Identifier: Apache-2.0
import { within } from '../../../base/async.ts';
import { EngineError } from '../../../base/errors.ts';
import { seconds, toMilliseconds } from '../../../base/time.ts';
import type { LogContext } from '../driver.ts';
import type { FluentdConnection } from './connection.ts';
import type { FluentdEvent } from './encode.ts';
import type { FluentdOptions } from './options.ts';

/** Bytes that wait at most, however many events the option `fluentd-buffer-limit` allows: the daemon's memory is shared. */
const MOST_BYTES = 64 * 1024 * 1024;
/** What the platform needs to hold one event beside its bytes, as measured. */
const OVERHEAD = 256;
/** Bytes of one write. */
const WRITE_SIZE = 65_536;
/** How long a target that answers may take the rest when the log ends. */
const DRAIN_PATIENCE = seconds(5);

/** Events that wait for their target; sent one write after another behind the container's back. */
export class AsyncSender implements AsyncDisposable {
  readonly #connection: FluentdConnection;
  readonly #options: FluentdOptions;
  readonly #report: LogContext['report'];
  #waiting: FluentdEvent[] = [];
  #bytes = 0;
  #running: Promise<void> | undefined;
  #isClosed = false;

  constructor(connection: FluentdConnection, options: FluentdOptions, report: LogContext['report']) {
    this.#connection = connection;
    this.#options = options;
    this.#report = report;
  }

  /** Takes events as far as there is room; those that are too many are lost. */
  add(events: readonly FluentdEvent[]): void {
    const { bufferLimit } = this.#options;
    let lost = 0;
    for (const event of events) {
      if (this.#isClosed || this.#waiting.length >= bufferLimit || this.#bytes >= MOST_BYTES) lost += 1;
      else {
        this.#waiting.push(event);
        this.#bytes += sizeOf(event);
      }
    }
    if (lost > 0) {
      const text = `fluent#appendBuffer: Buffer full, limit ${bufferLimit}`;
      this.#report(new EngineError('unavailable', text), lost);
    }
    this.#running ??= this.#run().finally(() => (this.#running = undefined));
  }

  /** What waits is sent when the target answers, and dropped when it does not. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#running && this.#connection.isOpen) await within(this.#running, DRAIN_PATIENCE);
    this.#isClosed = true;
    this.#connection.abort();
    this.#connection.drop();
    await this.#running;
    const lost = this.#waiting.length;
    this.#waiting = [];
    if (lost > 0) this.#report(new EngineError('cancelled', 'fluentd: queued events are discarded'), lost);
    await this.#connection[Symbol.asyncDispose]();
  }

  async #run(): Promise<void> {
    // Nothing is sent in the turn in which the first event came: those that come with it go together.
    await Promise.resolve();
    while (this.#waiting.length > 0 && !this.#isClosed) {
      const count = this.#nextCount();
      try {
        this.#renew();
        await this.#connection.send(joined(this.#waiting.slice(0, count)));
      } catch (error) {
        if (this.#isClosed) return;
        this.#report(error, count);
      }
      for (const event of this.#waiting.splice(0, count)) this.#bytes -= sizeOf(event);
    }
  }

  /** So many events go in one write; one that is to be acknowledged goes alone. */
  #nextCount(): number {
    if (this.#options.requestAck) return 1;
    let bytes = 0;
    const end = this.#waiting.findIndex((event) => (bytes += event.bytes.length) > WRITE_SIZE);
    return end < 0 ? this.#waiting.length : Math.max(end, 1);
  }

  #renew(): void {
    const { reconnectInterval } = this.#options;
    if (reconnectInterval > 0n && this.#connection.age > toMilliseconds(reconnectInterval))
      this.#connection.drop();
  }
}

const sizeOf = ({ bytes }: FluentdEvent): number => bytes.length + OVERHEAD;

const joined = (events: readonly FluentdEvent[]): FluentdEvent =>
  events.length === 1
    ? (events[0] as FluentdEvent)
    : { bytes: Buffer.concat(events.map(({ bytes }) => bytes)) };
