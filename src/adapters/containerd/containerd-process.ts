// SPDX-License-Identifier: Apache-2.0
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { sleep } from '../../base/async.ts';
import { EngineError, messageOf } from '../../base/errors.ts';
import { milliseconds } from '../../base/time.ts';
import { errnoOf } from '../../sys/errno.ts';
import {
  type SupervisorPaths,
  type SupervisorSettings,
  configOf,
  logFileOf,
  pidFileOf,
  renderConfig,
  socketOf,
} from './supervisor-config.ts';

/** How often a process that is not our child is looked at (ms): nobody tells of its end. */
const LOOK_PAUSE = 250;

/** A containerd that runs. */
export interface ContainerdProcess {
  readonly pid: number;
  /** Found running, not started by this process. */
  readonly adopted: boolean;
  /** Resolves with a word on how it ended. */
  readonly ended: Promise<string>;
}

export interface ProcessOptions extends SupervisorPaths, SupervisorSettings {
  /** Name on PATH or absolute path; `containerd` when absent. */
  readonly binary?: string;
  /** The environment; that of this process when absent. `NOTIFY_SOCKET` should not be in it. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

const endOf = (child: ChildProcess): Promise<string> =>
  new Promise((resolve) => {
    child.once('exit', (status, signal) => resolve(signal ?? `exit status ${status}`));
    child.once('error', (error) => resolve(error.message));
  });

/** Writes the configuration and starts containerd in a session of its own, so that a Ctrl-C is not for it. */
export const spawnProcess = (options: ProcessOptions): ContainerdProcess => {
  mkdirSync(options.folder, { recursive: true, mode: 0o711 });
  writeFileSync(configOf(options), renderConfig(options, options));
  // A socket left behind refuses connections; without it nobody tries before the new one stands.
  rmSync(socketOf(options), { force: true });
  const log = openSync(logFileOf(options), 'a', 0o600);
  const child = spawn(options.binary ?? 'containerd', ['--config', configOf(options)], {
    detached: true,
    stdio: ['ignore', log, log],
    ...(options.env === undefined ? {} : { env: { ...options.env } }),
  });
  closeSync(log);
  const ended = endOf(child);
  child.unref();
  if (child.pid !== undefined) writeFileSync(pidFileOf(options), `${child.pid}\n`);
  return { pid: child.pid ?? 0, adopted: false, ended };
};

/** Sends a signal; false when there is no such process. */
export const signalProcess = (pid: number, signal: NodeJS.Signals | 0): boolean => {
  try {
    return process.kill(pid, signal);
  } catch (error) {
    if (errnoOf(error) === 'ESRCH') return false;
    throw new EngineError('internal', messageOf(error), { cause: error });
  }
};

const readText = (path: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ESRCH') return '';
    throw error;
  }
};

/** A pid may have gone to another program meanwhile: ours was started with our configuration file. */
const runsWith = (pid: number, config: string): boolean =>
  readText(`/proc/${pid}/cmdline`).split('\0').includes(config);

const watchEnd = async (pid: number, signal: AbortSignal): Promise<string> => {
  while (signalProcess(pid, 0)) await sleep(milliseconds(LOOK_PAUSE), signal);
  return 'gone';
};

/** The containerd that an earlier daemon left running in these folders, if there is one; `signal` ends the watch over it. */
export const adoptProcess = (paths: SupervisorPaths, signal: AbortSignal): ContainerdProcess | undefined => {
  const pid = Number.parseInt(readText(pidFileOf(paths)), 10);
  if (Number.isNaN(pid) || !runsWith(pid, configOf(paths))) return undefined;
  const ended = watchEnd(pid, signal).catch(() => 'no longer watched');
  return { pid, adopted: true, ended };
};

/** The last lines of containerd's log, for the message of a start that failed. */
export const lastWords = (paths: SupervisorPaths): string =>
  readText(logFileOf(paths)).trimEnd().split('\n').slice(-3).join('\n');
