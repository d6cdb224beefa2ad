// SPDX-License-Identifier: Apache-2.0
import { join } from 'node:path';
import type { HostNetwork } from '../../adapters/host-network/index.ts';
import { type NetworkId, type SandboxId, randomId, shortId } from '../../base/ids.ts';
import type { ActiveNetwork, EndpointPlace, NamespaceSite, PlacedEndpoint } from './driver.ts';
import { gatewaysOf } from './gateways.ts';
import { publishFailed, setUpFailed } from './errors.ts';
import { LiveSandbox, type SandboxDeps, publishMembership } from './live-sandbox.ts';
import type { SandboxRequest } from './networks.ts';
import type { NetworksConfig } from './networks-config.ts';
import { type LivePort, type PublishDeps, mergePorts, publishPorts } from './publish-ports.ts';
import { type ResolverOverrides, resolvConf } from './resolv-conf.ts';
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

/**
 * Which networks the container joins: those that it names, or the one of its mode. None when that is the default
 * bridge and the daemon has none: the container is alone then, as Docker has it.
 */
const networksOf = (deps: CreateSandboxDeps, request: SandboxRequest): readonly ActiveNetwork[] => {
  const named = Object.keys(request.endpoints);
  return (named.length > 0 ? named : [request.networkMode])
    .map((reference) => (reference === 'default' ? 'bridge' : reference))
    .filter((reference) => reference !== 'bridge' || deps.config.bridge !== 'none')
    .map((reference) => deps.find(reference));
};

const requestFor = ({ network }: ActiveNetwork, { endpoints }: SandboxRequest) =>
  endpoints[network.name] ?? endpoints[network.id];

/** Takes a place in each network; all are let go of with `acquired`. */
const reservePlaces = (
  networks: readonly ActiveNetwork[],
  request: SandboxRequest,
  acquired: DisposableStack,
): readonly PlacedEndpoint[] =>
  networks.map((active, index) => {
    const place = active.reserve(requestFor(active, request));
    acquired.defer(() => active.detach(place));
    return placed(active.network.id, active.network.name, request, place, index);
  });

const placed = (
  network: NetworkId,
  networkName: string,
  request: SandboxRequest,
  place: EndpointPlace,
  index: number,
): PlacedEndpoint => ({
  id: randomId(),
  network,
  networkName,
  container: request.container,
  containerName: request.containerName,
  ...place,
  interfaceName: place.hostLink === '' ? '' : `eth${index}`,
});

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
  for (const endpoint of endpoints)
    deps.networks
      .get(endpoint.network)
      ?.attach(endpoint, { file: file.fd, inside, isWayOut: waysOutOf(deps, endpoints)(endpoint) });
};

/** For a namespace that the runtime made. */
const furnishLater =
  (deps: CreateSandboxDeps, path: string, endpoints: readonly PlacedEndpoint[]) =>
  (pid: number): void => {
    try {
      deps.namespaces.adopt(path, `/proc/${pid}/ns/net`, () => furnish(deps, path, endpoints));
    } catch (error) {
      throw setUpFailed(error);
    }
  };

/** The endpoint that the host's ports lead to: the first one that has an address for them. */
const publishedEndpoint = (
  deps: CreateSandboxDeps,
  endpoints: readonly PlacedEndpoint[],
): PlacedEndpoint | undefined =>
  endpoints.find(({ network }) => deps.networks.get(network)?.publishes === true);

const publish = (
  deps: CreateSandboxDeps,
  request: SandboxRequest,
  endpoint: PlacedEndpoint | undefined,
  acquired: DisposableStack,
): readonly LivePort[] => {
  if (!endpoint || request.publish.length === 0) return [];
  try {
    const live = publishPorts(deps.publishing, request.publish, endpoint.ipv4Address);
    for (const port of live) acquired.use(port);
    const published = live.map((port) => port.published);
    deps.firewall.publish(published, endpoint.ipv4Address);
    acquired.defer(() => deps.firewall.withdraw(published, endpoint.ipv4Address));
    return live;
  } catch (error) {
    throw publishFailed(request.containerName, endpoint.id, error);
  }
};

const overridesOf = (request: SandboxRequest, config: NetworksConfig): ResolverOverrides => {
  const pick = (own: readonly string[] | undefined, daemons: readonly string[]): readonly string[] =>
    own !== undefined && own.length > 0 ? own : daemons;
  return {
    servers: pick(request.dns?.servers, config.dns),
    search: pick(request.dns?.search, config.dnsSearch),
    options: pick(request.dns?.options, config.dnsOptions),
  };
};

/** A container in the host's own network sees the host's resolver as it is, unless something overrides it. */
const resolverText = (deps: CreateSandboxDeps, request: SandboxRequest, usesHost: boolean): string => {
  const host = deps.hostNetwork.resolverConfiguration();
  const own = overridesOf(request, deps.config);
  const untouched = own.servers.length + own.search.length + own.options.length === 0;
  return usesHost && untouched ? host.text : resolvConf(host, own);
};

/** The container's own lines in `/etc/hosts`: one an address, the full name first. */
const hostsLinesOf = ({ hostname, domainname }: SandboxRequest, endpoints: readonly PlacedEndpoint[]) => {
  const names = domainname === '' ? hostname : `${hostname}.${domainname} ${hostname}`;
  return endpoints
    .filter(({ ipv4Address }) => ipv4Address !== '' && hostname !== '')
    .map(({ ipv4Address }) => `${ipv4Address}\t${names}`);
};

const recordOf = (
  deps: CreateSandboxDeps,
  request: SandboxRequest,
  endpoints: readonly PlacedEndpoint[],
): SandboxRecord => {
  const id = randomId<SandboxId>();
  const usesHost = endpoints.some(({ network }) => deps.networks.get(network)?.usesHost === true);
  const path = join(deps.namespaceDirectory, shortId(id));
  return {
    schema: 1,
    id,
    container: request.container,
    ...(usesHost ? {} : { namespacePath: path }),
    key: usesHost ? join(deps.namespaceDirectory, 'default') : path,
    endpoints,
    ports: [],
    publishedTo: '',
    resolvConf: resolverText(deps, request, usesHost),
    hostsLines: hostsLinesOf(request, endpoints),
  };
};

const build = (
  deps: CreateSandboxDeps,
  request: SandboxRequest,
  networks: readonly ActiveNetwork[],
  onRelease: () => void,
): LiveSandbox => {
  using acquired = new DisposableStack();
  const endpoints = reservePlaces(networks, request, acquired);
  const bare = recordOf(deps, request, endpoints);
  const path = bare.namespacePath;
  const later = path !== undefined && request.awaitsProcess === true;
  if (path !== undefined && !later) {
    // One visit, one way back.
    deps.namespaces.create(path, () => furnish(deps, path, endpoints));
    acquired.defer(() => deps.namespaces.remove(path));
  }
  const target = publishedEndpoint(deps, endpoints);
  const live = publish(deps, request, target, acquired);
  const ports = mergePorts(live.map(({ published }) => published));
  const record = { ...bare, ports, publishedTo: ports.length > 0 ? (target?.ipv4Address ?? '') : '' };
  deps.store.sandboxes.put(record.id, record);
  acquired.move();
  return new LiveSandbox(
    deps,
    record,
    live,
    onRelease,
    later ? furnishLater(deps, path, endpoints) : undefined,
  );
};

/**
 * Builds all of a sandbox or nothing, synchronously, in some 2 ms; `onRelease` is told when it is let go of.
 * @throws Docker's `failed to set up container networking: …`, with the kind of its cause
 */
export const createSandbox = (
  deps: CreateSandboxDeps,
  request: SandboxRequest,
  onRelease: () => void,
): LiveSandbox => {
  const joined: ActiveNetwork[] = [];
  try {
    joined.push(...networksOf(deps, request));
    const sandbox = build(deps, request, joined, onRelease);
    for (const endpoint of sandbox.endpoints) publishMembership(deps, 'connect', endpoint);
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
