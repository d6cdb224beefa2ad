// SPDX-License-Identifier: Apache-2.0
import type { LogTargets, StreamConnection } from '../../../adapters/log-targets/index.ts';
import { sleep, within } from '../../../base/async.ts';
import { EngineError } from '../../../base/errors.ts';
import { type Nanoseconds, seconds } from '../../../base/time.ts';
import type { FluentdEvent } from './encode.ts';
import type { FluentdOptions } from './options.ts';

/** How long a connection may take, waits grow to at most, an acknowledgement may take, and the last bytes. The last two are ours. */
const DIAL_PATIENCE = seconds(3);
const LONGEST_WAIT = seconds(60);
const ACK_PATIENCE = seconds(190);
const END_PATIENCE = seconds(5);
/** Each wait is so much longer than the one before. */
const GROWTH = 1.5;

/** Reads one MessagePack value from bytes; `undefined` when they are not all of it. */
export type Unpack = (bytes: Uint8Array) => unknown;

/** How long to wait after try number `tries` (from 0) failed: not at all after the first. */
export const waitAfter = (tries: number, retryWait: Nanoseconds): Nanoseconds => {
  const wait = BigInt(Math.trunc(Math.min(GROWTH ** (tries - 1), 1e6))) * retryWait;
  return (wait > LONGEST_WAIT ? LONGEST_WAIT : wait) as Nanoseconds;
};

const isAck = (value: unknown): value is { readonly ack: unknown } =>
  typeof value === 'object' && value !== null && 'ack' in value;

const failure = (text: string): EngineError => new EngineError('unavailable', `fluent#write: ${text}`);

/** A connection to fluentd that is made again as often as the options say. */
export class FluentdConnection implements AsyncDisposable {
  readonly #targets: Pick<LogTargets, 'connect'>;
  readonly #options: FluentdOptions;
  readonly #unpack: Unpack;
  readonly #closing = new AbortController();
  #stream: StreamConnection | undefined;
  #connectedAt = 0;

  constructor(targets: Pick<LogTargets, 'connect'>, options: FluentdOptions, unpack: Unpack) {
    this.#targets = targets;
    this.#options = options;
    this.#unpack = unpack;
  }

  get isOpen(): boolean {
    return this.#stream?.isBroken === false;
  }

  /** Tries once. @throws unavailable in Go's words */
  async connect(): Promise<void> {
    this.drop();
    this.#stream = await this.#targets.connect(this.#options.address, {
      patience: DIAL_PATIENCE,
      signal: this.#closing.signal,
    });
    this.#connectedAt = performance.now();
  }

  drop(): void {
    this.#stream?.[Symbol.dispose]();
    this.#stream = undefined;
  }

  /** Milliseconds since the connection was made. */
  get age(): number {
    return performance.now() - this.#connectedAt;
  }

  /** Sends `bytes` and waits for what acknowledges them, again and again. @throws unavailable, cancelled when closed */
  async send({ bytes, chunk }: FluentdEvent): Promise<void> {
    const { maxRetries, retryWait } = this.#options;
    for (let tries = 0; tries < maxRetries; tries += 1) {
      // A target that takes connections only to break them is not to be asked in a tight loop.
      if (tries > 0) await sleep(waitAfter(tries, retryWait), this.#closing.signal);
      if (!this.isOpen) await this.#connectWithRetry();
      try {
        await this.#write(bytes);
        if (chunk !== undefined) await this.#expectAck(chunk);
        return;
      } catch {
        this.#closing.signal.throwIfAborted();
        this.drop();
      }
    }
    throw failure(`failed to write after ${maxRetries} attempts`);
  }

  /** Gives up whatever is tried at present. */
  abort(): void {
    this.#closing.abort(new EngineError('cancelled', 'fluent logger is closing'));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.abort();
    await this.#stream?.end(END_PATIENCE);
  }

  async #connectWithRetry(): Promise<void> {
    const { maxRetries, retryWait } = this.#options;
    for (let tries = 0; tries < maxRetries; tries += 1) {
      try {
        await this.connect();
        return;
      } catch {
        await sleep(waitAfter(tries, retryWait), this.#closing.signal);
      }
    }
    throw failure(`could not connect to fluentd after ${maxRetries} retries`);
  }

  async #write(bytes: Uint8Array): Promise<void> {
    const { writeTimeout } = this.#options;
    const written = this.#stream?.write(bytes);
    if (!written) return;
    const settled = written.then(() => true);
    if ((await within(settled, writeTimeout > 0n ? writeTimeout : FOR_EVER)) !== true)
      throw failure('i/o timeout');
  }

  async #expectAck(chunk: string): Promise<void> {
    let received: Uint8Array = new Uint8Array();
    for (;;) {
      const more = await within(this.#stream?.read() ?? Promise.resolve(undefined), ACK_PATIENCE);
      if (!more) throw failure('no acknowledgement');
      received = Buffer.concat([received, more]);
      const answer = this.#unpack(received);
      if (answer === undefined) continue;
      if (isAck(answer) && answer.ack === chunk) return;
      throw failure("message ack doesn't match expected one");
    }
  }
}

/** `within` waits so long. */
const FOR_EVER = -1n as Nanoseconds;
