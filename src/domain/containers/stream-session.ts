// SPDX-License-Identifier: Apache-2.0
import type { OutputStream } from '../logs/index.ts';
import type { StreamSession } from './containers.ts';
import { DetachFilter } from './detach-keys.ts';
import { OutputQueue } from './output-queue.ts';
import type { StdinChannel } from './stdin-channel.ts';
import type { ProcessStreamsOptions, SessionOptions } from './streams.ts';

/** What a session needs of the streams it belongs to. */
export interface SessionHome {
  readonly options: ProcessStreamsOptions;
  readonly stdin: StdinChannel;
  /** The session is over: forget it. */
  leave(session: Session): void;
}

/** One client at a process's streams. */
export class Session implements StreamSession {
  readonly tty: boolean;
  readonly output: OutputQueue;
  readonly stdin?: { write(chunk: Uint8Array): Promise<void>; end(): void };
  readonly #home: SessionHome;
  readonly #asked: SessionOptions;
  readonly #keys: DetachFilter;
  /** Writes follow one another: a client's end comes after all it wrote. */
  #written: Promise<void> = Promise.resolve();
  #closed = false;
  #stdinEnded = false;

  constructor(home: SessionHome, asked: SessionOptions) {
    this.#home = home;
    this.#asked = asked;
    this.tty = home.options.tty;
    this.output = new OutputQueue();
    this.#keys = new DetachFilter(this.tty ? asked.detachKeys : new Uint8Array());
    if (asked.stdin && home.options.openStdin)
      this.stdin = { write: (chunk) => this.#write(chunk), end: () => this.#end() };
  }

  /** Output of the process. Resolves when this client may get more; `undefined` means now. */
  push(stream: OutputStream, data: Uint8Array): Promise<void> | undefined {
    return this.#asked[stream] ? this.output.push({ stream, data }) : undefined;
  }

  /** The run is over: the client reads what it has, then the end. */
  finish(): void {
    this.#closed = true;
    this.output.end();
  }

  /** For a process that reads just this client, the client's going is the end of its stdin. */
  close(): void {
    if (this.stdin && !this.#closed && !this.#stdinEnded && this.#endsProcessStdin) this.#endStdin();
    this.#closed = true;
    this.output.discard();
    this.#home.leave(this);
  }

  #write(chunk: Uint8Array): Promise<void> {
    if (this.#closed) return Promise.resolve();
    const { pass, detached } = this.#keys.take(chunk);
    if (pass.byteLength > 0) this.#written = this.#written.then(() => this.#home.stdin.write(pass));
    if (detached) this.#detach();
    return this.#written;
  }

  #detach(): void {
    this.#home.leave(this);
    this.finish();
    this.#asked.onDetach?.();
  }

  get #endsProcessStdin(): boolean {
    return this.#home.options.stdinOnce && !this.tty;
  }

  #endStdin(): void {
    this.#stdinEnded = true;
    this.#written = this.#written.then(() => this.#home.stdin.close()).catch(() => undefined);
  }

  /** The client's half-close: it ends the process's stdin where that was asked for, else the whole session. */
  #end(): void {
    if (this.#endsProcessStdin) {
      this.#endStdin();
    } else {
      this.#home.leave(this);
      this.finish();
    }
  }
}
