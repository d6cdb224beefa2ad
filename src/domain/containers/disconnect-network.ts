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
  forced: string | undefined,
  reference: string,
): Container | undefined => {
  try {
    return deps.ledger.resolve(reference);
  } catch (error) {
    if (forced === undefined || !isKind(error, 'not-found')) throw error;
    const network = deps.networks.resolve(forced);
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

/** `undefined` for a network that is gone, and to whose name a container that does not run, or is forced, may still be tied. */
const findNetwork = (
  { networks }: ConnectDeps,
  reference: string,
  { state }: Container,
  force: boolean,
): Network | undefined => {
  try {
    return networks.resolve(reference);
  } catch (error) {
    if (hasProcess(state) && !force) throw error;
    return undefined;
  }
};

/** The container can start again: nothing else would let go of a network that is gone. @throws internal when it has no such one */
const leaveGone = async (deps: ConnectDeps, container: Container, name: string): Promise<void> => {
  assertStays(deps, container);
  const { id, endpoints, networkIds, addresses } = container;
  if (!(name in endpoints))
    throw new EngineError('internal', `container ${id} is not connected to the network ${name}`);
  await deps.ledger.record({
    ...container,
    endpoints: without(endpoints, name),
    networkIds: without(networkIds, name),
    ...(addresses && { addresses: without(addresses, name) }),
  });
};

/**
 * Takes a container out of a network, at once when it runs.
 * @throws not-found of one that runs; invalid-argument for the host's network; internal when it is not connected, as Docker has it
 */
export const disconnectNetwork = async (
  deps: ConnectDeps,
  networkReference: string,
  reference: string,
  { force }: { readonly force: boolean },
): Promise<void> => {
  const found = findContainer(deps, force ? networkReference : undefined, reference);
  if (!found) return;
  const { id } = found;
  using _lock = await deps.ledger.lock(id);
  const container = deps.ledger.get(id);
  if (!container) throw noSuchContainer(reference);
  const network = findNetwork(deps, networkReference, container, force);
  if (!network) return leaveGone(deps, container, networkReference);
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
