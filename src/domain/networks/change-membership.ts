// SPDX-License-Identifier: Apache-2.0
import { EngineError } from '../../base/errors.ts';
import type { EndpointRequest } from '../../spec/endpoint-settings.ts';
import type { ActiveNetwork, PlacedEndpoint } from './driver.ts';
import { addGateway, dropGateway } from './gateway-bridge/settle-gateway.ts';
import { type LiveSandbox, publishMembership } from './live-sandbox.ts';
import { movePorts } from './move-ports.ts';
import { type PlugDeps, plugEndpoint, unplugEndpoint } from './plug-endpoint.ts';

/** Gives the endpoint its part in what leads outside; one that does not get it is none. */
const openJoined = async (
  deps: PlugDeps,
  sandbox: LiveSandbox,
  active: ActiveNetwork,
  endpoint: PlacedEndpoint,
): Promise<void> => {
  try {
    await addGateway(deps, sandbox, sandbox.record.endpoints);
    await movePorts(deps, sandbox);
    await dropGateway(deps, sandbox);
    publishMembership(deps, 'connect', endpoint);
    // Plugins follow the way out.
    if (deps.remote.isUsed) await deps.remote.open(sandbox.record, endpoint.id);
  } catch (error) {
    await disconnectSandbox(deps, sandbox, active);
    throw error;
  }
};

/**
 * Adds a running sandbox to a network: it has the interface, and its ports the right way in, when this resolves. Nothing
 * is left when it fails.
 * @throws forbidden when it is in the network; as `ActiveNetwork.reserve`
 */
export const connectSandbox = async (
  deps: PlugDeps,
  sandbox: LiveSandbox,
  active: ActiveNetwork,
  { containerName }: { readonly containerName: string },
  request: EndpointRequest | undefined,
): Promise<PlacedEndpoint> => {
  const { id, name } = active.network;
  if (sandbox.endpoints.some(({ network }) => network === id))
    throw new EngineError(
      'forbidden',
      `endpoint with name ${containerName} already exists in network ${name}`,
    );
  const endpoint = await plugEndpoint(deps, sandbox, active, { containerName, request });
  await openJoined(deps, sandbox, active, endpoint);
  return endpoint;
};

/** Takes a running sandbox out of a network: at once, and its interface is gone when this resolves. @throws not-found when it is not in it */
export const disconnectSandbox = async (
  deps: PlugDeps,
  sandbox: LiveSandbox,
  active: ActiveNetwork,
): Promise<void> => {
  const { record } = sandbox;
  const endpoint = sandbox.endpoints.find(({ network }) => network === active.network.id);
  if (!endpoint) throw new EngineError('not-found', `endpoint ${record.container} not found`);
  const others = record.endpoints.filter((one) => one !== endpoint);
  // Before: what leaves the container finds a way all the time.
  await addGateway(deps, sandbox, others);
  await unplugEndpoint(deps, sandbox, endpoint);
  await dropGateway(deps, sandbox);
  publishMembership(deps, 'disconnect', endpoint);
  const left = deps.remote.leave([endpoint]);
  if (left) await left;
  if (deps.remote.isUsed) await deps.remote.open(sandbox.record, endpoint.id);
};
