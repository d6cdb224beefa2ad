// SPDX-License-Identifier: Apache-2.0
import { extractArchive } from './archive-extract.ts';
import { archiveInfo } from './archive-info.ts';
import { archivePath } from './archive.ts';
import { attachContainer } from './attach.ts';
import { containerChanges } from './changes.ts';
import { createCheckpoint, deleteCheckpoint, listCheckpoints } from './checkpoint.ts';
import { commitContainer } from './commit.ts';
import { connectNetwork } from './connect-network.ts';
import type { Core } from './core.ts';
import { createCore } from './create-core.ts';
import { createContainer } from './create.ts';
import { deleteContainer } from './delete.ts';
import type { ContainersDeps, ContainersRoom } from './deps.ts';
import { findCdiDevices } from './devices/cdi-devices.ts';
import { disconnectNetwork } from './disconnect-network.ts';
import { createExecs } from './exec/create-execs.ts';
import { exportContainer } from './export.ts';
import { inspectContainer } from './inspect.ts';
import { killContainer } from './kill.ts';
import { listContainers } from './list.ts';
import { readContainerLogs } from './logs.ts';
import { pauseContainer } from './pause.ts';
import { PruneGate, pruneContainers } from './prune.ts';
import { renameContainer } from './rename.ts';
import { resizeContainer } from './resize.ts';
import { restartContainer } from './restart.ts';
import { restoreContainers } from './restore.ts';
import { shutDownContainers } from './shutdown.ts';
import { startContainer } from './start.ts';
import { containerStats } from './stats/stats.ts';
import { stopContainer } from './stop.ts';
import { listProcesses } from './top.ts';
import { unpauseContainer } from './unpause.ts';
import { updateContainer } from './update.ts';
import { waitForContainer } from './wait.ts';

const counts = ({ ledger }: Pick<Core, 'ledger'>): ReturnType<ContainersRoom['counts']> => {
  const by = { running: 0, paused: 0, stopped: 0 };
  for (const { state } of ledger.all()) {
    if (state.status === 'running' || state.status === 'restarting') by.running += 1;
    else if (state.status === 'paused') by.paused += 1;
    else by.stopped += 1;
  }
  return by;
};

/** The containers room: verbs bound to their state. Nothing happens before `restore`. */
export const createContainers = (deps: ContainersDeps): ContainersRoom => {
  const core = createCore(deps, (parts) => createExecs(parts));
  const pruning = new PruneGate();
  const following = new AbortController();
  const shutdown = async (): Promise<void> => {
    await shutDownContainers(core);
    following.abort();
  };
  return {
    create: async (request, options) => createContainer(core, request, options),
    start: async (reference, options) => startContainer(core, reference, options),
    stop: async (reference, options) => stopContainer(core, reference, options),
    restart: async (reference, options) => restartContainer(core, reference, options),
    kill: async (reference, signalName) => killContainer(core, reference, signalName),
    pause: async (reference) => pauseContainer(core, reference),
    unpause: async (reference) => unpauseContainer(core, reference),
    rename: async (reference, name) => renameContainer(core, reference, name),
    connectNetwork: async (network, reference, request) => connectNetwork(core, network, reference, request),
    disconnectNetwork: async (network, reference, options) =>
      disconnectNetwork(core, network, reference, options),
    delete: async (reference, options) => deleteContainer(core, reference, options),
    wait: (reference, condition, options) => waitForContainer(core, reference, condition, options),
    resize: async (reference, size) => resizeContainer(core, reference, size),
    list: async (query) => listContainers(core, query),
    inspect: async (reference, options) => inspectContainer(core, reference, options),
    logs: (reference, query, options) => readContainerLogs(core, reference, query, options),
    attach: async (reference, request) => attachContainer(core, reference, request),
    archiveInfo: async (reference, path) => archiveInfo(core, reference, path),
    archive: async (reference, path) => archivePath(core, reference, path),
    extract: async (reference, request) => extractArchive(core, reference, request),
    export: async (reference) => exportContainer(core, reference),
    changes: async (reference) => containerChanges(core, reference),
    execCreate: async (reference, request) => core.execs.create(reference, request),
    execStart: async (id, request) => core.execs.start(id, request),
    execStartDetached: async (id) => core.execs.startDetached(id),
    execInspect: (id) => core.execs.inspect(id),
    execResize: async (id, size) => core.execs.resize(id, size),
    checkpointCreate: async (reference, request) => createCheckpoint(core, reference, request),
    checkpointList: async (reference, directory) => listCheckpoints(core, reference, directory),
    checkpointDelete: async (reference, checkpoint) => deleteCheckpoint(core, reference, checkpoint),
    commit: async (reference, request) => commitContainer(core, reference, request),
    update: async (reference, asked) => updateContainer(core, reference, asked),
    top: async (reference, psArguments) => listProcesses(core, reference, psArguments),
    stats: (reference, request) => containerStats(core, reference, request),
    prune: async (filters) => pruneContainers(core, pruning, filters),
    cdiDevices: () => [...findCdiDevices(deps.config.current.cdiSpecDirectories).byName.keys()],
    counts: () => counts(core),
    healthChecks: () => core.health.counts,
    restore: async () => restoreContainers(core, AbortSignal.any([deps.lifetime, following.signal])),
    shutdown,
    [Symbol.asyncDispose]: shutdown,
  };
};
