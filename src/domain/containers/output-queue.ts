// SPDX-License-Identifier: Apache-2.0
import type { OutputChunk } from './containers.ts';

/** Bytes one client may lag behind before it holds the process back; dockerd's pipes hold as much. */
const HIGH_WATER = 1_000_000;

const DONE: IteratorResult<OutputChunk, undefined> = { done: true, value: undefined };

/** One client's copy of the output: pushed by the process's side, read by the client's, bounded in between. */
export class OutputQueue implements AsyncIterableIterator<OutputChunk> {
  readonly #chunks: OutputChunk[] = [];
  #bytes = 0;
  #ended = false;
  #reader: ((result: IteratorResult<OutputChunk, undefined>) => void) | undefined;
  #room: PromiseWithResolvers<void> | undefined;

  /** Takes a chunk. Resolves when the client has caught up; `undefined` means that more may come now. */
  push(chunk: OutputChunk): Promise<void> | undefined {
    if (this.#ended) return undefined;
    if (this.#reader) {
      this.#answer({ done: false, value: chunk });
      return undefined;
    }
    this.#chunks.push(chunk);
    this.#bytes += chunk.data.byteLength;
    if (this.#bytes <= HIGH_WATER) return undefined;
    this.#room ??= Promise.withResolvers<void>();
    return this.#room.promise;
  }

  /** No more chunks come; those that wait are still read. */
  end(): void {
    this.#ended = true;
    if (this.#reader) this.#answer(DONE);
    this.#makeRoom();
  }

  /** Nobody reads any more. */
  discard(): void {
    this.#chunks.length = 0;
    this.#bytes = 0;
    this.end();
  }

  next(): Promise<IteratorResult<OutputChunk, undefined>> {
    const chunk = this.#chunks.shift();
    if (chunk) {
      this.#bytes -= chunk.data.byteLength;
      if (this.#bytes <= HIGH_WATER / 2) this.#makeRoom();
      return Promise.resolve({ done: false, value: chunk });
    }
    if (this.#ended) return Promise.resolve(DONE);
    return new Promise((resolve) => {
      this.#reader = resolve;
    });
  }

  return(): Promise<IteratorResult<OutputChunk, undefined>> {
    this.discard();
    return Promise.resolve(DONE);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #answer(result: IteratorResult<OutputChunk, undefined>): void {
    const reader = this.#reader;
    this.#reader = undefined;
    reader?.(result);
  }

  #makeRoom(): void {
    this.#room?.resolve();
    this.#room = undefined;
  }
}
