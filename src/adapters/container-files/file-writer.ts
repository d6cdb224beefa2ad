// SPDX-License-Identifier: Apache-2.0
import { write, writeSync } from 'node:fs';
import { promisify } from 'node:util';
import { BLOCK_SIZE, type Blocks } from './blocks.ts';

/** Up to this size (bytes) what is left is written at once: a turn of the thread pool costs more. */
const SMALL = 64 * 1024;

const writeAsync = promisify(write);

const writeBlock = async (fd: number, block: Uint8Array, length: number, position: number): Promise<void> => {
  for (let at = 0; at < length;)
    at += (await writeAsync(fd, block, at, length - at, position + at)).bytesWritten;
};

/**
 * Writes to an open file what comes in pieces: they are gathered in a block, which a thread writes while the next one
 * fills. `goTo` leaves a hole; `finish` says that all is there; disposal waits for what is being written, as the file is about to be closed.
 */
export class FileWriter implements AsyncDisposable {
  readonly #fd: number;
  readonly #blocks: Blocks;
  #block: Buffer | undefined;
  #filled = 0;
  /** Where in the file the block begins. */
  #position = 0;
  #writing: Promise<void> | undefined;

  constructor(fd: number, blocks: Blocks) {
    this.#fd = fd;
    this.#blocks = blocks;
  }

  /** The piece is the caller's again when this resolves. */
  async write(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length;) {
      const block = (this.#block ??= this.#blocks.take());
      const part = bytes.subarray(at, at + BLOCK_SIZE - this.#filled);
      block.set(part, this.#filled);
      this.#filled += part.length;
      at += part.length;
      if (this.#filled === BLOCK_SIZE) await this.#hand(block);
    }
  }

  /** The next piece stands at `offset` (bytes), not before those that are written; nothing is written in between. */
  async goTo(offset: number): Promise<void> {
    if (offset === this.#position + this.#filled) return;
    await this.finish();
    this.#position = offset;
    this.#filled = 0;
  }

  async finish(): Promise<void> {
    await this.#writing;
    const block = this.#block;
    if (!block) return;
    const [length, position] = [this.#filled, this.#position];
    if (length > SMALL) return writeBlock(this.#fd, block, length, position);
    for (let at = 0; at < length;) at += writeSync(this.#fd, block, at, length - at, position + at);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#writing?.catch(() => undefined);
  }

  /** A full block goes to a thread as soon as the one before is written, whose memory is filled next. */
  async #hand(block: Buffer): Promise<void> {
    await this.#writing;
    this.#writing = writeBlock(this.#fd, block, BLOCK_SIZE, this.#position);
    // Awaited with the next block, or at the end.
    this.#writing.catch(() => undefined);
    this.#block = undefined;
    this.#filled = 0;
    this.#position += BLOCK_SIZE;
  }
}
