// SPDX-License-Identifier: Apache-2.0
import { EngineError, isKind } from '../../base/errors.ts';
import type { Network } from '../networks/index.ts';
import { type ConnectDeps, assertStays, refreshNetworkFiles, textsOf } from './connect-network.ts';
import type { Container } from './container.ts';
import { noSuchContainer } from './errors.ts';
import { hasProcess } from './state.ts';

/**
 * The container; `undefined` for one that nobody knows any more, and whose endpoint has gone now by force.
 * @throws not-found
 */
const findContainer = (
  deps: ConnectDeps,
  network: Network | undefined,
  reference: string,
): Container | undefined => {
  try {
    return deps.ledger.resolve(reference);
  } catch (error) {
    if (!network || !isKind(error, 'not-found')) throw error;
    if (deps.networks.disconnectStranger(network.id, reference)) return undefined;
    throw new EngineError('not-found', `endpoint ${reference} not found`, { cause: error });
  }
};

const without = <Value>(map: Readonly<Record<string, Value>>, key: string): Readonly<Record<string, Value>> =>
  Object.fromEntries(Object.entries(map).filter(([name]) => name !== key));

const disconnectRunning = async (deps: ConnectDeps, { id }: Container, network: Network): Promise<void> => {
  const sandbox = deps.runs.get(id)?.sandbox;
  if (!sandbox?.endpoints.some((endpoint) => endpoint.network === network.id))
    throw new EngineError('internal', `container ${id} is not connected to network ${network.name}`);
  const before = textsOf(sandbox);
  await deps.networks.disconnect(id, network.id);
  await refreshNetworkFiles(deps, id, before, textsOf(sandbox));
};

/**
 * Takes a container out of a network, at once when it runs.
 * @throws not-found; invalid-argument for the host's network; internal when it is not connected, as Docker has it
 */
export const disconnectNetwork = async (
  deps: ConnectDeps,
  networkReference: string,
  reference: string,
  { force }: { readonly force: boolean },
): Promise<void> => {
  const known = force ? deps.networks.resolve(networkReference) : undefined;
  const found = findContainer(deps, known, reference);
  if (!found) return;
  const { id } = found;
  using _lock = await deps.ledger.lock(id);
  const container = deps.ledger.get(id);
  if (!container) throw noSuchContainer(reference);
  const network = deps.networks.resolve(networkReference);
  if (network.driver === 'host' && container.hostConfig.networkMode === 'host')
    throw new EngineError(
      'invalid-argument',
      'cannot disconnect container from host network - container was created in host network mode',
    );
  assertStays(deps, container);
  if (hasProcess(container.state)) await disconnectRunning(deps, container, network);
  else if (!(network.name in container.endpoints))
    throw new EngineError('internal', `container ${id} is not connected to the network ${network.name}`);
  await deps.ledger.record({
    ...container,
    endpoints: without(container.endpoints, network.name),
    networkIds: without(container.networkIds, network.name),
    ...(container.addresses && { addresses: without(container.addresses, network.name) }),
  });
  // Of one that runs this is the second time: dockerd tells of its endpoint, and of the call.
  deps.networks.publishDisconnect(id, network.id);
};
