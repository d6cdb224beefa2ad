// SPDX-License-Identifier: Apache-2.0
import { abortable } from '../../../base/async.ts';
import { EngineError, isKind } from '../../../base/errors.ts';
import { type Nanoseconds, seconds } from '../../../base/time.ts';
import type { Content, Leases } from '../../../adapters/containerd/index.ts';
import type { Digest } from '../../../spec/digest.ts';
import { RegistryError } from '../../../spec/registry-error.ts';
import { Slots } from './slots.ts';

/** How far a download is. */
export type DownloadState =
  | { readonly kind: 'waiting' | 'verifying' | 'complete' }
  | { readonly kind: 'downloading'; readonly bytes: number }
  | { readonly kind: 'retrying'; readonly seconds: number };

export interface Download {
  readonly digest: Digest;
  readonly size: number;
  /** Keeps what was fetched. */
  readonly lease: string;
  /** Where the bytes are had from. */
  open(offset: number, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>>;
}

export interface DownloadsDeps {
  readonly content: Content;
  readonly leases: Pick<Leases, 'addResource'>;
  /** How many run at once, and how often each is tried. */
  readonly limits: () => { readonly concurrent: number; readonly attempts: number };
  readonly pause: (span: Nanoseconds, signal: AbortSignal) => Promise<void>;
}

type Watcher = (state: DownloadState) => void;

/** A second of pause is added by each attempt that failed. Source: images.md §4.4. */
const PAUSE_STEP = 5;

/** Refusals that another try would not change. Source: images.md §4.4. */
const FINAL_CODES = new Set([
  'UNAUTHORIZED',
  'DENIED',
  'UNSUPPORTED',
  'TOOMANYREQUESTS',
  'NAME_UNKNOWN',
  'MANIFEST_UNKNOWN',
]);

const isFinal = (error: unknown): boolean =>
  error instanceof RegistryError
    ? FINAL_CODES.has(error.code)
    : isKind(error, 'invalid-argument', 'insufficient-storage');

/** One blob on its way, and those who wait for it. */
class Transfer {
  readonly done: Promise<void>;
  readonly #watchers = new Set<Watcher>();
  readonly #abort = new AbortController();
  #state: DownloadState = { kind: 'waiting' };

  constructor(run: (tell: Watcher, signal: AbortSignal) => Promise<void>) {
    const tell: Watcher = (state) => {
      this.#state = state;
      for (const watcher of this.#watchers) watcher(state);
    };
    this.done = run(tell, this.#abort.signal);
    // Those who wait get the error; when all have left, nobody asks for it.
    this.done.catch(() => undefined);
  }

  get isAbandoned(): boolean {
    return this.#abort.signal.aborted;
  }

  /** Waits for the end. The last one to leave early ends the transfer. */
  async watch(watcher: Watcher, signal: AbortSignal): Promise<void> {
    this.#watchers.add(watcher);
    if (this.#state.kind !== 'waiting') watcher(this.#state);
    try {
      await abortable(this.done, signal);
    } finally {
      this.#watchers.delete(watcher);
      if (this.#watchers.size === 0) this.#abort.abort(signal.reason);
    }
  }
}

/** Fetches blobs into the content store: a few at a time, each once however many ask, with resumption and further tries. */
export class Downloads {
  readonly #deps: DownloadsDeps;
  readonly #slots: Slots;
  readonly #transfers = new Map<Digest, Transfer>();

  constructor(deps: DownloadsDeps) {
    this.#deps = deps;
    this.#slots = new Slots(() => deps.limits().concurrent);
  }

  /** Resolves when the blob is in the store and under the download's lease. */
  async fetch(download: Download, watcher: Watcher, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const running = this.#transfers.get(download.digest);
    if (running && !running.isAbandoned) {
      await running.watch(watcher, signal);
      await this.#deps.leases.addResource(download.lease, { type: 'content', id: download.digest });
      return;
    }
    await running?.done.catch(() => undefined);
    await this.#begin(download).watch(watcher, signal);
  }

  /** Resolves when the transfer of `digest`, if there is one, has ended in whatever way. */
  async settled(digest: Digest): Promise<void> {
    await this.#transfers.get(digest)?.done.catch(() => undefined);
  }

  #begin(download: Download): Transfer {
    const again = this.#transfers.get(download.digest);
    if (again && !again.isAbandoned) return again;
    const transfer = new Transfer(async (tell, signal) => {
      try {
        await this.#run(download, tell, signal);
      } finally {
        if (this.#transfers.get(download.digest) === transfer) this.#transfers.delete(download.digest);
      }
    });
    this.#transfers.set(download.digest, transfer);
    return transfer;
  }

  async #run(download: Download, tell: Watcher, signal: AbortSignal): Promise<void> {
    // The transfer is not known to anybody yet.
    await Promise.resolve();
    if (!this.#slots.isFree) tell({ kind: 'waiting' });
    using _slot = await this.#slots.take(signal);
    const { attempts } = this.#deps.limits();
    for (let attempt = 1; ; attempt += 1) {
      try {
        await this.#attempt(download, tell, signal);
        tell({ kind: 'complete' });
        return;
      } catch (error) {
        signal.throwIfAborted();
        if (isFinal(error) || attempt >= attempts) throw asVerificationError(error, download.digest);
      }
      await this.#countDown(attempt * PAUSE_STEP, tell, signal);
    }
  }

  async #attempt(download: Download, tell: Watcher, signal: AbortSignal): Promise<void> {
    const { digest, size, lease } = download;
    const request = { ref: `layer-${digest}`, expected: digest, size, lease, signal };
    await this.#deps.content.write(request, async function* (offset) {
      let bytes = offset;
      for await (const chunk of await download.open(offset, signal)) {
        bytes += chunk.length;
        tell({ kind: 'downloading', bytes });
        yield chunk;
      }
      tell({ kind: 'verifying' });
    });
  }

  async #countDown(from: number, tell: Watcher, signal: AbortSignal): Promise<void> {
    for (let left = from; left > 0; left -= 1) {
      tell({ kind: 'retrying', seconds: left });
      await this.#deps.pause(seconds(1), signal);
    }
  }
}

/** The store says which digest the bytes had; clients know Docker's sentence. */
const asVerificationError = (error: unknown, digest: Digest): unknown =>
  isKind(error, 'invalid-argument') && !(error instanceof RegistryError)
    ? new EngineError('internal', `filesystem layer verification failed for digest ${digest}`, {
        cause: error,
      })
    : error;
