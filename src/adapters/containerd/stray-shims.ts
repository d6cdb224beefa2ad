// SPDX-License-Identifier: Apache-2.0
import { readdir, readFile } from 'node:fs/promises';
import { basename } from 'node:path';

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

/**
 * Ends shims of tasks that `isKnown` denies. containerd loses one when a call that makes a task is cut off between the
 * shim's start and its first answer, as by a client that dies: nobody would ever end it. Gives how many were ended.
 */
export const endStrayShims = async (owner: ShimOwner, isKnown: (id: string) => boolean): Promise<number> => {
  const stray = (await findShims(owner)).filter(({ id }) => !isKnown(id));
  for (const { pid } of stray) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It ended by itself meanwhile.
    }
  }
  return stray.length;
};
