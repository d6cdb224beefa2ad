// SPDX-License-Identifier: Apache-2.0
import type { LogTargets, StreamAddress, StreamConnection } from '../../../adapters/log-targets/index.ts';
import { EngineError } from '../../../base/errors.ts';
import { seconds } from '../../../base/time.ts';

/** How long a target may take to answer a connection, and to take the last bytes. */
const DIAL_PATIENCE = seconds(10);
const END_PATIENCE = seconds(5);

/**
 * A stream that is opened again when it broke. A target that lets a connection wait in vain is left alone for as long as
 * that took, so that a container's output does not wait for it all the time.
 */
export class ReconnectingStream implements AsyncDisposable {
  readonly #targets: Pick<LogTargets, 'connect'>;
  readonly #address: StreamAddress;
  readonly #closing = new AbortController();
  #connection: StreamConnection | undefined;
  #quietUntil = 0;
  #lastFailure: unknown;

  constructor(targets: Pick<LogTargets, 'connect'>, address: StreamAddress) {
    this.#targets = targets;
    this.#address = address;
  }

  get isOpen(): boolean {
    return this.#connection?.isBroken === false;
  }

  /** Opens it anew. @throws unavailable in Go's words */
  async connect(): Promise<void> {
    this.#drop();
    const started = performance.now();
    if (started < this.#quietUntil) throw this.#lastFailure;
    try {
      this.#connection = await this.#targets.connect(this.#address, {
        patience: DIAL_PATIENCE,
        signal: this.#closing.signal,
      });
    } catch (error) {
      const ended = performance.now();
      this.#quietUntil = ended + (ended - started);
      this.#lastFailure = error;
      throw error;
    }
  }

  /** Writes to the open stream. @throws unavailable when it is or gets broken */
  write(bytes: Uint8Array): Promise<void> | undefined {
    if (!this.#connection) throw new EngineError('unavailable', 'connection is closed');
    return this.#connection.write(bytes);
  }

  /** Stops a connection on its way, at once. */
  abort(): void {
    this.#closing.abort(new EngineError('cancelled', 'the log is closed'));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.abort();
    await this.#connection?.end(END_PATIENCE);
  }

  #drop(): void {
    this.#connection?.[Symbol.dispose]();
    this.#connection = undefined;
  }
}
