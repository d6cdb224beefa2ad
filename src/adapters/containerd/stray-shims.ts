// SPDX-License-Identifier: Apache-2.0
import { readdir, readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** A process that looks after one task. */
interface Shim {
  readonly pid: number;
  /** The container it was started for. */
  readonly id: string;
}

/** Whose shims are meant: those of one containerd and one of its namespaces. */
export interface ShimOwner {
  readonly address: string;
  readonly namespace: string;
}

const valueOf = (argv: readonly string[], flag: string): string | undefined => {
  const at = argv.indexOf(flag);
  return at < 0 ? undefined : argv[at + 1];
};

/** Reads a command line as /proc gives it; `undefined` when it is no shim of `owner`'s. */
export const parseShim = (cmdline: string, owner: ShimOwner): string | undefined => {
  const argv = cmdline.split('\0');
  if (!basename(argv[0] ?? '').startsWith('containerd-shim')) return undefined;
  if (valueOf(argv, '-address') !== owner.address) return undefined;
  return valueOf(argv, '-namespace') === owner.namespace ? valueOf(argv, '-id') : undefined;
};

const findShims = async (owner: ShimOwner): Promise<readonly Shim[]> => {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    pids.map(async (pid) => {
      const id = parseShim(await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => ''), owner);
      return id === undefined ? [] : [{ pid: Number(pid), id }];
    }),
  );
  return found.flat();
};

/** Processes that `pid` started and that still run, and theirs. */
const descendantsOf = async (pid: number): Promise<readonly number[]> => {
  const threads = await readdir(`/proc/${pid}/task`).catch(() => []);
  const texts = await Promise.all(
    threads.map(async (thread) => readFile(`/proc/${pid}/task/${thread}/children`, 'utf8').catch(() => '')),
  );
  const children = texts.flatMap((text) => text.split(' ').filter(Boolean).map(Number));
  return [...children, ...(await Promise.all(children.map(descendantsOf))).flat()];
};

const end = (pid: number): void => {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended by itself meanwhile.
  }
};

/** How often (ms) it is looked whether strays have gone by themselves. */
const LOOK_PAUSE = 50;

/**
 * Ends shims of tasks that `isKnown` denies, with all that they started: a runtime in the middle of a creation leaves a
 * process that waits for its start for ever. containerd loses a shim when a call that makes a task is cut off between the
 * shim's start and its first answer, as by a client that dies: nobody would ever end it. More often containerd sees
 * the cut and tidies up by itself, with a program that looks like a shim: for that it has `patience` ms. Gives whose
 * were ended.
 */
export const endStrayShims = async (
  owner: ShimOwner,
  isKnown: (id: string) => boolean,
  patience = 0,
): Promise<readonly string[]> => {
  const findStrays = async (): Promise<readonly Shim[]> =>
    (await findShims(owner)).filter(({ id }) => !isKnown(id));
  const deadline = performance.now() + patience;
  let strays = await findStrays();
  while (strays.length > 0 && performance.now() < deadline) {
    await sleep(LOOK_PAUSE);
    strays = await findStrays();
  }
  for (const { pid } of strays) {
    const started = await descendantsOf(pid);
    for (const each of [pid, ...started]) end(each);
  }
  return [...new Set(strays.map(({ id }) => id))];
};
