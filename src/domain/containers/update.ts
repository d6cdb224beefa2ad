// SPDX-License-Identifier: Apache-2.0
import { EngineError, kindOf, messageOf } from '../../base/errors.ts';
import type { HostConfig } from '../../spec/host-config.ts';
import type { Container } from './container.ts';
import type { Core } from './core.ts';
import { noSuchContainer } from './errors.ts';
import { mergeUpdate } from './merge-update.ts';
import { resourceShares } from './oci-spec/resources.ts';
import { validateRestartPolicy } from './restart-policy.ts';
import { hasProcess } from './state.ts';
import {
  type UpdatePortsDeps,
  checkPortUpdate,
  planPortUpdate,
  publishPortsOf,
  restorePortsOf,
} from './update-ports.ts';
import { checkUpdate } from './validate-resources.ts';

export type UpdateDeps = Pick<Core, 'ledger' | 'containerd' | 'host' | 'intents' | 'log'> & UpdatePortsDeps;

/** What the runtime is told of a running container; `undefined` when nothing of it concerns a process. */
const liveResources = (deps: UpdateDeps, live: HostConfig): object | undefined => {
  const { blkioWeight } = live;
  const resources = {
    ...resourceShares(live, deps.host),
    ...(blkioWeight > 0 && { blockIO: { weight: blkioWeight } }),
  };
  return Object.keys(resources).length === 0 ? undefined : resources;
};

const changeResources = async (
  deps: UpdateDeps,
  { id, state }: Container,
  live: HostConfig,
): Promise<void> => {
  const resources = hasProcess(state) ? liveResources(deps, live) : undefined;
  if (!resources) return;
  try {
    await deps.containerd.tasks.update(id, resources);
  } catch (cause) {
    throw new EngineError('internal', messageOf(cause), { cause });
  }
};

const change = async (
  deps: UpdateDeps,
  container: Container,
  asked: HostConfig,
): Promise<readonly string[]> => {
  const { id, state } = container;
  if (state.status === 'removing' || state.status === 'dead' || deps.intents.isRemoving(id))
    throw new EngineError('internal', 'container is marked for removal and cannot be "update"');
  const { hostConfig, live } = mergeUpdate(container.hostConfig, asked);
  const ports = planPortUpdate({ ...container, hostConfig }, asked);
  if (asked.portBindings) await publishPortsOf(deps, ports.container);
  try {
    await changeResources(deps, container, live);
    await deps.ledger.record(ports.container, 'update');
  } catch (error) {
    if (asked.portBindings) await restorePortsOf(deps, container);
    throw error;
  }
  return ports.warnings;
};

/**
 * Changes limits, restart policy and published ports of a container, at once where it runs. Of `asked` nothing else
 * counts; zero values change nothing, ports that are there take the place of all.
 * @throws invalid-argument for bad values, before the container is looked for; not-found; conflict, internal
 * `Cannot update container ID: …`
 */
export const updateContainer = async (
  deps: UpdateDeps,
  reference: string,
  asked: HostConfig,
): Promise<{ readonly warnings: readonly string[] }> => {
  const checked = checkUpdate(asked, deps.host);
  validateRestartPolicy(asked.restartPolicy);
  checkPortUpdate(asked);
  const { id } = deps.ledger.resolve(reference);
  using _lock = await deps.ledger.lock(id);
  const container = deps.ledger.get(id);
  if (!container) throw noSuchContainer(reference);
  try {
    const warnings = await change(deps, container, checked.hostConfig);
    return { warnings: [...checked.warnings, ...warnings] };
  } catch (cause) {
    throw new EngineError(kindOf(cause), `Cannot update container ${id}: ${messageOf(cause)}`, { cause });
  }
};
