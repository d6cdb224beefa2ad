// SPDX-License-Identifier: Apache-2.0
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Engine } from '../support/engine.ts';
import { cgroupsOf } from '../support/host-leaks.ts';
import { type Inventory, takeInventory } from '../support/inventory.ts';
import { runCommand } from '../support/run-command.ts';

/** Everything an engine holds while it has no containers. */
export interface Holdings extends Inventory {
  /** Open file descriptors of the daemon. */
  readonly descriptors: number;
  /** Bytes of memory the daemon has for itself. */
  readonly memory: number;
  /** Sandboxes in the daemon's books, whose addresses and ports nobody else gets. */
  readonly sandboxes: number;
  readonly volumes: number;
  /** Files and directories below its roots; what lies inside of blobs and layers apart. */
  readonly paths: ReadonlySet<string>;
}

const SPARED = ['*/blobs/*', '*/snapshots/*/*', '*/rootfs/*', '*-wal', '*-shm', '*/mdns/*'];

const findPaths = async (engine: Engine): Promise<ReadonlySet<string>> => {
  const spare = SPARED.flatMap((pattern) => ['-not', '-path', pattern]);
  const { stdout } = await runCommand('find', [engine.dataRoot, engine.execRoot, ...spare]);
  const paths = stdout.split('\n').filter(Boolean);
  // Layers are numbered anew; they are counted as snapshots.
  return new Set(
    paths
      .filter((path) => !/\/snapshots\/\d+$/.test(path))
      .map((path) => path.slice(engine.directory.length)),
  );
};

const countSandboxes = (engine: Engine): number => {
  const database = new DatabaseSync(join(engine.dataRoot, 'network.db'), { readOnly: true });
  try {
    const row = database.prepare('SELECT count(*) AS count FROM sandboxes').get();
    return Number(row?.['count'] ?? -1);
  } finally {
    database.close();
  }
};

const memoryOf = async (pid: number): Promise<number> => {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/RssAnon:\s+(\d+) kB/.exec(status)?.[1] ?? 0) * 1024;
};

/** What the daemon's descriptors stand for, the numbers of sockets and pipes left out. */
export const descriptorsOf = async (pid: number): Promise<readonly string[]> => {
  const { stdout } = await runCommand('find', [`/proc/${pid}/fd`, '-type', 'l', '-printf', '%l\n']);
  return stdout
    .split('\n')
    .filter(Boolean)
    .map((target) => target.replace(/:\[\d+\]$/, ''));
};

export const takeHoldings = async (engine: Engine): Promise<Holdings> => {
  const volumes = await engine.request('GET', '/v1.51/volumes');
  return {
    ...(await takeInventory(engine)),
    descriptors: (await descriptorsOf(engine.pid)).length,
    memory: await memoryOf(engine.pid),
    sandboxes: countSandboxes(engine),
    volumes: (volumes.json as { readonly Volumes: readonly unknown[] | null }).Volumes?.length ?? 0,
    paths: await findPaths(engine),
  };
};

/** One line of the table a soak ends with: what there is too much of. */
export interface Leak {
  readonly what: string;
  readonly count: number;
  readonly examples: readonly string[];
}

/** How many descriptors Node may open and keep for its own purposes. */
const OWN_DESCRIPTORS = 4;

/** What `after` holds more than `before`, memory apart. Each kind has its line, also when nothing leaked. */
export const leaksBetween = async (
  before: Holdings,
  after: Holdings,
  ids: ReadonlySet<string>,
): Promise<readonly Leak[]> => {
  const { memory: _, paths, descriptors, ...counts } = after;
  const more = Object.entries(counts).map(([what, count]) => ({
    what,
    count: Math.max(0, count - before[what as keyof typeof counts]),
    examples: [],
  }));
  const fresh = [...paths].filter((path) => !before.paths.has(path));
  const cgroups = await cgroupsOf([...ids]);
  const opened = descriptors - before.descriptors;
  return [
    ...more,
    { what: 'cgroups', count: cgroups.length, examples: cgroups },
    { what: 'files', count: fresh.length, examples: fresh },
    { what: 'descriptors', count: opened > OWN_DESCRIPTORS ? opened : 0, examples: [] },
  ];
};
