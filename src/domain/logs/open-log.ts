// SPDX-License-Identifier: Apache-2.0
import { EngineError, messageOf } from '../../base/errors.ts';
import { type Nanoseconds, seconds } from '../../base/time.ts';
import type { LogCache } from './cache.ts';
import { createBlockingDelivery, type Delivery } from './delivery.ts';
import type { LogContext, LogDriver, LogOptions, LogTarget } from './driver.ts';
import { LONGEST_MESSAGE } from './line-cutter.ts';
import { Losses, type LossesDeps } from './losses.ts';
import type { LogSubject } from './logs.ts';
import { parseBinarySize } from './options.ts';
import { countMessages, type LogPiece } from './piece.ts';
import { createRing } from './ring.ts';
import { createSink, type MarkedSink } from './sink.ts';

export interface OpenLogDeps extends LossesDeps {
  readonly cache: LogCache;
  /** The host's name, for tags. */
  readonly hostname: string;
}

/** How long a target may take nothing before its output is dropped: dockerd waits as long for a log to close. */
const PATIENCE: Nanoseconds = seconds(10);

/** Bytes that `mode=non-blocking` keeps without `max-buffer-size`. */
const RING = 1_000_000;

const deliver = (target: LogTarget, options: LogOptions, losses: Losses): Delivery => {
  const onLoss = (error: unknown, pieces: readonly LogPiece[]): void =>
    losses.add(
      error,
      pieces.reduce((sum, piece) => sum + countMessages(piece), 0),
    );
  const { mode, 'max-buffer-size': size } = options;
  if (mode !== 'non-blocking') return createBlockingDelivery(target, { patience: PATIENCE, onLoss });
  return createRing(target, size === undefined ? RING : parseBinarySize(size), {
    patience: PATIENCE,
    onLoss,
  });
};

/** Both get all output; each waits, drops and fails by itself. The second is the one that can be looked at. */
const beside = (first: LogTarget, second: Delivery): Delivery => ({
  write: (piece) => {
    const [one, other] = [first.write(piece), second.write(piece)];
    return one && other ? Promise.all([one, other]).then(() => undefined) : (one ?? other);
  },
  mark: (look) => second.mark(look),
  [Symbol.asyncDispose]: async () => {
    await Promise.all([first[Symbol.asyncDispose](), second[Symbol.asyncDispose]()]);
  },
});

const telling = (target: Delivery, losses: Losses): Delivery => ({
  write: (piece) => target.write(piece),
  mark: (look) => target.mark(look),
  [Symbol.asyncDispose]: async () => {
    await target[Symbol.asyncDispose]();
    losses.close();
  },
});

/** The log of one run, open: the driver's target, beside it the cache when the driver can't read. */
class OpenLog {
  readonly #deps: OpenLogDeps;
  readonly #driver: LogDriver;
  readonly #subject: LogSubject;
  readonly #losses: Losses;
  readonly #context: LogContext;

  constructor(deps: OpenLogDeps, driver: LogDriver, subject: LogSubject) {
    this.#deps = deps;
    this.#driver = driver;
    this.#subject = subject;
    const losses = new Losses(deps, subject, driver.name);
    this.#losses = losses;
    this.#context = { hostname: deps.hostname, report: (error, count) => losses.add(error, count) };
  }

  get #options(): LogOptions {
    return this.#subject.config.config ?? {};
  }

  /** Values of options are looked at here, not at create: as in dockerd a bad one fails the start. @throws internal */
  async open(): Promise<MarkedSink> {
    try {
      await using acquired = new AsyncDisposableStack();
      const opened = acquired.use(await this.#driver.open(this.#subject, this.#context));
      const target = deliver(opened, this.#options, this.#losses);
      const sink = this.#sink(await this.#withCache(target));
      acquired.move();
      return sink;
    } catch (cause) {
      throw new EngineError('internal', messageOf(cause), { cause });
    }
  }

  /** For a container that runs already: what can't be opened is told and done without. */
  async reopen(): Promise<MarkedSink | undefined> {
    try {
      return await this.open();
    } catch (error) {
      this.#losses.add(error);
      return undefined;
    }
  }

  async #withCache(target: Delivery): Promise<Delivery> {
    const { cache } = this.#deps;
    if (this.#driver.read || !cache.isWanted(this.#subject)) return target;
    const copy = await cache.open(this.#subject, this.#context);
    return beside(target, deliver(copy, {}, this.#losses));
  }

  #sink(target: Delivery): MarkedSink {
    return createSink(telling(target, this.#losses), this.#driver.longestMessage ?? LONGEST_MESSAGE);
  }
}

/** Opens the log of a run that is about to start. @throws internal in the driver's words */
export const openLog = async (
  deps: OpenLogDeps,
  driver: LogDriver,
  subject: LogSubject,
): Promise<MarkedSink> => new OpenLog(deps, driver, subject).open();

/** Opens the log of a run that goes on; `undefined`, and told, when that fails. */
export const reopenLog = async (
  deps: OpenLogDeps,
  driver: LogDriver,
  subject: LogSubject,
): Promise<MarkedSink | undefined> => new OpenLog(deps, driver, subject).reopen();
