// SPDX-License-Identifier: Apache-2.0
import type { OutputStream } from '../logs/index.ts';
import type { StreamSession } from './containers.ts';
import { pump } from './output-pump.ts';
import { StdinChannel } from './stdin-channel.ts';
import { Session, type SessionHome } from './stream-session.ts';
import type { ProcessStreams, ProcessStreamsOptions, RunStreams, SessionOptions } from './streams.ts';

type Pump = ReturnType<typeof pump>;

const all = (waits: readonly (Promise<void> | undefined)[]): Promise<void> | undefined => {
  const busy = waits.filter((wait) => wait !== undefined);
  if (busy.length < 2) return busy[0];
  return Promise.allSettled(busy).then(() => undefined);
};

class Hub implements ProcessStreams, SessionHome {
  readonly options: ProcessStreamsOptions;
  readonly stdin = new StdinChannel();
  readonly #sessions = new Set<Session>();
  #pumps: readonly Pump[] = [];
  #heard = 0;

  constructor(options: ProcessStreamsOptions) {
    this.options = options;
  }

  get heard(): number {
    return this.#heard;
  }

  attach(asked: SessionOptions): StreamSession {
    const session = new Session(this, asked);
    this.#sessions.add(session);
    return session;
  }

  leave(session: Session): void {
    this.#sessions.delete(session);
  }

  join(run: RunStreams): { readonly drained: Promise<void> } {
    const { stdio, sink } = run;
    this.stdin.join({ stdin: stdio.stdin, closeStdin: () => run.closeStdin() });
    const outputs = [
      ['stdout', stdio.stdout],
      ['stderr', stdio.stderr],
    ] as const;
    this.#pumps = outputs.flatMap(([stream, source]) =>
      source ? [pump(source, (chunk) => this.#deliver(stream, chunk, sink))] : [],
    );
    return { drained: Promise.all(this.#pumps.map(({ done }) => done)).then(() => undefined) };
  }

  started(): void {
    this.stdin.started();
  }

  end(): void {
    for (const each of this.#pumps) each.stop();
    this.#pumps = [];
    this.stdin.end();
    for (const session of this.#sessions) session.finish();
    this.#sessions.clear();
  }

  #deliver(stream: OutputStream, chunk: Uint8Array, sink: RunStreams['sink']): Promise<void> | undefined {
    this.#heard += 1;
    const logged = sink?.write(stream, chunk);
    // The common case: a container that nobody watches.
    if (this.#sessions.size === 0) return logged;
    return all([logged, ...Array.from(this.#sessions, (session) => session.push(stream, chunk))]);
  }
}

/** The streams of one container or exec. Nothing is opened or read before `join`. */
export const createProcessStreams = (options: ProcessStreamsOptions): ProcessStreams => new Hub(options);
