// SPDX-License-Identifier: Apache-2.0
import { join } from 'node:path';
import type { HostNetwork } from '../../adapters/host-network/index.ts';
import { isKind } from '../../base/errors.ts';
import { type NetworkId, type SandboxId, randomId, shortId } from '../../base/ids.ts';
import type { ActiveNetwork, NamespaceSite, PlacedEndpoint, PreparedEndpoint } from './driver.ts';
import { gatewaysOf } from './gateways.ts';
import { hostsLinesOf } from './hosts-lines.ts';
import { applySysctls } from './endpoint-sysctls.ts';
import { noSuchNetwork, setUpFailed } from './errors.ts';
import { LiveSandbox, type SandboxDeps, publishMembership } from './live-sandbox.ts';
import { hasNames } from './named-sandbox.ts';
import { placeEndpoint } from './place-endpoint.ts';
import type { SandboxRequest } from './networks.ts';
import type { NetworksConfig } from './networks-config.ts';
import type { PublishDeps } from './publish-ports.ts';
import { withdrawLinks } from './remote/withdraw-links.ts';
import { resolverSetup } from './resolver-text.ts';
import type { SandboxRecord } from './sandbox-record.ts';

export interface CreateSandboxDeps extends SandboxDeps {
  readonly hostNetwork: HostNetwork;
  readonly namespaceDirectory: string;
  readonly publishing: PublishDeps;
  /** The snapshot that this operation works with. */
  readonly config: NetworksConfig;
  /** The network of a name or id. @throws not-found */
  find(reference: string): ActiveNetwork;
}

const LOOPBACK = 1;

/** The network of a name that had this id when it was joined; another one of the name when that is gone. @throws not-found */
const findAgain = (deps: CreateSandboxDeps, reference: string, id: string): ActiveNetwork => {
  const known = deps.networks.get(id as NetworkId);
  if (known) return known;
  try {
    return deps.find(reference);
  } catch (error) {
    throw id !== '' && isKind(error, 'not-found') ? noSuchNetwork(id) : error;
  }
};

/**
 * Which networks the container joins: those that it names, or the one of its mode. None when that is the default
 * bridge and the daemon has none: the container is alone then, as Docker has it.
 */
export const networksOf = (deps: CreateSandboxDeps, request: SandboxRequest): readonly ActiveNetwork[] => {
  const named = Object.keys(request.endpoints);
  const mode = request.networkMode === '' ? [] : [request.networkMode];
  return (named.length > 0 ? named : mode)
    .map((reference) => (reference === 'default' ? 'bridge' : reference))
    .filter((reference) => reference !== 'bridge' || deps.config.bridge !== 'none')
    .map((reference) => findAgain(deps, reference, request.networkIds?.[reference] ?? ''));
};

export const requestFor = ({ network }: ActiveNetwork, { endpoints }: SandboxRequest) =>
  endpoints[network.name] ?? endpoints[network.id];

/** Who is told of a sandbox: that it stands, and that it is let go of. */
export interface SandboxOwner {
  readonly keep: (sandbox: LiveSandbox) => void;
  readonly forget: () => void;
}

/** What was made of a sandbox before, while plugins were asked: its namespace, unless the runtime makes that, and its endpoints. */
export interface SandboxBegun {
  readonly id: SandboxId;
  readonly endpoints: ReadonlyMap<NetworkId, PreparedEndpoint>;
}

/** Takes a place in each network; all are let go of with `acquired`. */
const reservePlaces = (
  networks: readonly ActiveNetwork[],
  request: SandboxRequest,
  begun: SandboxBegun | undefined,
  acquired: DisposableStack,
): readonly PlacedEndpoint[] => {
  const { container, containerName } = request;
  return networks.reduce<readonly PlacedEndpoint[]>((others, active) => {
    const prepared = begun?.endpoints.get(active.network.id);
    const own = requestFor(active, request);
    const former = request.former?.[active.network.name];
    const endpoint = placeEndpoint(active, { container, containerName }, own, others, prepared, former);
    acquired.defer(() => active.detach(endpoint));
    return [...others, endpoint];
  }, []);
};

/** Whether an endpoint is the one by which packets leave. */
const waysOutOf = (
  deps: Pick<CreateSandboxDeps, 'networks'>,
  endpoints: readonly PlacedEndpoint[],
): ((endpoint: PlacedEndpoint) => NamespaceSite['isWayOut']) => {
  const chosen = gatewaysOf(deps, endpoints);
  return ({ id }) => ({ ipv4: chosen.ipv4?.id === id, ipv6: chosen.ipv6?.id === id });
};

/** What belongs into the namespace that `path` names and the thread is in: loopback, and every endpoint's interface. */
const furnish = (deps: CreateSandboxDeps, path: string, endpoints: readonly PlacedEndpoint[]): void => {
  using inside = deps.netlink.connect();
  using file = deps.namespaces.open(path);
  inside.changeLink(LOOPBACK, { up: true });
  const isWayOut = waysOutOf(deps, endpoints);
  for (const endpoint of endpoints) {
    const active = deps.networks.get(endpoint.network);
    active?.attach(endpoint, { file: file.fd, inside, isWayOut: isWayOut(endpoint) });
    applySysctls(deps.hostNetwork, endpoint);
  }
};

/** For a namespace that the runtime made, which gets all that is on record by then. */
const furnishLater =
  (deps: CreateSandboxDeps, path: string, endpoints: () => readonly PlacedEndpoint[]) =>
  (pid: number): void => {
    try {
      deps.namespaces.adopt(path, `/proc/${pid}/ns/net`, () => furnish(deps, path, endpoints()));
    } catch (error) {
      throw setUpFailed(error);
    }
  };

/** Whether the container lives in the host's network, in one with names, or in neither. */
const resolverKind = (deps: CreateSandboxDeps, endpoints: readonly PlacedEndpoint[], usesHost: boolean) => {
  if (usesHost) return 'host';
  const named = endpoints.some((endpoint) => hasNames(deps.networks, endpoint));
  return named && deps.resolution ? 'internal' : 'legacy';
};

/** Where a sandbox's namespace is named. */
export const namespacePathOf = (
  { namespaceDirectory }: Pick<CreateSandboxDeps, 'namespaceDirectory'>,
  id: SandboxId,
): string => join(namespaceDirectory, shortId(id));

const recordOf = (
  deps: CreateSandboxDeps,
  request: SandboxRequest,
  endpoints: readonly PlacedEndpoint[],
  id: SandboxId,
): SandboxRecord => {
  const usesHost = endpoints.some(({ network }) => deps.networks.get(network)?.usesHost === true);
  const path = namespacePathOf(deps, id);
  const resolver = resolverSetup(deps, request.dns, resolverKind(deps, endpoints, usesHost));
  return {
    schema: 1,
    id,
    container: request.container,
    ...(usesHost ? {} : { namespacePath: path }),
    key: usesHost ? join(deps.namespaceDirectory, 'default') : path,
    endpoints,
    ports: [],
    publishedTo: '',
    resolvConf: resolver.text,
    hostsLines: hostsLinesOf(request, endpoints),
    hostname: request.hostname,
    domainname: request.domainname,
    publish: [],
    ...(request.exposed && { exposed: request.exposed }),
    ...(request.dns ? { dns: request.dns } : {}),
    ...(resolver.naming ? { naming: resolver.naming } : {}),
  };
};

const build = (
  deps: CreateSandboxDeps,
  request: SandboxRequest,
  networks: readonly ActiveNetwork[],
  onRelease: () => void,
  begun: SandboxBegun | undefined,
): LiveSandbox => {
  using acquired = new DisposableStack();
  const endpoints = reservePlaces(networks, request, begun, acquired);
  const record = recordOf(deps, request, endpoints, begun?.id ?? randomId());
  const path = record.namespacePath;
  const later = path !== undefined && request.awaitsProcess === true;
  if (path !== undefined && !later) {
    if (begun) acquired.defer(() => withdrawLinks(deps, path, endpoints));
    // One visit, one way back.
    if (begun) deps.namespaces.run(path, () => furnish(deps, path, endpoints));
    else deps.namespaces.create(path, () => furnish(deps, path, endpoints));
    if (!begun) acquired.defer(() => deps.namespaces.remove(path));
  }
  // Ports are put on record with it.
  if (request.publish.length === 0) deps.store.sandboxes.put(record.id, record);
  const onRecord = (): readonly PlacedEndpoint[] => sandbox.record.endpoints;
  const buildLater = later ? furnishLater(deps, path, onRecord) : undefined;
  const sandbox: LiveSandbox = new LiveSandbox(deps, record, [], onRelease, buildLater);
  if (!later) sandbox.resolveNames();
  acquired.move();
  return sandbox;
};

/**
 * Builds all of a sandbox but its ports, or what is missing of one that was `begun`, or nothing; synchronously, in some 2 ms.
 * @throws Docker's `failed to set up container networking: …`, with the kind of its cause
 */
export const createSandbox = (
  deps: CreateSandboxDeps,
  request: SandboxRequest,
  owner: SandboxOwner,
  begun?: SandboxBegun,
): LiveSandbox => {
  const joined: ActiveNetwork[] = [];
  try {
    joined.push(...networksOf(deps, request));
    const sandbox = build(deps, request, joined, owner.forget, begun);
    owner.keep(sandbox);
    return sandbox;
  } catch (error) {
    for (const { network } of joined)
      publishMembership(deps, 'disconnect', {
        network: network.id,
        networkName: network.name,
        container: request.container,
      });
    throw setUpFailed(error);
  }
};
