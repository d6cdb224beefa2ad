// SPDX-License-Identifier: Apache-2.0
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Semaphore, within } from '../../base/async.ts';
import { messageOf } from '../../base/errors.ts';
import { type ContainerId, parseId } from '../../base/ids.ts';
import { seconds } from '../../base/time.ts';
import type { Core } from './core.ts';
import { type EndHungTaskDeps, endHungTask } from './end-hung-task.ts';
import { endTask } from './end-task.ts';
import { OWNER_LABEL, ownerOf } from './owner.ts';
import { sweepRunMounts } from './run-mounts.ts';
import { hasProcess } from './state.ts';
import { thawContainer } from './thaw.ts';

export type SweepDeps = Pick<
  Core,
  | 'containerd'
  | 'images'
  | 'networks'
  | 'volumes'
  | 'ledger'
  | 'runs'
  | 'store'
  | 'files'
  | 'mounts'
  | 'mountDirectory'
  | 'runDirectory'
  | 'runtimeRoot'
  | 'log'
> &
  EndHungTaskDeps;

/** One part of the sweep must not keep the others from theirs. */
const attempt = async (deps: SweepDeps, what: string, work: () => Promise<unknown>): Promise<void> => {
  try {
    await work();
  } catch (error) {
    deps.log.warn('a part of the sweep failed', { part: what, reason: messageOf(error) });
  }
};

/** Tasks that are ended at a time: each takes a runtime's run or two. */
const AT_ONCE = 8;
/** How long the end of one may take before it is helped on. */
const PATIENCE = seconds(15);

const sweepTask = async (deps: SweepDeps, id: string, spared: ReadonlySet<string>): Promise<void> => {
  const containerId = parseId<ContainerId>(id);
  if (containerId === undefined || spared.has(id)) return;
  // A start that is under way holds the lock until its run is known.
  using _lock = await deps.ledger.lock(containerId);
  const state = deps.ledger.get(containerId)?.state;
  // One that could not be taken over runs on: it is no leftover.
  if (deps.runs.get(containerId) || (state && hasProcess(state))) return;
  deps.log.info('a task that belongs to no container is ended', { container: id });
  thawContainer(deps, containerId);
  const ending = endTask(deps, containerId).then(() => true);
  // Its runtime may hang since before the crash.
  if ((await within(ending, PATIENCE)) === undefined) {
    ending.catch(() => undefined);
    await endHungTask(deps, containerId);
  }
};

/** Tasks and records in containerd that this engine made and that belong to no run: a start or an end was cut short. */
const sweepTasks = async (deps: SweepDeps, spared: ReadonlySet<string>): Promise<void> => {
  const owner = ownerOf(deps);
  const records = await deps.containerd.containers.list();
  const own = records.filter(({ labels }) => labels[OWNER_LABEL] === owner);
  const places = new Semaphore(AT_ONCE);
  await Promise.all(
    own.map(async ({ id }) => {
      using _place = await places.acquire();
      await attempt(deps, `task ${id}`, async () => sweepTask(deps, id, spared));
    }),
  );
};

/** So long (ms) containerd may take to tidy up by itself behind calls that died with the daemon: a few runs of the runtime. */
const TIDYING = 3000;

/** Shims that containerd itself has lost sight of, and what their runtimes would have tidied up. */
const sweepShims = async (deps: SweepDeps): Promise<void> => {
  const tasks = new Set((await deps.containerd.tasks.list()).map(({ id }) => id));
  const ended = await deps.containerd.endStrayShims(
    (id) => tasks.has(id) || isInUse(deps, id as ContainerId),
    TIDYING,
  );
  for (const id of ended) {
    await deps.containerd.dropBundle(id);
    await rm(join(deps.runtimeRoot, deps.containerd.namespace, id), { recursive: true, force: true });
  }
  if (ended.length > 0) deps.log.info('shims without a task were ended', { count: ended.length });
};

const isInUse = ({ runs, ledger }: SweepDeps, id: ContainerId): boolean =>
  runs.get(id) !== undefined || ledger.isLocked(id);

const sweepRunDirectories = async (deps: SweepDeps, spared: ReadonlySet<string>): Promise<void> => {
  await mkdir(deps.runDirectory, { recursive: true, mode: 0o711 });
  for (const name of await readdir(deps.runDirectory)) {
    const id = parseId<ContainerId>(name);
    if (id === undefined || isInUse(deps, id) || spared.has(name)) continue;
    await rm(join(deps.runDirectory, name), { recursive: true, force: true });
  }
};

/** Anonymous volumes of containers that never came to be, or went without taking them along. */
const sweepVolumes = async (deps: SweepDeps, spared: ReadonlySet<string>): Promise<void> => {
  for (const { name, createdFor } of deps.volumes.list()) {
    if (createdFor === undefined || spared.has(createdFor) || deps.ledger.get(createdFor)) continue;
    if (deps.volumes.holders(name).length > 0) continue;
    deps.log.info('a volume that was made for no container is removed', { volume: name });
    await deps.volumes.delete(name, { force: true });
  }
};

/**
 * Removes what a crash left: tasks, sandboxes, FIFOs and writable layers without a container (or without a run) that
 * they belong to. What belongs to `spared` ids stays.
 */
export const sweepLeftovers = async (deps: SweepDeps, spared: ReadonlySet<string>): Promise<void> => {
  await attempt(deps, 'tasks', async () => sweepTasks(deps, spared));
  await attempt(deps, 'views', async () => deps.files.sweep());
  await attempt(deps, 'mounts', async () =>
    sweepRunMounts(deps, (id) => isInUse(deps, id) || spared.has(id)),
  );
  await attempt(deps, 'volume mounts', async () => deps.volumes.sweep());
  await Promise.all([
    attempt(deps, 'shims', async () => sweepShims(deps)),
    attempt(deps, 'volumes', async () => sweepVolumes(deps, spared)),
    attempt(deps, 'networks', async () => deps.networks.sweep((id) => isInUse(deps, id) || spared.has(id))),
    attempt(deps, 'run directories', async () => sweepRunDirectories(deps, spared)),
    attempt(deps, 'layers', async () =>
      deps.images.sweepRootfs((id) => deps.ledger.get(id) !== undefined || spared.has(id)),
    ),
  ]);
};
