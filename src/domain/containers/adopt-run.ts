// SPDX-License-Identifier: Apache-2.0
import type { Stdio } from '../../adapters/containerd/index.ts';
import type { Sandbox } from '../networks/index.ts';
import type { Container } from './container.ts';
import type { Core } from './core.ts';
import { networkDonor } from './network-mode.ts';
import { logSubject } from './log-subject.ts';
import { stdioRequest } from './start-run.ts';
import { restorePortsOf } from './update-ports.ts';
import { adoptVolumes } from './volume-uses.ts';

export type AdoptRunDeps = Pick<
  Core,
  'containerd' | 'networks' | 'volumes' | 'logs' | 'store' | 'runs' | 'runDirectory' | 'log'
>;

/** What stands for FIFOs that are gone: nothing to read, nothing to close. */
const lostStdio: Stdio = {
  paths: { terminal: false },
  detach: () => undefined,
  [Symbol.asyncDispose]: async () => Promise.resolve(),
};

const findSandbox = async (deps: AdoptRunDeps, container: Container): Promise<Sandbox | undefined> => {
  const { config, hostConfig, id } = container;
  if (config.networkDisabled || networkDonor(hostConfig.networkMode) !== undefined) return undefined;
  const sandbox = await deps.networks.adoptSandbox(id);
  if (!sandbox) deps.log.with({ container: id }).warn('the network of a running container is gone');
  return sandbox;
};

/** Takes over a run that an earlier daemon began: its output flows and is logged again, its network is ours. */
export const adoptRun = async (deps: AdoptRunDeps, container: Container): Promise<void> => {
  const { id } = container;
  const stdio = deps.containerd.stdio.reopen(stdioRequest(deps, container));
  const { logConfig } = container.hostConfig;
  const sink = logConfig.type === 'none' ? undefined : await deps.logs.reopen(logSubject(deps, container));
  await adoptVolumes(deps, container);
  const sandbox = await findSandbox(deps, container);
  const streams = deps.runs.streams(id);
  const drained = stdio
    ? streams.join({
        stdio,
        ...(sink && { sink }),
        closeStdin: async () => deps.containerd.tasks.closeStdin({ id }),
      }).drained
    : Promise.resolve();
  if (stdio) streams.started();
  deps.runs.begin(id, {
    stdio: stdio ?? lostStdio,
    drained,
    ...(sink && { sink }),
    ...(sandbox && { sandbox }),
  });
  // Ports that were changed while the daemon died are published as the container's record has them.
  if (sandbox) await restorePortsOf(deps, container);
};
