// SPDX-License-Identifier: Apache-2.0
import type { EngineError } from '../../base/errors.ts';
import { gatewayJoinFailed, publishFailed, setUpFailed } from './errors.ts';
import { publishedEndpoints } from './gateways.ts';
import { type LiveSandbox, publishMembership } from './live-sandbox.ts';
import type { PublishRequest, SandboxRequest } from './networks.ts';
import { type SettlePortsDeps, settlePorts } from './settle-ports.ts';

/** Publishes these ports of a sandbox and no others, as `settlePorts` does. @throws internal in Docker's words, with the endpoint's name */
export const publishSandbox = async (
  deps: SettlePortsDeps,
  sandbox: LiveSandbox,
  publish: readonly PublishRequest[],
): Promise<void> => {
  const { ipv4, ipv6 } = publishedEndpoints(deps, sandbox.record.endpoints);
  try {
    await settlePorts(deps, sandbox, publish);
  } catch (error) {
    const { containerName = '', id = '' } = ipv4 ?? ipv6 ?? {};
    throw publishFailed(containerName, id, error);
  }
};

/** In dockerd ports are a part of the making of the engine's own endpoint, if that is the way out. */
const openFailed = (deps: SettlePortsDeps, { record }: LiveSandbox, error: unknown): EngineError => {
  const isGateway = publishedEndpoints(deps, record.endpoints).ipv4?.isGateway === true;
  return setUpFailed(isGateway ? gatewayJoinFailed(record.container, error) : error);
};

/**
 * Opens a new sandbox to the world: its ports are published and its networks told of, or it is released.
 * @throws Docker's `failed to set up container networking: driver failed programming external connectivity …`
 */
export const openSandbox = async (
  deps: SettlePortsDeps,
  sandbox: LiveSandbox,
  { publish }: Pick<SandboxRequest, 'publish'>,
): Promise<void> => {
  try {
    await publishSandbox(deps, sandbox, publish);
  } catch (error) {
    sandbox.release();
    await sandbox.left;
    throw openFailed(deps, sandbox, error);
  }
  for (const endpoint of sandbox.endpoints) publishMembership(deps, 'connect', endpoint);
};
