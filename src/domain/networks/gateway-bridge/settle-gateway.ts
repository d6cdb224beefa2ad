// SPDX-License-Identifier: Apache-2.0
import { messageOf } from '../../../base/errors.ts';
import { shortId } from '../../../base/ids.ts';
import type { PlacedEndpoint } from '../driver.ts';
import { gatewayCreateFailed } from '../errors.ts';
import type { LiveSandbox } from '../live-sandbox.ts';
import { movePorts } from '../move-ports.ts';
import { type PlugDeps, plugEndpoint, unplugEndpoint } from '../plug-endpoint.ts';
import type { SandboxRecord } from '../sandbox-record.ts';
import { needsGateway } from './needs-gateway.ts';

const gatewayOf = ({ record }: LiveSandbox): PlacedEndpoint | undefined =>
  record.endpoints.find(({ isGateway }) => isGateway === true);

/**
 * Gives a sandbox its endpoint on `docker_gwbridge` if it needs one with `endpoints` and has none. Nobody is told, as in
 * dockerd. `isBuilt`: its namespace stands; else whoever builds it finds the endpoint on record.
 * @throws internal `container <id>: endpoint create on GW Network failed: …`; as `GatewayBridge.network`
 */
export const addGateway = async (
  deps: PlugDeps,
  sandbox: LiveSandbox,
  endpoints: readonly PlacedEndpoint[],
  { isBuilt = true }: { readonly isBuilt?: boolean } = {},
): Promise<void> => {
  if (gatewayOf(sandbox) || !needsGateway(deps.networks, endpoints)) return;
  const active = await deps.gatewayNetwork();
  const containerName = `gateway_${shortId(sandbox.id)}`;
  try {
    await plugEndpoint(deps, sandbox, active, { containerName, isGateway: true, isBuilt });
  } catch (error) {
    throw gatewayCreateFailed(sandbox.record.container, error);
  }
};

/** Takes that endpoint away when the sandbox needs it no more. */
export const dropGateway = async (deps: PlugDeps, sandbox: LiveSandbox): Promise<void> => {
  const gateway = gatewayOf(sandbox);
  if (!gateway || needsGateway(deps.networks, sandbox.record.endpoints)) return;
  await unplugEndpoint(deps, sandbox, gateway);
  // A user may have made the network a plugin's.
  await deps.remote.leave([gateway]);
};

/** Takes cables away that an earlier daemon did not come to put on record: one of them may be in the sandbox. */
const removeStrays = async (deps: PlugDeps, records: () => readonly SandboxRecord[]): Promise<void> => {
  const active = await deps.gatewayNetwork();
  // Now: others may have been given theirs meanwhile.
  const known = new Set(records().flatMap(({ endpoints }) => endpoints.map(({ hostLink }) => hostLink)));
  for (const name of active.strays(known)) await active.removeStray(name);
};

/**
 * What an earlier daemon did not come to do; `records` are those of all sandboxes. Its failure is told of: the container
 * goes on as it is.
 */
export const repairGateway = async (
  deps: PlugDeps,
  sandbox: LiveSandbox,
  records: () => readonly SandboxRecord[],
): Promise<void> => {
  try {
    const { endpoints } = sandbox.record;
    if (!gatewayOf(sandbox) && needsGateway(deps.networks, endpoints)) {
      await removeStrays(deps, records);
      await addGateway(deps, sandbox, endpoints);
      await movePorts(deps, sandbox);
    }
    await dropGateway(deps, sandbox);
  } catch (error) {
    const { container } = sandbox.record;
    deps.log.warn('a container could not be given its way out', { container, error: messageOf(error) });
  }
};
