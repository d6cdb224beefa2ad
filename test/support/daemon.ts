// SPDX-License-Identifier: Apache-2.0
import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { spawnOnTerminal, type Engine, type EngineKind } from './engine.ts';
import { cgroupsOf, clearAway, mountsBelow, processesNaming } from './host-leaks.ts';
import { requestHttp } from './http-request.ts';
import { createNetworkNamespace, type NetworkNamespace } from './network-namespace.ts';
import { runCommand } from './run-command.ts';

/** What a test may choose when it starts a daemon. */
export interface DaemonOptions {
  /** Flags beside the roots, the pidfile and the socket. */
  readonly flags?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  /** A namespace to share; without it the daemon gets its own, removed at stop. */
  readonly netns?: NetworkNamespace;
  /** A command that runs the daemon in turn, as its last arguments: to change what the daemon sees of the host. */
  readonly wrapper?: readonly string[];
  /** Milliseconds to wait for the first `_ping` (default 30 000). */
  readonly patience?: number;
}

/** One kind of daemon: its argv before the flags, and what its environment needs. */
export interface DaemonProgram {
  readonly kind: EngineKind;
  readonly argv: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly flags: readonly string[];
}

async function isAnswering(socket: string): Promise<boolean> {
  try {
    return (await requestHttp(socket, 'GET', '/_ping', { timeout: 2000 })).status === 200;
  } catch {
    return false;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Starts a daemon on fresh roots in its own network namespace and waits until it answers. */
export async function startDaemon(program: DaemonProgram, options: DaemonOptions = {}): Promise<Engine> {
  const netns = options.netns ?? (await createNetworkNamespace(program.kind === 'berth' ? 'b' : 'd'));
  const directory = await mkdtemp(join(tmpdir(), `bt-${program.kind}-`));
  // Containers of user namespaces reach their files through it.
  await chmod(directory, 0o711);
  const daemon = new Daemon(program, options, netns, directory);
  try {
    await daemon.start();
  } catch (error) {
    await daemon.stop().catch(() => undefined);
    throw error;
  }
  return daemon;
}

class Daemon implements Engine {
  readonly kind: EngineKind;
  readonly directory: string;
  readonly netns: NetworkNamespace;
  startupTime = 0;
  readonly #program: DaemonProgram;
  readonly #options: DaemonOptions;
  #flags: readonly string[];
  #child: ChildProcess | undefined;

  constructor(program: DaemonProgram, options: DaemonOptions, netns: NetworkNamespace, directory: string) {
    this.kind = program.kind;
    this.directory = directory;
    this.netns = netns;
    this.#program = program;
    this.#options = options;
    this.#flags = options.flags ?? [];
  }

  get socket(): string {
    return join(this.directory, 'e.sock');
  }
  get dataRoot(): string {
    return join(this.directory, 'data');
  }
  get execRoot(): string {
    return join(this.directory, 'exec');
  }
  get pid(): number {
    // Not the child's: a launcher may stand between.
    return Number(readFileSync(join(this.directory, 'pid'), 'utf8'));
  }
  get #clientEnv(): NodeJS.ProcessEnv {
    return {
      ...process.env,
      DOCKER_HOST: `unix://${this.socket}`,
      DOCKER_CONFIG: join(this.directory, 'cli'),
    };
  }

  async docker(args: readonly string[], options: Parameters<Engine['docker']>[1] = {}) {
    return runCommand('docker', args, { ...options, env: { ...this.#clientEnv, ...options.env } });
  }

  spawnDocker(args: readonly string[]): ChildProcess {
    return spawn('docker', args, { stdio: 'pipe', env: this.#clientEnv });
  }

  spawnTerminal(args: readonly string[]): ChildProcess {
    return spawnOnTerminal(['docker', ...args], { ...this.#clientEnv, TERM: 'xterm' });
  }

  request(...[method, path, options]: Parameters<Engine['request']>) {
    return requestHttp(this.socket, method, path, options);
  }

  log(): Promise<string> {
    return readFile(join(this.directory, 'log'), 'utf8');
  }

  async start(flags?: readonly string[]): Promise<void> {
    if (flags !== undefined) this.#flags = flags;
    await mkdir(join(this.directory, 'cli'), { recursive: true });
    const began = performance.now();
    const child = this.#spawn();
    this.#child = child;
    const deadline = began + (this.#options.patience ?? 30_000);
    while (!(await isAnswering(this.socket))) {
      const ended = child.exitCode !== null || child.signalCode !== null;
      if (!ended && performance.now() < deadline) {
        await sleep(5);
        continue;
      }
      const tail = (await this.log()).split('\n').slice(-30).join('\n');
      const state = ended ? `ended with ${child.exitCode ?? child.signalCode}` : 'does not answer';
      throw new Error(`${this.kind} ${state}:\n${tail}`);
    }
    this.startupTime = performance.now() - began;
  }

  #spawn(): ChildProcess {
    const argv = this.netns.enter([
      ...(this.#options.wrapper ?? []),
      ...this.#program.argv,
      `--data-root=${this.dataRoot}`,
      `--exec-root=${this.execRoot}`,
      `--pidfile=${join(this.directory, 'pid')}`,
      `--host=unix://${this.socket}`,
      ...this.#program.flags,
      ...this.#flags,
    ]);
    const output = openSync(join(this.directory, 'log'), 'a');
    const child = spawn(argv[0] ?? '', argv.slice(1), {
      stdio: ['ignore', output, output],
      env: { ...process.env, ...this.#program.env, ...this.#options.env },
      // Its own group: a Ctrl-C of the test run must not reach it before `stop` does.
      detached: true,
    });
    closeSync(output);
    return child;
  }

  async end(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    process.kill(signal === 'SIGKILL' ? this.pid : (child.pid ?? this.pid), signal);
    const inTime = await Promise.race([ended.then(() => true), sleep(40_000, false, { ref: false })]);
    if (inTime) return;
    child.kill('SIGKILL');
    await ended;
    throw new Error(`${this.kind} ignored ${signal} for 40 seconds`);
  }

  async stop(): Promise<void> {
    const ids = await readdir(join(this.dataRoot, 'containers')).catch(() => []);
    const leaks: string[] = [];
    if (this.#child !== undefined && (await isAnswering(this.socket))) {
      const { stdout } = await this.docker(['ps', '-aq', '--no-trunc']);
      const running = stdout.split('\n').filter(Boolean);
      if (running.length > 0) {
        const removed = await this.docker(['rm', '-f', '-v', ...running]);
        if (removed.code !== 0) leaks.push(`rm -f failed: ${removed.stderr.trim()}`);
      }
    }
    await this.end().catch((error: unknown) => leaks.push(String(error)));
    leaks.push(...(await this.#leaks(ids)));
    const pids = this.#options.netns === undefined ? await this.netns.pids() : [];
    await clearAway(this.directory, pids);
    if (this.#options.netns === undefined) await this.netns.remove();
    if (leaks.length > 0) throw new Error(`${this.kind} left behind:\n  ${leaks.join('\n  ')}`);
  }

  async #leaks(ids: readonly string[]): Promise<string[]> {
    // Shims and mounts go a moment after the daemon: only what stays is a leak.
    for (let attempt = 0; ; attempt++) {
      const mounts = await mountsBelow(this.directory);
      const processes = await processesNaming(this.directory);
      const links = await this.netns.links();
      const netnsFiles = await readdir(join(this.execRoot, 'netns')).catch(() => []);
      const found = [
        ...mounts.filter((point) => !this.#isKeptMount(point)).map((point) => `mount ${point}`),
        ...processes.map(({ pid, command }) => `process ${pid} ${command}`),
        ...links.filter((link) => link.startsWith('veth')).map((link) => `link ${link}`),
        ...netnsFiles.filter((file) => file !== 'default').map((file) => `namespace ${file}`),
        ...(await cgroupsOf(ids)).map((path) => `cgroup ${path}`),
      ];
      if (found.length === 0 || attempt === 20) return found;
      await sleep(100);
    }
  }

  // dockerd itself keeps its namespace handle and a private mount of its data root's driver after a stop.
  #isKeptMount(point: string): boolean {
    return this.kind === 'dockerd' && (point.endsWith('/netns/default') || point === this.dataRoot);
  }
}

/** Waits until a process is gone. @throws Error after `patience` milliseconds. */
export async function waitForEnd(pid: number, patience = 10_000): Promise<void> {
  const deadline = performance.now() + patience;
  while (isAlive(pid)) {
    if (performance.now() > deadline) throw new Error(`process ${pid} still lives`);
    await sleep(20);
  }
}
