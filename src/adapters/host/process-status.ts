// SPDX-License-Identifier: Apache-2.0
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { EngineError } from '../../base/errors.ts';
import { milliseconds, now, type Timestamp } from '../../base/time.ts';

/** The host's `ps`, for the one operation whose answer is what it prints. */
export interface ProcessStatus {
  /**
   * What `ps` prints with these arguments, of at least the given processes. @throws internal with the first line of its
   * complaint
   */
  list(args: readonly string[], pids: readonly number[]): Promise<string>;
  /** When the process of that number began, to about a second; `undefined` when there is none. Numbers come again. */
  beganAt(pid: number): Timestamp | undefined;
}

/** Clock ticks a second as /proc counts them: USER_HZ, the same on all machines that run this. Source: proc(5). */
const TICKS = 100;

/** Seconds since boot at which a process began: the 22nd field of /proc/<pid>/stat. Its second may hold blanks and parentheses. */
export const parseBeginning = (stat: string): number => {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return Number(fields[19]) / TICKS;
};

const beganAt = (pid: number): Timestamp | undefined => {
  try {
    const beginning = parseBeginning(readFileSync(`/proc/${pid}/stat`, 'utf8'));
    const uptime = Number.parseFloat(readFileSync('/proc/uptime', 'utf8'));
    return (now() - milliseconds((uptime - beginning) * 1000)) as Timestamp;
  } catch {
    return undefined;
  }
};

/** How long (ms) `ps` may take. */
const PATIENCE = 10_000;
/** Bytes it may print. */
const LONGEST = 64 * 1024 * 1024;

const run = async (args: readonly string[], env: Readonly<Record<string, string>>): Promise<string> => {
  const answer = Promise.withResolvers<string>();
  execFile('ps', [...args], { timeout: PATIENCE, maxBuffer: LONGEST, env }, (cause, stdout, stderr) => {
    if (!cause) return answer.resolve(stdout);
    const line = stderr.split('\n', 1)[0] ?? '';
    const why = line === '' ? cause.message : line;
    return answer.reject(new EngineError('internal', `ps: ${why}`, { cause }));
  });
  return answer.promise;
};

/** Runs `ps` found along `searchPath`. */
export const createProcessStatus = (searchPath: string): ProcessStatus => ({
  beganAt,
  list: async (args, pids) => {
    const env = { PATH: searchPath };
    try {
      return await run([...args, `-q${pids.join(',')}`], env);
    } catch {
      // Some options (`f`, `aux`) do not go together with a choice of processes.
      return run(args, env);
    }
  },
});
