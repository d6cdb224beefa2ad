// SPDX-License-Identifier: Apache-2.0
import { rmSync } from 'node:fs';
import { connect } from 'node:net';
import { abortable, sleep, within } from '../../base/async.ts';
import { EngineError, isKind, messageOf } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import { type Nanoseconds, milliseconds, now, seconds, since } from '../../base/time.ts';
import {
  type ContainerdProcess,
  type ProcessOptions,
  adoptProcess,
  lastWords,
  signalProcess,
  spawnProcess,
} from './containerd-process.ts';
import { pidFileOf, socketOf } from './supervisor-config.ts';

/** Pause (ms) between two looks at the socket of a containerd that starts. */
const LOOK_PAUSE = 5;
/** Pauses (ms) before a containerd that died is started again: each twice the one before. */
const FIRST_RESTART = 100;
const SLOWEST_RESTART = 15_000;
/** One that ran this long did well: the pauses begin anew. */
const GOOD_RUN = seconds(60);

export interface SupervisorOptions extends ProcessOptions {
  readonly log: Log;
  /** How long a start may take before it has failed; 60 s when absent. */
  readonly startPatience?: Nanoseconds;
  /** How long containerd gets to end by itself; 15 s when absent. */
  readonly stopPatience?: Nanoseconds;
}

/** A containerd of our own. Disposing stops it (containers run on without it); `leave` lets it run. */
export interface Supervisor extends AsyncDisposable {
  readonly address: string;
  /** Its process, 0 while it is down. */
  readonly pid: number;
  /** Whether an earlier daemon had left it running. */
  readonly adopted: boolean;
  /** Ends the watch; containerd runs on, and the next daemon adopts it. */
  leave(): void;
}

/** Whether anybody listens: one try, without the client's back-off. */
const accepts = (address: string): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(address, () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });

const answers = async (address: string, log: Log, patience: Nanoseconds): Promise<boolean> => {
  if (!(await accepts(address))) return false;
  // Loaded while containerd starts, not before: the daemon wants its process up as early as can be.
  const { createContainerd } = await import('./containerd.ts');
  await using containerd = createContainerd({
    address,
    namespace: 'berth',
    log,
    deadlines: { call: patience },
  });
  try {
    await containerd.version();
    return true;
  } catch (error) {
    if (isKind(error, 'unavailable')) return false;
    throw error;
  }
};

/** Waits until containerd answers. @throws unavailable when it ends before, or its time is over */
const waitUntilUp = async (
  options: SupervisorOptions,
  running: ContainerdProcess,
  signal: AbortSignal,
): Promise<void> => {
  const patience = options.startPatience ?? seconds(60);
  const begun = now();
  const address = socketOf(options);
  const end: { how?: string } = {};
  void running.ended.then((how) => {
    end.how = how;
  });
  for (;;) {
    if (end.how !== undefined)
      throw new EngineError('unavailable', `containerd did not start: ${end.how}\n${lastWords(options)}`);
    const left = (patience - since(begun)) as Nanoseconds;
    if (left <= 0n) throw new EngineError('unavailable', `containerd does not answer at ${address}`);
    if (await answers(address, options.log, left)) return;
    await sleep(milliseconds(LOOK_PAUSE), signal);
  }
};

/** Keeps one containerd running until disposed of or told to leave it. */
class ContainerdSupervisor implements Supervisor {
  readonly address: string;
  readonly #options: SupervisorOptions;
  readonly #over = new AbortController();
  #running: ContainerdProcess | undefined;
  /** Settles when nobody starts containerd again. */
  #watching: Promise<void> = Promise.resolve();

  constructor(options: SupervisorOptions) {
    this.#options = options;
    this.address = socketOf(options);
  }

  get pid(): number {
    return this.#running?.pid ?? 0;
  }

  get adopted(): boolean {
    return this.#running?.adopted ?? false;
  }

  async start(signal: AbortSignal): Promise<void> {
    const begun = now();
    const either = AbortSignal.any([signal, this.#over.signal]);
    this.#running = (await this.#adopt(either)) ?? (await this.#spawn(either));
    this.#options.log.debug('containerd answers', {
      pid: this.pid,
      after: since(begun),
      adopted: this.adopted,
    });
    this.#watching = this.#watch(this.#running);
  }

  leave(): void {
    this.#over.abort();
    this.#running = undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#over.abort();
    const running = this.#running;
    if (running !== undefined) await this.#end(running);
    await this.#watching;
    if (running !== undefined) rmSync(pidFileOf(this.#options), { force: true });
  }

  async #adopt(signal: AbortSignal): Promise<ContainerdProcess | undefined> {
    const found = adoptProcess(this.#options, this.#over.signal);
    if (found === undefined) return undefined;
    try {
      await waitUntilUp(this.#options, found, signal);
      return found;
    } catch (error) {
      if (!isKind(error, 'unavailable')) throw error;
      this.#options.log.warn('the containerd left running does not answer and is ended', { pid: found.pid });
      await this.#end(found);
      return undefined;
    }
  }

  async #spawn(signal: AbortSignal): Promise<ContainerdProcess> {
    const started = spawnProcess(this.#options);
    try {
      await waitUntilUp(this.#options, started, signal);
      return started;
    } catch (error) {
      await this.#end(started);
      throw error;
    }
  }

  /** Starts containerd again whenever it ends, until the supervisor's own end. */
  async #watch(first: ContainerdProcess): Promise<void> {
    const { log } = this.#options;
    let running = first;
    let pause = FIRST_RESTART;
    let begun = now();
    const { signal } = this.#over;
    for (;;) {
      const how = await abortable(running.ended, signal).catch(() => undefined);
      if (signal.aborted) return;
      this.#running = undefined;
      log.error('containerd ended and is started again', { pid: running.pid, how });
      if (since(begun) > GOOD_RUN) pause = FIRST_RESTART;
      const again = await this.#startAgain(pause);
      if (again === undefined) return;
      running = again.running;
      pause = again.pause;
      begun = now();
    }
  }

  async #startAgain(
    firstPause: number,
  ): Promise<{ readonly running: ContainerdProcess; readonly pause: number } | undefined> {
    const { signal } = this.#over;
    for (let pause = firstPause; ; pause = Math.min(pause * 2, SLOWEST_RESTART)) {
      try {
        await sleep(milliseconds(pause), signal);
        const running = await this.#spawn(signal);
        this.#running = running;
        if (signal.aborted) await this.#end(running);
        return { running, pause: Math.min(pause * 2, SLOWEST_RESTART) };
      } catch (error) {
        if (signal.aborted) return undefined;
        this.#options.log.error('containerd could not be started', { error: messageOf(error) });
      }
    }
  }

  /** Ends the process: politely, then for certain. */
  async #end({ pid, adopted, ended }: ContainerdProcess): Promise<void> {
    if (pid === 0) return;
    const patience = this.#options.stopPatience ?? seconds(15);
    const gone = adopted ? this.#goneByLook(pid) : ended;
    signalProcess(pid, 'SIGTERM');
    if ((await within(gone, patience)) !== undefined) return;
    this.#options.log.warn('containerd did not stop in time', { pid });
    signalProcess(pid, 'SIGKILL');
    await gone;
  }

  async #goneByLook(pid: number): Promise<string> {
    const never = new AbortController().signal;
    while (signalProcess(pid, 0)) await sleep(milliseconds(LOOK_PAUSE), never);
    return 'gone';
  }
}

/**
 * Starts a private containerd, or adopts the one that an earlier daemon left, and resolves when it answers.
 * @throws unavailable when it does not come up
 */
export const superviseContainerd = async (
  options: SupervisorOptions,
  signal: AbortSignal,
): Promise<Supervisor> => {
  const supervisor = new ContainerdSupervisor(options);
  await supervisor.start(signal);
  return supervisor;
};
