// SPDX-License-Identifier: Apache-2.0
import { joinErrors } from '../../spec/join-errors.ts';
import { EngineError } from '../../base/errors.ts';
import type { ContainerId } from '../../base/ids.ts';
import type { EndpointRequest } from '../../spec/endpoint-settings.ts';
import type { FormerAddresses, Network, Sandbox } from '../networks/index.ts';
import type { Container } from './container.ts';
import type { Core } from './core.ts';
import { noSuchContainer } from './errors.ts';
import { MAC_ADDRESS, networkDonor } from './network-mode.ts';
import { hasProcess } from './state.ts';

export type ConnectDeps = Pick<Core, 'ledger' | 'networks' | 'runs' | 'hostsFiles' | 'store' | 'intents'>;

const refuse = (text: string): EngineError => new EngineError('invalid-argument', text);

/** @throws internal when the container is about to go */
export const assertStays = ({ intents }: Pick<Core, 'intents'>, { id, state }: Container): void => {
  if (state.status !== 'dead' && state.status !== 'removing' && !intents.isRemoving(id)) return;
  throw new EngineError(
    'internal',
    `Container ${id} is marked for removal and cannot be connected or disconnected to the network`,
  );
};

const NONE = 'none';

const checkModes = ({ hostConfig, endpoints }: Container, { name, driver }: Network): void => {
  const { networkMode } = hostConfig;
  if (driver === 'host' && networkMode !== 'host')
    throw refuse('cannot connect container to host network - container must be created in host network mode');
  if (networkMode === 'host' || networkDonor(networkMode) !== undefined)
    throw refuse(
      'container sharing network namespace with another container or host cannot be connected to any other network',
    );
  const others = Object.keys(endpoints).filter((each) => each !== name);
  if (others.includes(NONE) || (name === NONE && others.length > 0))
    throw refuse(
      'container cannot be connected to multiple networks with one of the networks in private (none) mode',
    );
};

const checkRequest = ({ networks }: ConnectDeps, { id }: Network, request: EndpointRequest): void => {
  if (request.macAddress !== '' && !MAC_ADDRESS.test(request.macAddress))
    throw refuse(`invalid MAC address ${request.macAddress}`);
  const errors = networks.checkEndpoint(id, request);
  if (errors.length > 0) throw refuse(`invalid endpoint settings:\n${joinErrors(errors)}`);
};

/** What the container's files said of its networks, and what they are to say. */
export interface NetworkTexts {
  readonly hostsLines: readonly string[];
  readonly resolvConf: string;
}

export const textsOf = ({ hostsLines, resolvConf }: Sandbox): NetworkTexts => ({ hostsLines, resolvConf });

const changeLines = (text: string, before: readonly string[], after: readonly string[]): string => {
  const gone = before.filter((line) => !after.includes(line));
  const lines = text.split('\n').filter((line) => !gone.includes(line));
  const added = after.filter((line) => !lines.includes(line));
  return [...lines.slice(0, -1), ...added, ''].join('\n');
};

/** Lines of hosts come and go; the resolver's file changes unless the container has made it its own. */
export const refreshNetworkFiles = async (
  deps: Pick<Core, 'hostsFiles' | 'store'>,
  id: ContainerId,
  before: NetworkTexts,
  after: NetworkTexts,
): Promise<void> => {
  await deps.hostsFiles.change(id, (text) => changeLines(text, before.hostsLines, after.hostsLines));
  if (before.resolvConf === after.resolvConf) return;
  const text = await deps.store.readFile(id, 'resolv.conf');
  if (text === before.resolvConf) await deps.store.writeFile(id, 'resolv.conf', after.resolvConf);
};

const connectRunning = async (
  deps: ConnectDeps,
  { id, name }: Container,
  network: Network,
  request: EndpointRequest,
): Promise<FormerAddresses> => {
  const sandbox = deps.runs.get(id)?.sandbox;
  if (!sandbox) throw new EngineError('internal', `container ${id} has no network of its own`);
  const before = textsOf(sandbox);
  const endpoint = await deps.networks.connect(id, { network: network.id, containerName: name, request });
  await refreshNetworkFiles(deps, id, before, textsOf(sandbox));
  const { ipv4Address, ipv6Address } = endpoint;
  return { ipv4Address, ipv6Address };
};

/**
 * Adds a container to a network: at once when it runs, from its next start on when not.
 * @throws not-found; invalid-argument for what does not fit; forbidden when it is connected or an address is taken
 */
export const connectNetwork = async (
  deps: ConnectDeps,
  networkReference: string,
  reference: string,
  request: EndpointRequest,
): Promise<void> => {
  const { id } = deps.ledger.resolve(reference);
  using _lock = await deps.ledger.lock(id);
  const container = deps.ledger.get(id);
  if (!container) throw noSuchContainer(reference);
  const network = deps.networks.resolve(networkReference);
  assertStays(deps, container);
  checkModes(container, network);
  checkRequest(deps, network, request);
  // A MAC address is looked at and not used: Docker's way, of containers that exist.
  const kept = { ...request, macAddress: '' };
  const isRunning = hasProcess(container.state);
  // What it was connected with first stays.
  if (!isRunning && network.name in container.endpoints) return;
  const now = isRunning ? await connectRunning(deps, container, network, kept) : undefined;
  await deps.ledger.record({
    ...container,
    endpoints: { ...container.endpoints, [network.name]: kept },
    // Which network it is will be seen at the start: until then its name is all that counts.
    networkIds: { ...container.networkIds, [network.name]: isRunning ? network.id : '' },
    ...(now && { addresses: { ...container.addresses, [network.name]: now } }),
  });
};
