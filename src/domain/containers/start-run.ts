// SPDX-License-Identifier: Apache-2.0
import { join } from 'node:path';
import type { Stdio } from '../../adapters/containerd/index.ts';
import { together } from '../../base/async.ts';
import { Disposer } from '../../base/disposal.ts';
import { isKind } from '../../base/errors.ts';
import { now, type Timestamp } from '../../base/time.ts';
import type { LogSink } from '../logs/index.ts';
import type { Rootfs } from '../images/index.ts';
import { checkMounts } from './check-mounts.ts';
import { findCheckpoint } from './checkpoint-place.ts';
import type { Container } from './container.ts';
import type { CheckpointReference } from './containers.ts';
import type { Endpoint } from '../networks/index.ts';
import type { Core } from './core.ts';
import { type EndHungTaskDeps, endHungTask } from './end-hung-task.ts';
import { endTask } from './end-task.ts';
import { linkedEnvironment } from './links/linked.ts';
import { refreshNeighbours } from './links/refresh-links.ts';
import { logSubject } from './log-subject.ts';
import { makeBindSources } from './mount-sources.ts';
import { donatedNamespaces } from './namespace-donors.ts';
import { type NetworkSetup, setUpNetwork } from './network-setup.ts';
import { OWNER_LABEL, ownerOf } from './owner.ts';
import { placeRunMounts } from './run-mounts.ts';
import { runSpec } from './run-spec.ts';
import { runtimeBinary } from './runtime-binary.ts';
import type { LiveRun } from './runs.ts';
import { otherFailure, runtimeFailure, startStep } from './start-errors.ts';
import { beginStartTimeout, type StartTimeout } from './start-timeout.ts';
import { timeStage } from './time-stage.ts';
import { resolveUser } from './user.ts';
import { rootOwnerOf } from './user-namespace.ts';
import { publishMounts, publishUnmounts } from './volume-events.ts';
import { useVolumes } from './volume-uses.ts';

export type StartRunDeps = Pick<
  Core,
  | 'config'
  | 'host'
  | 'containerd'
  | 'images'
  | 'networks'
  | 'volumes'
  | 'logs'
  | 'events'
  | 'store'
  | 'ledger'
  | 'runs'
  | 'cleanups'
  | 'rootfs'
  | 'runDirectory'
  | 'mounts'
  | 'mountDirectory'
  | 'programs'
  | 'runtimeRoot'
  | 'hostsFiles'
  | 'idMaps'
  | 'lifetime'
  | 'processStatus'
  | 'starting'
  | 'log'
> &
  EndHungTaskDeps;

/** A process that runs, and what the run holds. */
export interface StartedRun {
  readonly run: LiveRun;
  readonly pid: number;
  /** The moment before the process was let go: no end of it can be earlier. */
  readonly startedAt: Timestamp;
  /** Network ids by name, as the sandbox found them. */
  readonly networkIds: Readonly<Record<string, string>>;
  readonly addresses: NonNullable<Container['addresses']>;
}

const addressesOf = (endpoints: readonly Endpoint[]): StartedRun['addresses'] =>
  Object.fromEntries(
    endpoints.map(({ networkName, ipv4Address, ipv6Address }) => [networkName, { ipv4Address, ipv6Address }]),
  );

const TASK = 'failed to create task for container: ';

/** Names the FIFOs of a container's own process, beside those of its execs. */
const INIT = 'init';

/** The request by which a container's FIFOs are made, and opened again by a later daemon. */
export const stdioRequest = (
  deps: Pick<Core, 'runDirectory'>,
  { id, config }: Container,
): Parameters<Core['containerd']['stdio']['create']>[0] => ({
  directory: join(deps.runDirectory, id),
  name: INIT,
  stdin: config.openStdin,
  stdout: true,
  stderr: !config.tty,
  terminal: config.tty,
});

const findRootfs = async (deps: StartRunDeps, { id }: Container): Promise<Rootfs> => {
  const known = deps.rootfs.get(id) ?? (await deps.images.rootfs(id));
  deps.rootfs.set(id, known);
  return known;
};

/** Opens the log of a run; `undefined` for the driver that keeps nothing. */
const openSink = async (
  deps: Pick<Core, 'logs' | 'store'>,
  container: Container,
): Promise<LogSink | undefined> => {
  if (container.hostConfig.logConfig.type === 'none') return undefined;
  return deps.logs.open(logSubject(deps, container));
};

interface Prepared {
  readonly network: NetworkSetup;
  readonly rootfs: Rootfs;
  readonly sink: LogSink | undefined;
  readonly stdio: Stdio;
  readonly spec: object;
}

/** Everything that can be had beside each other before the runtime is asked for anything. */
const prepare = async (deps: StartRunDeps, container: Container, acquired: Disposer): Promise<Prepared> => {
  const donated = await startStep(async () => donatedNamespaces(deps, container));
  const linkEnv = await startStep(async () => linkedEnvironment(deps, container));
  const hostname = donated.network?.donor.config.hostname ?? container.config.hostname;
  const named = { ...container, config: { ...container.config, hostname } };
  const stdio = acquired.use(deps.containerd.stdio.create(stdioRequest(deps, container)));
  const [network, { rootfs, user }, sink] = await together([
    startStep(async () =>
      timeStage(deps, container.id, 'sandbox', async () => setUpNetwork(deps, named, donated, acquired)),
    ),
    startStep(async () => {
      const found = await findRootfs(deps, container);
      const { config, hostConfig } = container;
      return { rootfs: found, user: await resolveUser(config.user, hostConfig.groupAdd ?? [], found) };
    }),
    startStep(
      async () => {
        const opened = await openSink(deps, container);
        return opened && acquired.use(opened);
      },
      (thrown) => otherFailure(thrown, `${TASK}failed to initialize logging driver: `),
    ),
    startStep(async () => {
      await makeBindSources(container.mountPoints, rootOwnerOf(deps, container));
      await useVolumes(deps, container, container.id, acquired);
      checkMounts(deps, container);
      await placeRunMounts(deps, container, acquired);
    }),
    deps.cleanups.settled(container.id),
  ]);
  const spec = await startStep(async () =>
    runSpec(deps, { container: named, rootfs, network, donated, user, linkEnv }),
  );
  return { network, rootfs, sink, stdio, spec };
};

/** Makes containerd's record; one that a crash left behind gives way. */
const createRecord = async (
  deps: StartRunDeps,
  container: Container,
  spec: object,
  limit: StartTimeout,
  acquired: Disposer,
): Promise<void> => {
  const { containers, snapshots } = deps.containerd;
  const record = {
    id: container.id,
    image: container.config.image,
    snapshotter: snapshots.snapshotter,
    snapshotKey: container.id,
    runtime: 'io.containerd.runc.v2',
    spec,
    labels: { [OWNER_LABEL]: ownerOf(deps) },
  };
  acquired.defer(async () =>
    limit.hasPassed ? endHungTask(deps, container.id) : endTask(deps, container.id),
  );
  try {
    await timeStage(deps, container.id, 'containers.Create', async () => containers.create(record));
  } catch (error) {
    if (!isKind(error, 'conflict')) throw error;
    await endTask(deps, container.id);
    await containers.create(record);
  }
};

const createTask = async (
  deps: StartRunDeps,
  container: Container,
  { rootfs, stdio, spec }: Prepared,
  { limit, checkpoint }: { readonly limit: StartTimeout; readonly checkpoint: string | undefined },
  acquired: Disposer,
): Promise<number> => {
  const ioOwner = rootOwnerOf(deps, container);
  await createRecord(deps, container, spec, limit, acquired);
  const request = {
    id: container.id,
    rootfs: rootfs.mounts,
    stdio: stdio.paths,
    runtimeBinary: await runtimeBinary(deps.config.current, container.hostConfig.runtime),
    systemdCgroup: deps.host.cgroupDriver === 'systemd',
    runtimeRoot: deps.runtimeRoot,
    ...(ioOwner && { ioOwner }),
    ...(checkpoint !== undefined && { checkpoint }),
  };
  const { pid } = await timeStage(deps, container.id, 'tasks.Create', async () =>
    deps.containerd.tasks.create(request, limit.signal),
  );
  return pid;
};

const joinStreams = (
  deps: StartRunDeps,
  { id }: Container,
  { stdio, sink }: Prepared,
  acquired: Disposer,
): { readonly drained: Promise<void> } => {
  const streams = deps.runs.streams(id);
  // A failed start ends whoever was attached: the CLI would wait for ever.
  acquired.defer(() => streams.end());
  return streams.join({
    stdio,
    ...(sink && { sink }),
    closeStdin: async () => deps.containerd.tasks.closeStdin({ id }),
  });
};

/** Lets the process go that the task was made for; gives its number. */
const letGo = async (deps: StartRunDeps, { id }: Container, limit: StartTimeout): Promise<number> => {
  const { pid } = await startStep(
    async () =>
      timeStage(deps, id, 'tasks.Start', async () => deps.containerd.tasks.start({ id }, limit.signal)),
    (thrown) => runtimeFailure(thrown, ''),
  );
  deps.runs.streams(id).started();
  return pid;
};

/**
 * Starts the container's process; its lock is held. `record` writes the run down beside the start itself (`going`) and
 * fails when that does. Of a start that fails nothing stays.
 * @throws StartError with the exit code and the text the container is to remember
 */
export const startRun = async (
  deps: StartRunDeps,
  container: Container,
  record: (started: StartedRun, going: Promise<void>) => Promise<void>,
  checkpoint?: CheckpointReference,
): Promise<void> => {
  const restored =
    checkpoint &&
    (await startStep(async () => findCheckpoint(deps, container, `/${container.name}`, checkpoint)));
  await using acquired = new Disposer();
  acquired.defer(() => publishUnmounts(deps, container));
  publishMounts(deps, container);
  const prepared = await timeStage(deps, container.id, 'prepare (sandbox, files, log, spec)', async () =>
    prepare(deps, container, acquired),
  );
  const { drained } = joinStreams(deps, container, prepared, acquired);
  // A start that waits for its turn does not hang.
  using _place = await deps.starting.acquire();
  using limit = beginStartTimeout(deps.config.current.startTimeout, deps.lifetime);
  const made = await startStep(
    async () => createTask(deps, container, prepared, { limit, checkpoint: restored }, acquired),
    (thrown) => runtimeFailure(thrown, TASK),
  );
  // A process that goes on from a checkpoint has no number before it runs.
  const pid = restored === undefined ? made : await letGo(deps, container, limit);
  const { sandbox } = prepared.network;
  await startStep(async () => sandbox?.attach(pid));
  const { stdio, sink } = prepared;
  const started: StartedRun = {
    run: { stdio, drained, ...(sink && { sink }), ...(sandbox && { sandbox }) },
    pid,
    startedAt: now(),
    networkIds: Object.fromEntries(
      (sandbox?.endpoints ?? []).map(({ networkName, network }) => [networkName, network]),
    ),
    addresses: addressesOf(sandbox?.endpoints ?? []),
  };
  await startStep(async () => {
    const going = restored === undefined ? letGo(deps, container, limit) : Promise.resolve(pid);
    await record(
      started,
      going.then(() => undefined),
    );
  });
  acquired.move();
  await refreshNeighbours(deps, container.id);
};
