// SPDX-License-Identifier: Apache-2.0

/** Bytes of a block: few turns for a large file, little memory for a slow client. */
export const BLOCK_SIZE = 512 * 1024;

/** Two blocks taken in turns: new ones for each read or write cost the collector several times what the moving of bytes costs. */
export class Blocks {
  #next: Buffer | undefined;
  #other: Buffer | undefined;

  /** The block that was not taken the last time. */
  take(): Buffer {
    const block = this.#next ?? Buffer.allocUnsafeSlow(BLOCK_SIZE);
    this.#next = this.#other;
    this.#other = block;
    return block;
  }
}
