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
  #room: PromiseWithResolvers<void> | undefined;
  #running: Promise<void> | undefined;

  constructor(write: WriteBatch) {
    this.#write = write;
  }

  /** Resolves when more may come; `undefined` means now. */
  add(bytes: Uint8Array): Promise<void> | undefined {
    this.#waiting.push(bytes);
    this.#bytes += bytes.byteLength;
    this.#running ??= this.#run();
    if (this.#bytes < HIGH_WATER) return undefined;
    this.#room ??= Promise.withResolvers<void>();
    return this.#room.promise;
  }

  /** Resolves when all that was added before has been written. */
  async flush(): Promise<void> {
    await this.#running;
  }

  async #run(): Promise<void> {
    // Whatever else comes in this turn of the event loop goes into the same batch.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const batch = this.#waiting;
      this.#waiting = [];
      this.#bytes = 0;
      this.#room?.resolve();
      this.#room = undefined;
      await this.#write(batch);
    }
    this.#running = undefined;
  }
}
