// SPDX-License-Identifier: Apache-2.0
import http2, { type ClientHttp2Session } from 'node:http2';
import net from 'node:net';
import { abortable, sleep } from '../../../base/async.ts';
import { EngineError, messageOf } from '../../../base/errors.ts';
import type { Log } from '../../../base/log.ts';
import { milliseconds } from '../../../base/time.ts';

/** Bytes the peer may send ahead, for one stream and for the session: reading of blobs stays in flow. */
const STREAM_WINDOW = 4 * 1024 * 1024;
const SESSION_WINDOW = 16 * 1024 * 1024;
/** Megabytes a session may buffer before it refuses new streams: several layers are written at once. */
const SESSION_MEMORY = 512;

/** The pauses before a new try to connect (ms): each twice the one before, ten tries in 20 seconds. */
const FIRST_PAUSE = 20;
const SLOWEST_PAUSE = 10_000;
const TRIES = 10;

const pauseBefore = (attempt: number): number => Math.min(FIRST_PAUSE * 2 ** (attempt - 1), SLOWEST_PAUSE);

/** Opens one session. @throws the socket's error (ENOENT, ECONNREFUSED …) */
const openSession = async (address: string): Promise<ClientHttp2Session> => {
  const session = http2.connect('http://localhost', {
    createConnection: () => net.connect(address),
    settings: { enablePush: false, initialWindowSize: STREAM_WINDOW },
    maxSessionMemory: SESSION_MEMORY,
  });
  const opened = Promise.withResolvers<void>();
  session.once('connect', opened.resolve);
  // After the connect an error ends the session; `close` tells, and the calls under way fail by themselves.
  session.on('error', opened.reject);
  await opened.promise;
  session.setLocalWindowSize(SESSION_WINDOW);
  return session;
};

/**
 * The one HTTP/2 session to a unix socket. It is opened by the first call and again after a loss: ten tries with
 * exponential pauses, then for ever at the slowest pause, which the log tells.
 */
export class Connection implements AsyncDisposable {
  readonly address: string;
  readonly #log: Log;
  readonly #closed = new AbortController();
  #session: ClientHttp2Session | undefined;
  #opening: Promise<ClientHttp2Session> | undefined;

  constructor(address: string, log: Log) {
    this.address = address;
    this.#log = log;
  }

  /** The session, when it stands. */
  get current(): ClientHttp2Session | undefined {
    const session = this.#session;
    return session === undefined || session.closed || session.destroyed ? undefined : session;
  }

  /** The session as soon as it stands. @throws the signal's reason, or unavailable after disposal */
  async ready(signal: AbortSignal): Promise<ClientHttp2Session> {
    const { current } = this;
    if (current !== undefined) return current;
    this.#opening ??= this.#open().finally(() => {
      this.#opening = undefined;
    });
    // Nobody may be left to hear of a failure when every caller gave up.
    this.#opening.catch(() => undefined);
    return abortable(this.#opening, signal);
  }

  async #open(): Promise<ClientHttp2Session> {
    for (let attempt = 1; ; attempt += 1) {
      if (this.#closed.signal.aborted)
        throw new EngineError('unavailable', 'containerd connection is closed');
      try {
        return this.#adopt(await openSession(this.address), attempt);
      } catch (error) {
        this.#tellFailure(attempt, error);
      }
      await sleep(milliseconds(pauseBefore(attempt)), this.#closed.signal).catch(() => undefined);
    }
  }

  #adopt(session: ClientHttp2Session, attempt: number): ClientHttp2Session {
    if (this.#closed.signal.aborted) session.destroy();
    this.#session = session;
    session.once('close', () => {
      if (!this.#closed.signal.aborted)
        this.#log.debug('containerd connection lost', { address: this.address });
    });
    if (attempt > 1) this.#log.info('containerd connection stands', { address: this.address, attempt });
    return session;
  }

  #tellFailure(attempt: number, error: unknown): void {
    const fields = { address: this.address, attempt, error: messageOf(error) };
    if (attempt < TRIES) this.#log.debug('containerd does not accept a connection yet', fields);
    else if (attempt === TRIES)
      this.#log.warn('containerd cannot be reached, trying on every ten seconds', fields);
  }

  /** Ends the session with every call under way. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed.abort();
    const session = this.#session;
    this.#session = undefined;
    if (session === undefined || session.destroyed) return;
    const gone = new Promise<void>((resolve) => session.once('close', resolve));
    session.destroy();
    await gone;
  }
}
