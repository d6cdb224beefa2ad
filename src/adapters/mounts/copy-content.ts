// SPDX-License-Identifier: Apache-2.0
import { type BigIntStats, ftruncateSync, readSync, writeSync } from 'node:fs';
import { cloneContent, nextData, seekBoth, sendBytes } from '../../sys/copy-bytes.ts';

/** Up to this size (bytes) a file is copied at once: a turn of the thread pool costs more. */
const SMALL = 64 * 1024;
/** What one turn of the thread pool copies (bytes): a hang-up is noticed between two of them. */
const PIECE = 16 * 1024 * 1024;
/** Bytes of a block as `st_blocks` counts them, on every file system. Source: stat(2). */
const STAT_BLOCK = 512n;

/** Copies the content of files; learns from the first one whether the file system can share blocks. */
export class ContentCopier {
  readonly #buffer = Buffer.allocUnsafeSlow(SMALL);
  readonly #signal: AbortSignal | undefined;
  #canClone = true;

  constructor(signal: AbortSignal | undefined) {
    this.#signal = signal;
  }

  /** Fills the empty open file `to` with what `from` has; holes stay holes. Done at once, without a promise, for small ones. @throws by errno */
  copy(from: number, to: number, stats: BigIntStats): Promise<void> | undefined {
    if (stats.size === 0n) return undefined;
    if (this.#canClone) {
      if (cloneContent(from, to)) return undefined;
      this.#canClone = false;
    }
    if (stats.blocks * STAT_BLOCK < stats.size) return this.#copySparse(from, to, Number(stats.size));
    if (stats.size > SMALL) return this.#send(from, to, Number(stats.size));
    for (let got = this.#read(from); got > 0; got = this.#read(from))
      for (let at = 0; at < got;) at += writeSync(to, this.#buffer, at, got - at);
    return undefined;
  }

  #read(from: number): number {
    return readSync(from, this.#buffer, 0, SMALL, null);
  }

  async #copySparse(from: number, to: number, size: number): Promise<void> {
    for (let data = nextData(from, 0); data; data = nextData(from, data.end)) {
      if (data.start >= size) break;
      seekBoth(from, to, data.start);
      await this.#send(from, to, data.end - data.start);
    }
    ftruncateSync(to, size);
  }

  async #send(from: number, to: number, count: number): Promise<void> {
    for (let left = count; left > 0;) {
      this.#signal?.throwIfAborted();
      const sent = await sendBytes(from, to, Math.min(left, PIECE));
      // A file may shrink while it is copied.
      if (sent === 0) return;
      left -= sent;
    }
  }
}
