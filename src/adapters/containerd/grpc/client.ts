// SPDX-License-Identifier: Apache-2.0
import type { ClientHttp2Session } from 'node:http2';
import {
  type DescMessage,
  type DescMethodBiDiStreaming,
  type DescMethodServerStreaming,
  type DescMethodUnary,
  type MessageInitShape,
  type MessageShape,
  create,
} from '@bufbuild/protobuf';
import { EngineError } from '../../../base/errors.ts';
import type { Nanoseconds } from '../../../base/time.ts';
import { type CallOptions, pathOf, watchPatience } from './call.ts';
import type { Connection } from './connection.ts';
import { Duplex } from './duplex.ts';
import { encodeFrame } from './frames.ts';
import { callUnary } from './unary.ts';

export interface GrpcClientDeps {
  readonly connection: Connection;
  /** Headers of every call. */
  readonly metadata: Readonly<Record<string, string>>;
  /** How long a call may take that says nothing else. */
  readonly deadline: Nanoseconds;
}

/** Calls over one connection. While it is lost, calls wait for it as long as their deadline allows. */
export class GrpcClient {
  readonly #deps: GrpcClientDeps;

  constructor(deps: GrpcClientDeps) {
    this.#deps = deps;
  }

  /** One request, one answer. @throws EngineError whose cause is the `GrpcError` */
  async unary<In extends DescMessage, Out extends DescMessage>(
    method: DescMethodUnary<In, Out>,
    request: MessageInitShape<In>,
    options: CallOptions = {},
  ): Promise<MessageShape<Out>> {
    const path = pathOf(method);
    const deadline = options.deadline ?? this.#deps.deadline;
    const stopped = new AbortController();
    using _patience = watchPatience(path, { signal: options.signal, deadline }, (error) =>
      stopped.abort(error),
    );
    const session = await this.#session(stopped.signal);
    const frame = encodeFrame(method.input, create(method.input, request));
    const metadata = { ...this.#deps.metadata, ...options.metadata };
    return await callUnary({ session, path, metadata, frame, output: method.output, signal: stopped.signal });
  }

  /**
   * One request, many answers; the end of the iteration ends the call. The deadline is that of the opening alone: a
   * stream may last.
   */
  async *serverStream<In extends DescMessage, Out extends DescMessage>(
    method: DescMethodServerStreaming<In, Out>,
    request: MessageInitShape<In>,
    options: CallOptions = {},
  ): AsyncGenerator<MessageShape<Out>> {
    using duplex = await this.#open(method, options);
    await duplex.send(create(method.input, request));
    duplex.end();
    for (;;) {
      const message = await duplex.receive();
      if (message === undefined) return;
      yield message;
    }
  }

  /** Messages both ways. Disposing cancels what has not ended. */
  async duplex<In extends DescMessage, Out extends DescMessage>(
    method: DescMethodBiDiStreaming<In, Out>,
    options: CallOptions = {},
  ): Promise<Duplex<In, Out>> {
    return this.#open(method, options);
  }

  async #open<In extends DescMessage, Out extends DescMessage>(
    method: DescMethodServerStreaming<In, Out> | DescMethodBiDiStreaming<In, Out>,
    options: CallOptions,
  ): Promise<Duplex<In, Out>> {
    const path = pathOf(method);
    const deadline = options.deadline ?? this.#deps.deadline;
    const stopped = new AbortController();
    using _patience = watchPatience(path, { signal: options.signal, deadline }, (error) =>
      stopped.abort(error),
    );
    const session = await this.#session(stopped.signal);
    const metadata = { ...this.#deps.metadata, ...options.metadata };
    const { input, output } = method;
    return new Duplex({ session, path, metadata, input, output, signal: options.signal });
  }

  async #session(signal: AbortSignal): Promise<ClientHttp2Session> {
    const { connection } = this.#deps;
    if (signal.aborted) throw signal.reason as EngineError;
    try {
      return connection.current ?? (await connection.ready(signal));
    } catch (error) {
      if (!signal.aborted || !(error instanceof EngineError) || error.kind === 'cancelled') throw error;
      throw new EngineError('unavailable', `containerd is not reachable at ${connection.address}`, {
        cause: error,
      });
    }
  }
}
