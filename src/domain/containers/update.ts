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
import { checkUpdate } from './validate-resources.ts';

export type UpdateDeps = Pick<Core, 'ledger' | 'containerd' | 'host' | 'intents'>;

/** What the runtime is told of a running container; `undefined` when nothing of it concerns a process. */
const liveResources = (deps: UpdateDeps, live: HostConfig): object | undefined => {
  const { blkioWeight } = live;
  const resources = {
    ...resourceShares(live, deps.host),
    ...(blkioWeight > 0 && { blockIO: { weight: blkioWeight } }),
  };
  return Object.keys(resources).length === 0 ? undefined : resources;
};

const change = async (deps: UpdateDeps, container: Container, asked: HostConfig): Promise<void> => {
  const { id, state } = container;
  if (state.status === 'removing' || state.status === 'dead' || deps.intents.isRemoving(id))
    throw new EngineError('internal', 'container is marked for removal and cannot be "update"');
  const { hostConfig, live } = mergeUpdate(container.hostConfig, asked);
  const resources = hasProcess(state) ? liveResources(deps, live) : undefined;
  if (resources) {
    try {
      await deps.containerd.tasks.update(id, resources);
    } catch (cause) {
      throw new EngineError('internal', messageOf(cause), { cause });
    }
  }
  await deps.ledger.record({ ...container, hostConfig }, 'update');
};

/**
 * Changes limits and restart policy of a container, at once where it runs. Of `asked` nothing else counts; zero values
 * change nothing.
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
  const { id } = deps.ledger.resolve(reference);
  using _lock = await deps.ledger.lock(id);
  const container = deps.ledger.get(id);
  if (!container) throw noSuchContainer(reference);
  try {
    await change(deps, container, checked.hostConfig);
  } catch (cause) {
    throw new EngineError(kindOf(cause), `Cannot update container ${id}: ${messageOf(cause)}`, { cause });
  }
  return { warnings: checked.warnings };
};
