// SPDX-License-Identifier: Apache-2.0
import type { Writable } from 'node:stream';
import { FRAME_HEAD, type StreamName, writeFrameHead } from './multiplex.ts';
import { drained } from './write-to.ts';

/** Bytes gathered before they go out together. */
const BATCH = 64 * 1024;
/** From this size on, a chunk is not worth copying. */
const LARGE = 16 * 1024;

/**
 * Writes a process's output to a client, framed or raw. Small pieces that come in one turn of the event loop go out as
 * one write; `write` gives a promise only when the client holds back.
 */
export class OutputWriter {
  readonly #sink: Writable;
  readonly #framed: boolean;
  #batch = Buffer.allocUnsafe(0);
  #used = 0;
  #scheduled = false;

  constructor(sink: Writable, framed: boolean) {
    this.#sink = sink;
    this.#framed = framed;
  }

  /** @throws cancelled when the client is gone */
  write(stream: StreamName, payload: Uint8Array, prefix?: string): Promise<void> | undefined {
    const before = prefix === undefined ? 0 : Buffer.byteLength(prefix);
    const length = before + payload.byteLength;
    if (length >= LARGE) return this.#writeLarge(stream, payload, prefix);
    if (this.#used + FRAME_HEAD + length > this.#batch.length) this.#renew();
    if (this.#framed) this.#head(stream, length);
    if (prefix !== undefined) this.#used += this.#batch.write(prefix, this.#used);
    this.#batch.set(payload, this.#used);
    this.#used += payload.byteLength;
    this.#schedule();
    return this.#held();
  }

  /** Sends what is gathered. */
  flush(): void {
    if (this.#used === 0) return;
    const bytes = this.#batch.subarray(0, this.#used);
    this.#batch = this.#batch.subarray(this.#used);
    this.#used = 0;
    if (!this.#sink.destroyed) this.#sink.write(bytes);
  }

  #head(stream: StreamName, length: number): void {
    writeFrameHead(this.#batch, this.#used, stream, length);
    this.#used += FRAME_HEAD;
  }

  #renew(): void {
    this.flush();
    if (this.#batch.length < LARGE + FRAME_HEAD) this.#batch = Buffer.allocUnsafeSlow(BATCH);
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.flush();
    });
  }

  #writeLarge(stream: StreamName, payload: Uint8Array, prefix = ''): Promise<void> | undefined {
    this.flush();
    const before = Buffer.from(prefix);
    const head = Buffer.allocUnsafe(FRAME_HEAD);
    writeFrameHead(head, 0, stream, before.byteLength + payload.byteLength);
    this.#sink.cork();
    if (this.#framed) this.#sink.write(head);
    if (before.byteLength > 0) this.#sink.write(before);
    this.#sink.write(payload);
    this.#sink.uncork();
    return this.#held();
  }

  #held(): Promise<void> | undefined {
    return this.#sink.writableNeedDrain || this.#sink.destroyed ? drained(this.#sink) : undefined;
  }
}
