// SPDX-License-Identifier: Apache-2.0
import { now } from '../../base/time.ts';
import type { Delivery, Look } from './delivery.ts';
import { LineCutter } from './line-cutter.ts';
import type { LogLine, LogSink, OutputStream } from './logs.ts';
import type { LogPiece } from './piece.ts';

/** A sink at which one may ask for a look at the log at a point of the output. */
export interface MarkedSink extends LogSink {
  /** What of the output so far is in no piece yet, as its line is not whole. */
  readonly held: readonly LogLine[];
  /**
   * Calls `look` once: when the log has all output that was written before this call but what is held, and none that
   * comes after it; at the latest when the sink has been closed.
   */
  mark(look: Look): void;
  /** Resolves when it has been closed. */
  readonly closed: Promise<void>;
}

const writeAll = async (target: Delivery, pieces: readonly LogPiece[]): Promise<void> => {
  for (const piece of pieces) await target.write(piece);
};

/** Cuts output into pieces and hands them over one by one, in the order in which the output came. */
class Sink implements MarkedSink {
  readonly #target: Delivery;
  readonly #cutters: Readonly<Record<OutputStream, LineCutter>>;
  readonly #looks = new Set<Look>();
  /** What is being handed over: both streams write here, and neither may overtake the other. */
  #busy: Promise<void> | undefined;
  #closing: Promise<void> | undefined;
  readonly #closed = Promise.withResolvers<void>();

  constructor(target: Delivery, longest: number) {
    this.#target = target;
    this.#cutters = {
      stdout: new LineCutter('stdout', longest),
      stderr: new LineCutter('stderr', longest),
    };
  }

  get closed(): Promise<void> {
    return this.#closed.promise;
  }

  get held(): readonly LogLine[] {
    return (['stdout', 'stderr'] as const).flatMap((stream) => {
      const text = this.#cutters[stream].held;
      return text ? [{ stream, text, at: now() }] : [];
    });
  }

  write(stream: OutputStream, chunk: Uint8Array): Promise<void> | undefined {
    const pieces = this.#cutters[stream].take(chunk, now());
    const [first] = pieces;
    if (!first) return undefined;
    // The usual case, in the fewest steps.
    if (pieces.length === 1 && !this.#busy) return this.#handedOver(this.#target.write(first));
    return this.#next(() => writeAll(this.#target, pieces));
  }

  mark(look: Look): void {
    const once = async (): Promise<void> => {
      if (this.#looks.delete(once)) await look();
    };
    this.#looks.add(once);
    if (this.#closing) void this.#closing.then(once);
    else void this.#next(() => this.#target.mark(once));
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** A delivery neither throws nor rejects, so that one piece lost never stops the next. */
  #next(give: () => Promise<void> | undefined): Promise<void> | undefined {
    return this.#handedOver(this.#busy ? this.#busy.then(give) : give());
  }

  /** What comes next waits for `given`. */
  #handedOver(given: Promise<void> | undefined): Promise<void> | undefined {
    if (!given) return undefined;
    const busy = given.finally(() => {
      if (this.#busy === busy) this.#busy = undefined;
    });
    this.#busy = busy;
    return busy;
  }

  async #close(): Promise<void> {
    const rests = Object.values(this.#cutters).flatMap((cutter) => cutter.finish(now()) ?? []);
    try {
      await this.#next(() => writeAll(this.#target, rests));
      await this.#target[Symbol.asyncDispose]();
    } finally {
      // A target that hangs never came to them.
      for (const look of this.#looks) await look();
      this.#closed.resolve();
    }
  }
}

/** The sink of one run: cuts output into pieces and hands them to the target, which is let go of with it. */
export const createSink = (target: Delivery, longest: number): MarkedSink => new Sink(target, longest);
