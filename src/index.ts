// SPDX-License-Identifier: Apache-2.0
import { type Log, silentLog } from './base/log.ts';
import { EngineError } from './base/errors.ts';
import { type Config, makeConfig } from './daemon/config.ts';
import { Daemon } from './daemon/daemon.ts';
import type { Settings } from './daemon/options/table.ts';
import { refuseContradictions, validateSettings } from './daemon/validate.ts';
import type { Containers } from './domain/containers/index.ts';
import type { Events } from './domain/events/index.ts';
import type { Images } from './domain/images/index.ts';
import type { Networks } from './domain/networks/index.ts';
import type { System } from './domain/system/index.ts';
import type { Volumes } from './domain/volumes/index.ts';

export { EngineError, type ErrorKind } from './base/errors.ts';
export type { Log, LogFields } from './base/log.ts';
export type { Settings } from './daemon/options/table.ts';

/** How an embedded engine runs. */
export interface EngineOptions {
  /** Directory of persistent state: this engine's alone. */
  readonly dataRoot: string;
  /** Directory of run-time state (sockets, FIFOs): this engine's alone. */
  readonly execRoot: string;
  /** Where the Engine API listens (`unix:///path`, `tcp://127.0.0.1:0`); nowhere when absent. */
  readonly hosts?: readonly string[];
  /** Anything else that the daemon's flags can say, by flag name: `{ 'live-restore': true }`. */
  readonly settings?: Settings;
  /** Silent when absent. */
  readonly log?: Log;
  /** What the process's environment adds: `PATH` for containerd and runc, proxies. Empty when absent. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** A Docker Engine inside this process. Its rooms are there from `start` until `stop`. */
export interface Engine extends AsyncDisposable {
  /** @throws conflict when the roots are another's, unavailable when this machine cannot run containers */
  start(): Promise<void>;
  /** Ends the containers within the shutdown timeout, or lets them run with live restore. */
  stop(): Promise<void>;
  /** The ports of tcp hosts, in order: what port 0 became. */
  readonly ports: readonly number[];
  readonly containers: Containers;
  readonly images: Images;
  readonly networks: Networks;
  readonly volumes: Volumes;
  readonly events: Events;
  readonly system: System;
}

const configOf = (options: EngineOptions): Config => {
  const settings = options.settings ?? {};
  validateSettings(settings);
  refuseContradictions(settings);
  const { dataRoot, execRoot, hosts = [] } = options;
  return { ...makeConfig(settings, options.env ?? {}), dataRoot, execRoot, hosts, pidfile: '' };
};

class EmbeddedEngine implements Engine {
  readonly #daemon: Daemon;

  constructor(options: EngineOptions) {
    const { env = {}, log = silentLog } = options;
    this.#daemon = new Daemon({ config: configOf(options), env, log });
  }

  start(): Promise<void> {
    return this.#daemon.start();
  }
  stop(): Promise<void> {
    return this.#daemon.stop();
  }
  get ports(): readonly number[] {
    return this.#daemon.ports;
  }
  get containers(): Containers {
    return this.#rooms.containers;
  }
  get images(): Images {
    return this.#rooms.images;
  }
  get networks(): Networks {
    return this.#rooms.networks;
  }
  get volumes(): Volumes {
    return this.#rooms.volumes;
  }
  get events(): Events {
    return this.#rooms.events;
  }
  get system(): System {
    return this.#rooms.system;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#daemon.stop();
  }

  get #rooms(): NonNullable<Daemon['rooms']> {
    const { rooms } = this.#daemon;
    if (!rooms) throw new EngineError('unavailable', 'the engine is not started');
    return rooms;
  }
}

/**
 * An engine for programs that embed it. Signals, pidfile and daemon.json are left to the program; everything else is as
 * in `berthd`. One engine a process: network namespaces are a matter of threads.
 * @throws invalid-argument for settings that contradict each other
 */
export const createEngine = (options: EngineOptions): Engine => new EmbeddedEngine(options);
