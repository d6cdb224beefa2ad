// SPDX-License-Identifier: Apache-2.0
import { type NetworkId, type SandboxId, randomId } from '../../../base/ids.ts';
import {
  type CreateSandboxDeps,
  type SandboxOwner,
  createSandbox,
  namespacePathOf,
  networksOf,
  requestFor,
} from '../create-sandbox.ts';
import type { ActiveNetwork, PreparedEndpoint } from '../driver.ts';
import { setUpFailed } from '../errors.ts';
import { type LiveSandbox, publishMembership } from '../live-sandbox.ts';
import type { SandboxRequest } from '../networks.ts';
import type { RemoteEndpoints } from './remote-endpoints.ts';

export interface RemoteSandboxDeps extends Omit<CreateSandboxDeps, 'remote'> {
  readonly remote: RemoteEndpoints;
  /** The network by which containers leave that have no other way out; made if it is not there. */
  readonly gatewayNetwork: () => Promise<ActiveNetwork>;
}

/** Whether plugins are to be asked for any of the sandbox's endpoints. */
export const usesPlugins = (deps: RemoteSandboxDeps, request: SandboxRequest): boolean => {
  if (!deps.remote.isUsed) return false;
  try {
    return networksOf(deps, request).some((active) => deps.remote.isRemote(active));
  } catch {
    // A network that is not there is told of by whoever makes the sandbox.
    return false;
  }
};

type Prepared = Map<NetworkId, PreparedEndpoint>;

/** Asks the plugins of all networks that have some, one after the other, as Docker does. */
const prepareAll = async (
  deps: RemoteSandboxDeps,
  request: SandboxRequest,
  networks: readonly ActiveNetwork[],
  sandboxKey: string,
  prepared: Prepared,
): Promise<void> => {
  const { container, containerName, publish, exposed = [] } = request;
  const own = { container, containerName, sandboxKey, ports: { publish, exposed } };
  for (const active of networks.filter((each) => deps.remote.isRemote(each)))
    prepared.set(
      active.network.id,
      await deps.remote.prepare(active, {
        ...own,
        request: requestFor(active, request),
        former: request.former?.[active.network.name],
      }),
    );
};

const failed = (
  deps: RemoteSandboxDeps,
  { container }: SandboxRequest,
  networks: readonly ActiveNetwork[],
  error: unknown,
): unknown => {
  for (const { network } of networks)
    publishMembership(deps, 'disconnect', { network: network.id, networkName: network.name, container });
  return setUpFailed(error);
};

/**
 * Builds a sandbox for whose endpoints plugins are asked: its namespace first, since plugins may look at it, then what they
 * give, then the rest as `createSandbox` does. All of it or nothing; plugins are yet to be told which endpoint leads
 * outside. @throws as `createSandbox`
 */
export const createRemoteSandbox = async (
  deps: RemoteSandboxDeps,
  request: SandboxRequest,
  owner: SandboxOwner,
): Promise<LiveSandbox> => {
  // Former endpoints may have the addresses that this one is to get.
  await deps.remote.left(request.container);
  const id = randomId<SandboxId>();
  const path = namespacePathOf(deps, id);
  const prepared: Prepared = new Map();
  const undo = async (): Promise<void> => {
    deps.namespaces.remove(path);
    await Promise.all([...prepared.values()].map(async (endpoint) => endpoint.undo()));
  };
  const networks: ActiveNetwork[] = [];
  try {
    networks.push(...networksOf(deps, request));
    if (request.awaitsProcess !== true) deps.namespaces.create(path, () => undefined);
    await prepareAll(deps, request, networks, path, prepared);
  } catch (error) {
    await undo();
    throw failed(deps, request, networks, error);
  }
  try {
    return createSandbox(deps, request, owner, { id, endpoints: prepared });
  } catch (error) {
    await undo();
    throw error;
  }
};
