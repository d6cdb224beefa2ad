// SPDX-License-Identifier: Apache-2.0
import type { ClientHttp2Session, ClientHttp2Stream } from 'node:http2';
import type { DescMessage, MessageShape } from '@bufbuild/protobuf';
import { milliseconds } from '../../../base/time.ts';
import { cancelStream, openStream, watchOutcome, watchPatience } from './call.ts';
import { asEngineError } from './engine-error.ts';
import { FrameReader, encodeFrame } from './frames.ts';
import { Inbox } from './inbox.ts';

/** Messages read ahead before the sender is held back. */
const READ_AHEAD = 4;

export interface DuplexCall<In extends DescMessage, Out extends DescMessage> {
  readonly session: ClientHttp2Session;
  readonly path: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly input: In;
  readonly output: Out;
  readonly signal: AbortSignal | undefined;
}

/** A call with messages both ways. Disposing cancels it where it has not ended. */
export class Duplex<In extends DescMessage, Out extends DescMessage> implements Disposable {
  readonly #input: In;
  readonly #stream: ClientHttp2Stream;
  readonly #inbox = new Inbox<MessageShape<Out>>();
  readonly #patience: Disposable;

  constructor(call: DuplexCall<In, Out>) {
    this.#input = call.input;
    this.#stream = openStream(call.session, call.path, call.metadata);
    this.#patience = watchPatience(
      call.path,
      { signal: call.signal, deadline: milliseconds(-1) },
      (error) => {
        this.#inbox.fail(error);
        cancelStream(this.#stream);
      },
    );
    this.#receiveFrames(new FrameReader(call.output, call.path), call.path);
    watchOutcome(this.#stream, call.path, (failure) => {
      this.#patience[Symbol.dispose]();
      if (failure === undefined) this.#inbox.end();
      else this.#inbox.fail(failure);
    });
  }

  /** Sends a message; resolves when there is room for the next one. A call that has failed tells it by `receive`. */
  async send(message: MessageShape<In>): Promise<void> {
    await this.sendParts([encodeFrame(this.#input, message)]);
  }

  /** Sends a frame that lies in parts, without putting them together first. */
  async sendParts(parts: readonly Uint8Array[]): Promise<void> {
    const stream = this.#stream;
    if (stream.destroyed || stream.writableEnded || stream.closed) return;
    stream.cork();
    for (const part of parts) stream.write(part);
    stream.uncork();
    if (!stream.writableNeedDrain) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    stream.once('drain', resolve);
    stream.once('close', resolve);
    await promise;
    stream.off('drain', resolve);
    stream.off('close', resolve);
  }

  /** No more messages from this side. */
  end(): void {
    this.#stream.end();
  }

  /** The next message, or `undefined` when the call has ended well. @throws EngineError */
  async receive(): Promise<MessageShape<Out> | undefined> {
    if (this.#inbox.length <= 1) this.#stream.resume();
    return this.#inbox.next();
  }

  [Symbol.dispose](): void {
    this.#patience[Symbol.dispose]();
    this.#stream.resume();
    cancelStream(this.#stream);
  }

  #receiveFrames(frames: FrameReader<Out>, path: string): void {
    this.#stream.on('data', (chunk: Buffer) => {
      try {
        for (const message of frames.read(chunk)) this.#inbox.push(message);
      } catch (error) {
        this.#inbox.fail(asEngineError(error, path));
        cancelStream(this.#stream);
      }
      if (this.#inbox.length >= READ_AHEAD) this.#stream.pause();
    });
  }
}
