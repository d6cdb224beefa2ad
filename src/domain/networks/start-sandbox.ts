// SPDX-License-Identifier: Apache-2.0
import { setUpFailed } from './errors.ts';
import { type SandboxOwner, createSandbox } from './create-sandbox.ts';
import { needsGateway } from './gateway-bridge/needs-gateway.ts';
import { addGateway } from './gateway-bridge/settle-gateway.ts';
import type { LiveSandbox } from './live-sandbox.ts';
import type { SandboxRequest } from './networks.ts';
import { openSandbox } from './open-sandbox.ts';
import { createRemoteSandbox, type RemoteSandboxDeps, usesPlugins } from './remote/create-remote-sandbox.ts';

/** Does one step more of a new sandbox, or releases it. @throws `failed to set up container networking: …` */
const attempt = async (sandbox: LiveSandbox, step: () => Promise<void>): Promise<void> => {
  try {
    await step();
  } catch (error) {
    sandbox.release();
    await sandbox.left;
    throw setUpFailed(error);
  }
};

/**
 * Makes a sandbox and opens it to the world. Who needs no plugin and no way out of the engine's waits for nobody.
 * @throws Docker's `failed to set up container networking: …`, with the kind of its cause
 */
export const startSandbox = async (
  deps: RemoteSandboxDeps,
  request: SandboxRequest,
  owner: SandboxOwner,
): Promise<LiveSandbox> => {
  const isRemote = usesPlugins(deps, request);
  const sandbox = isRemote
    ? await createRemoteSandbox(deps, request, owner)
    : createSandbox(deps, request, owner);
  const { endpoints } = sandbox.record;
  if (needsGateway(deps.networks, endpoints))
    await attempt(sandbox, async () =>
      addGateway(deps, sandbox, endpoints, { isBuilt: request.awaitsProcess !== true }),
    );
  const { publish } = request;
  // Ports are on record when they are published, after this: plugins are told of them before.
  if (isRemote) await attempt(sandbox, async () => deps.remote.open({ ...sandbox.record, publish }));
  await openSandbox(deps, sandbox, request);
  return sandbox;
};
