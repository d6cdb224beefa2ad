// SPDX-License-Identifier: Apache-2.0
import type { Stdio } from '../../adapters/containerd/index.ts';
import type { ContainerId } from '../../base/ids.ts';
import type { LogSink } from '../logs/index.ts';
import type { Sandbox } from '../networks/index.ts';
import type { ProcessStreams } from './streams.ts';

/** What one run of a container holds, from its start until its exit has been dealt with. */
export interface LiveRun {
  readonly stdio: Stdio;
  /** Absent when the driver keeps nothing (`none`). */
  readonly sink?: LogSink;
  /** Absent when the container shares another one's network or has none at all. */
  readonly sandbox?: Sandbox;
  /** Resolves when all output has been read and logged. */
  readonly drained: Promise<void>;
}

/** The present runs of all containers, and the streams that outlive them. */
export interface Runs {
  /** The container's streams: the same object over all its runs, there before the first start. */
  streams(id: ContainerId): ProcessStreams;
  /** The present run; `undefined` while no process exists. */
  get(id: ContainerId): LiveRun | undefined;
  /** Aborts when the present run is over and its output logged; aborted already when there is none. */
  ended(id: ContainerId): AbortSignal;
}

interface Entry {
  readonly run: LiveRun;
  readonly over: AbortController;
}

/** Who has what at the moment. `begin` and `finish` belong to start, monitor and restore alone. */
export class RunTable implements Runs {
  readonly #streams = new Map<ContainerId, ProcessStreams>();
  readonly #entries = new Map<ContainerId, Entry>();
  readonly #makeStreams: (id: ContainerId) => ProcessStreams;

  constructor(makeStreams: (id: ContainerId) => ProcessStreams) {
    this.#makeStreams = makeStreams;
  }

  streams(id: ContainerId): ProcessStreams {
    const known = this.#streams.get(id);
    if (known) return known;
    const made = this.#makeStreams(id);
    this.#streams.set(id, made);
    return made;
  }

  get(id: ContainerId): LiveRun | undefined {
    return this.#entries.get(id)?.run;
  }

  ended(id: ContainerId): AbortSignal {
    return this.#entries.get(id)?.over.signal ?? AbortSignal.abort();
  }

  /** A run exists from now on. */
  begin(id: ContainerId, run: LiveRun): void {
    this.#entries.set(id, { run, over: new AbortController() });
  }

  /** The run is over: whoever followed it is told. Gives the run, for its owner to let go of. */
  finish(id: ContainerId): LiveRun | undefined {
    const entry = this.#entries.get(id);
    this.#entries.delete(id);
    entry?.over.abort();
    return entry?.run;
  }

  /** Ends every session of the container; a later attach starts anew. */
  endStreams(id: ContainerId): void {
    this.#streams.get(id)?.end();
  }

  /** The container is gone. */
  forget(id: ContainerId): void {
    this.finish(id);
    this.endStreams(id);
    this.#streams.delete(id);
  }
}
