// SPDX-License-Identifier: Apache-2.0
import { EventEmitter, once } from 'node:events';
import type { OutputChunk, StreamSession } from '../../../src/domain/containers/index.ts';

/** A process that a test plays: what it prints, and what it was sent. */
export interface FakeProcess {
  readonly session: StreamSession;
  /** Bytes of stdin so far. */
  readonly received: () => number;
  /** Resolves when stdin has ended. */
  readonly inputEnded: Promise<void>;
  /** Resolves when the client's side is gone or the session was closed. */
  readonly closed: Promise<void>;
  print(stream: 'stdout' | 'stderr', data: string | Uint8Array): void;
  exit(): void;
}

export interface FakeProcessOptions {
  readonly tty?: boolean;
  /** Prints stdin back, and exits when it ends: `cat`. */
  readonly echo?: boolean;
  readonly stdin?: boolean;
}

/** How many chunks the process buffers before stdin has to wait. */
const BUFFERED = 16;

export const createFakeProcess = (options: FakeProcessOptions = {}): FakeProcess => {
  const { tty = false, echo = false, stdin = true } = options;
  const queue: OutputChunk[] = [];
  const changes = new EventEmitter();
  const [inputEnded, closed] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  let received = 0;
  let ended = false;
  const print = (stream: 'stdout' | 'stderr', data: string | Uint8Array): void => {
    queue.push({ stream, data: Buffer.from(data) });
    changes.emit('more');
  };
  const exit = (): void => {
    ended = true;
    changes.emit('more');
  };
  async function* output(): AsyncGenerator<OutputChunk> {
    for (;;) {
      for (let chunk = queue.shift(); chunk; chunk = queue.shift()) {
        changes.emit('less');
        yield chunk;
      }
      if (ended) return;
      await once(changes, 'more');
    }
  }
  const input = {
    write: async (chunk: Uint8Array): Promise<void> => {
      received += chunk.byteLength;
      if (!echo) return;
      print('stdout', chunk);
      if (queue.length > BUFFERED) await once(changes, 'less');
    },
    end: (): void => {
      inputEnded.resolve();
      if (echo) exit();
    },
  };
  const close = (): void => {
    closed.resolve();
    exit();
  };
  const session: StreamSession = { tty, output: output(), close, ...(stdin ? { stdin: input } : {}) };
  return {
    session,
    received: () => received,
    inputEnded: inputEnded.promise,
    closed: closed.promise,
    print,
    exit,
  };
};
