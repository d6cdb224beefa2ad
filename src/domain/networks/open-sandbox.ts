// SPDX-License-Identifier: Apache-2.0
import { publishFailed, setUpFailed } from './errors.ts';
import { publishedEndpoints } from './gateways.ts';
import { type LiveSandbox, publishMembership } from './live-sandbox.ts';
import type { SandboxRequest } from './networks.ts';
import { type SettlePortsDeps, settlePorts } from './settle-ports.ts';

/**
 * Opens a new sandbox to the world: its ports are published and its networks told of, or it is released.
 * @throws Docker's `failed to set up container networking: driver failed programming external connectivity …`
 */
export const openSandbox = async (
  deps: SettlePortsDeps,
  sandbox: LiveSandbox,
  { containerName, publish }: SandboxRequest,
): Promise<void> => {
  const { ipv4, ipv6 } = publishedEndpoints(deps, sandbox.endpoints);
  try {
    if (publish.length > 0) await settlePorts(deps, sandbox, publish);
  } catch (error) {
    sandbox.release();
    await sandbox.left;
    throw setUpFailed(publishFailed(containerName, (ipv4 ?? ipv6)?.id ?? '', error));
  }
  for (const endpoint of sandbox.endpoints) publishMembership(deps, 'connect', endpoint);
};
