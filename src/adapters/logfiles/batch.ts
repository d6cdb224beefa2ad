// SPDX-License-Identifier: Apache-2.0

/** Bytes that may wait for the disk before whoever writes has to wait too. */
const HIGH_WATER = 1024 * 1024;

/** Puts one batch away. It may take its time; batches never overlap. */
export type WriteBatch = (batch: readonly Uint8Array[]) => Promise<void>;

/** Collects what comes while a batch is being written, and writes it as the next one. */
export class Batcher {
  readonly #write: WriteBatch;
  #waiting: Uint8Array[] = [];
  #bytes = 0;
  /** Resolves when what is waiting has been written. */
  #written = Promise.withResolvers<void>();
  /** Resolves when the batch that is being written is. */
  #current: Promise<void> | undefined;
  #room: PromiseWithResolvers<void> | undefined;
  #isRunning = false;

  constructor(write: WriteBatch) {
    this.#write = write;
  }

  /** Resolves when more may come; `undefined` means now. */
  add(bytes: Uint8Array): Promise<void> | undefined {
    this.#waiting.push(bytes);
    this.#bytes += bytes.byteLength;
    if (!this.#isRunning) void this.#run();
    if (this.#bytes < HIGH_WATER) return undefined;
    this.#room ??= Promise.withResolvers<void>();
    return this.#room.promise;
  }

  /** Resolves when all that was added before has been written, whatever comes after it. */
  async flush(): Promise<void> {
    await (this.#waiting.length > 0 ? this.#written.promise : this.#current);
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    // Whatever else comes in this turn of the event loop goes into the same batch.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const batch = this.#waiting;
      const { promise, resolve } = this.#written;
      this.#written = Promise.withResolvers<void>();
      this.#waiting = [];
      this.#bytes = 0;
      this.#room?.resolve();
      this.#room = undefined;
      this.#current = promise;
      await this.#write(batch);
      resolve();
    }
    this.#current = undefined;
    this.#isRunning = false;
  }
}
