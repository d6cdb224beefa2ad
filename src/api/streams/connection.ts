// SPDX-License-Identifier: Apache-2.0
import type { Socket } from 'node:net';
import { EngineError } from '../../base/errors.ts';
import { writeTo } from './write-to.ts';

/** How long a client may take to close its side after the engine has closed its own (ms). */
const LINGER = 1000;

/** A connection taken over from HTTP: bytes both ways, each side closed on its own. */
export class Connection {
  readonly #socket: Socket;
  #hasAnswered = false;

  /** `head` is what came behind the request's head already. */
  constructor(socket: Socket, head: Uint8Array) {
    this.#socket = socket;
    // Nobody else listens any more; a reset is seen by the reads and writes themselves.
    socket.on('error', () => undefined);
    if (head.byteLength > 0) socket.unshift(head);
  }

  /** Bytes to the client. */
  get output(): Socket {
    return this.#socket;
  }

  /** Bytes from the client, until it closes its side or goes away. */
  async *input(): AsyncGenerator<Uint8Array> {
    try {
      yield* this.#chunks();
    } catch {
      // A reset says no more than an end: the client is gone.
    }
  }

  #chunks(): AsyncIterable<Uint8Array> {
    return this.#socket.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>;
  }

  /** The request's body of `length` bytes; what follows stays for `input`. @throws cancelled when it ends early */
  async *body(length: number): AsyncGenerator<Uint8Array> {
    let left = length;
    if (left === 0) return;
    for await (const chunk of this.#chunks()) {
      if (chunk.byteLength > left) this.#socket.unshift(chunk.subarray(left));
      yield chunk.subarray(0, left);
      left -= Math.min(left, chunk.byteLength);
      if (left === 0) return;
    }
    throw new EngineError('cancelled', 'unexpected EOF');
  }

  /** True once something was written to the client. */
  get hasAnswered(): boolean {
    return this.#hasAnswered;
  }

  async write(bytes: string | Uint8Array): Promise<void> {
    this.#hasAnswered = true;
    await writeTo(this.#socket, typeof bytes === 'string' ? Buffer.from(bytes) : bytes);
  }

  /** Calls `gone` when the connection is closed, by whomever. */
  onClose(gone: () => void): void {
    if (this.#socket.destroyed) gone();
    else this.#socket.once('close', gone);
  }

  /** Closes the engine's side, then the whole: what was written is delivered, a client that lingers is cut off. */
  async finish(): Promise<void> {
    if (this.#socket.destroyed) return;
    const closed = Promise.withResolvers<void>();
    this.#socket.once('close', () => closed.resolve());
    this.#socket.end(() => {
      this.#socket.resume();
      setTimeout(() => this.#socket.destroy(), LINGER).unref();
    });
    await closed.promise;
  }
}
