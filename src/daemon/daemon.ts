// SPDX-License-Identifier: Apache-2.0
import { mkdirSync } from 'node:fs';
import { superviseContainerd, type Supervisor } from '../adapters/containerd/index.ts';
import { messageOf } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import { resolveListeners } from './listeners.ts';
import type { Parts } from './assemble.ts';
import type { Rooms } from './compose-domain.ts';
import type { Config } from './config.ts';
import type { Environment } from './environment.ts';
import { type Paths, pathsOf, withRealRoot } from './paths.ts';
import { claimDataRoot, type DataRoot } from './process/data-root.ts';
import { claimExecRoot } from './process/exec-root.ts';
import { hostAccounts } from './process/accounts.ts';
import { makeRemappedRoots, openToRemappedRoot, remappedConfig } from './process/remapped-roots.ts';
import { type RemappedRoot, resolveRemappedRoot } from './process/remapped-root.ts';
import { writePidfile } from './process/pidfile.ts';
import { ServiceManager } from './process/service-manager.ts';
import { LiveConfig, reloadAttributes } from './reload.ts';

export interface DaemonOptions {
  readonly config: Config;
  readonly env: Environment;
  readonly log: Log;
}

/**
 * The whole engine in one process: started in order, stopped in reverse. Everything that is made and joined is made and
 * joined here and in the two files beside it.
 */
export class Daemon implements AsyncDisposable {
  readonly #env: Environment;
  readonly #log: Log;
  readonly #config: LiveConfig;
  #paths: Paths;
  /** Present with user namespaces. */
  #remapped: RemappedRoot | undefined;
  readonly #services: ServiceManager;
  /** Changes run to their end under it. */
  readonly #lifetime = new AbortController();
  /** Ends a start that is under way. */
  readonly #starting = new AbortController();
  readonly #stack = new AsyncDisposableStack();
  #parts: Parts | undefined;
  #id = '';
  /** Containers go on without this process, and containerd with them. */
  #livesOn = false;

  constructor({ config: asked, env, log }: DaemonOptions) {
    const config = withRealRoot(asked);
    this.#env = env;
    this.#log = log;
    this.#config = new LiveConfig(config);
    this.#paths = pathsOf(config);
    this.#services = new ServiceManager(env, log);
  }

  /** The rooms, for those who embed the engine. `undefined` before the start. */
  get rooms(): Rooms | undefined {
    return this.#parts?.rooms;
  }

  /** The ports of tcp listeners. */
  get ports(): readonly number[] {
    return this.#parts?.api.ports ?? [];
  }

  /** Ends a start that is under way; a started daemon is left alone. */
  abort(): void {
    this.#starting.abort();
  }

  /**
   * Claims the roots, makes everything, opens the listeners, finds what an earlier daemon left, and serves.
   * @throws conflict, unavailable, invalid-argument when it cannot; then nothing is left behind
   */
  async start(): Promise<void> {
    this.#remap();
    const root = this.#claim();
    const listeners = resolveListeners(this.#config.current, this.#env, this.#log);
    const containerd = this.#startContainerd();
    // Awaited when it is needed. Its end comes after that of all who use it, so it is put down now.
    containerd.catch(() => undefined);
    this.#stack.defer(() => this.#endContainerd(containerd));
    // The engine itself is loaded while containerd comes up.
    const { assemble } = await import('./assemble.ts');
    const parts = assemble(
      {
        config: this.#config,
        env: this.#env,
        paths: this.#paths,
        id: root.id,
        listeners,
        log: this.#log,
        lifetime: this.#lifetime.signal,
        ...(this.#remapped?.maps && { idMaps: this.#remapped.maps }),
      },
      this.#stack,
    );
    parts.rooms.logs.validateDefaults();
    await parts.api.open();
    await this.#startRooms(parts, containerd);
    this.#parts = parts;
    parts.api.serve({ ...parts.rooms, host: parts.platform });
    for (const listener of listeners)
      this.#log.info(`API listen on ${listener.kind === 'unix' ? listener.path : JSON.stringify(listener)}`);
    await this.#services.ready();
    this.#log.info('Daemon has completed initialization');
  }

  /** Stops serving, ends the containers (live restore: lets them run), and lets go of everything. */
  async stop(): Promise<void> {
    this.#starting.abort();
    const parts = this.#parts;
    this.#parts = undefined;
    if (parts) {
      this.#livesOn = this.#config.current.liveRestore && hasProcesses(parts);
      await this.#services.stopping();
      await parts.api.close();
      await parts.rooms.containers.shutdown();
      parts.api.cut();
    }
    this.#lifetime.abort();
    await this.#stack.disposeAsync();
  }

  /** Goes on with another configuration: its reloadable parts have been chosen by the caller. */
  reload(asked: Config): void {
    const config = withRealRoot(asked);
    this.#config.swap(this.#remapped ? remappedConfig(config, this.#remapped) : config);
    const parts = this.#parts;
    if (!parts) return;
    parts.rooms.events.publish({
      type: 'daemon',
      action: 'reload',
      actor: this.#id,
      attributes: reloadAttributes(config, parts.adapters.host.name),
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  /** A remapping daemon has roots of its own. */
  #remap(): void {
    const { current } = this.#config;
    if (current.usernsRemap === '') return;
    this.#remapped = resolveRemappedRoot(current.usernsRemap, hostAccounts(), this.#log);
    makeRemappedRoots(current, this.#remapped.owner);
    this.#config.swap(remappedConfig(current, this.#remapped));
    this.#paths = pathsOf(this.#config.current);
  }

  #claim(): DataRoot {
    const { dataRoot, execRoot, pidfile } = this.#config.current;
    if (pidfile !== '') this.#stack.use(writePidfile(pidfile));
    const root = this.#stack.use(claimDataRoot(dataRoot, this.#env['DOCKER_TMPDIR'] ?? ''));
    this.#stack.use(claimExecRoot(execRoot));
    for (const path of [this.#paths.containers, this.#paths.volumes])
      mkdirSync(path, { recursive: true, mode: 0o710 });
    if (this.#remapped?.maps) openToRemappedRoot(this.#paths, this.#remapped.owner);
    for (const path of [this.#paths.runDirectory, this.#paths.namespaces])
      mkdirSync(path, { recursive: true, mode: 0o700 });
    this.#id = root.id;
    return root;
  }

  /** A containerd of our own; nothing when one was named. */
  async #startContainerd(): Promise<Supervisor | undefined> {
    const { containerd, debug } = this.#config.current;
    if (containerd !== '') return undefined;
    const { containerdFolder, containerdRoot, containerdState } = this.#paths;
    const { NOTIFY_SOCKET: _own, ...env } = this.#env;
    return superviseContainerd(
      {
        folder: containerdFolder,
        root: containerdRoot,
        state: containerdState,
        env,
        logLevel: debug ? 'debug' : 'warn',
        log: this.#log.with({ module: 'containerd' }),
      },
      this.#starting.signal,
    );
  }

  async #endContainerd(starting: Promise<Supervisor | undefined>): Promise<void> {
    const supervisor = await starting.catch(() => undefined);
    if (this.#livesOn) supervisor?.leave();
    else await supervisor?.[Symbol.asyncDispose]();
  }

  /** What needs no containerd is done while it starts. */
  async #startRooms({ adapters, rooms }: Parts, containerd: Promise<unknown>): Promise<void> {
    this.#stack.use(rooms.dns);
    this.#stack.use(rooms.networks);
    const probing = rooms.system.probe(containerd).catch((error: unknown) => {
      this.#log.warn('the programs beneath the engine could not be asked', { error: messageOf(error) });
    });
    await allSucceed([
      containerd.then(async () => {
        await adapters.containerd.ensureNamespace();
        await rooms.images.start();
      }),
      rooms.volumes.restore(),
      rooms.networks.start(),
    ]);
    this.#stack.use(rooms.containers);
    await rooms.containers.restore();
    await probing;
  }
}

const hasProcesses = ({ rooms }: Parts): boolean => {
  const { running, paused } = rooms.containers.counts();
  return running + paused > 0;
};

/** Waits for all, so that nothing is under way any more when the first failure is thrown. */
const allSucceed = async (steps: readonly Promise<unknown>[]): Promise<void> => {
  const results = await Promise.allSettled(steps);
  for (const result of results) if (result.status === 'rejected') throw result.reason;
};
