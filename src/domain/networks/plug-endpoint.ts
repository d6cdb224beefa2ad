// SPDX-License-Identifier: Apache-2.0
import type { HostNetwork } from '../../adapters/host-network/index.ts';
import type { NetlinkConnection } from '../../adapters/netlink/index.ts';
import type { EndpointRequest } from '../../spec/endpoint-settings.ts';
import { parseIp } from '../../spec/ip.ts';
import type { WaysOut } from './choose-gateway.ts';
import type { ActiveNetwork, PlacedEndpoint } from './driver.ts';
import { applySysctls } from './endpoint-sysctls.ts';
import { gatewaysOf, publishedEndpoints } from './gateways.ts';
import { hostsLinesOf } from './hosts-lines.ts';
import type { LiveSandbox, SandboxDeps } from './live-sandbox.ts';
import { movePorts } from './move-ports.ts';
import { hasNames } from './named-sandbox.ts';
import type { NetworksConfig } from './networks-config.ts';
import { placeEndpoint } from './place-endpoint.ts';
import type { PublishDeps } from './publish-ports.ts';
import type { JoinRequest, RemoteEndpoints } from './remote/remote-endpoints.ts';
import { withdrawLinks } from './remote/withdraw-links.ts';
import { resolverSetup } from './resolver-text.ts';
import type { SandboxRecord } from './sandbox-record.ts';
import { removeInside, silenceLinks } from './silence-links.ts';

export interface PlugDeps extends Omit<SandboxDeps, 'remote'> {
  readonly remote: RemoteEndpoints;
  readonly hostNetwork: HostNetwork;
  readonly config: NetworksConfig;
  readonly publishing: PublishDeps;
  /** The network by which containers leave that have no other way out; made if it is not there. */
  readonly gatewayNetwork: () => Promise<ActiveNetwork>;
}

type Ways = WaysOut<PlacedEndpoint>;

const FAMILIES = [
  ['ipv4', 'gateway'],
  ['ipv6', 'ipv6Gateway'],
] as const;

/** Takes away the default routes of `before` that `after` has not; those of `after` that are not in `before` are made. */
const leaveBy = (inside: NetlinkConnection, before: Ways, after: Ways): void => {
  for (const [family, key] of FAMILIES) {
    const [old, next] = [before[family], after[family]];
    if (old?.id === next?.id) continue;
    const oldGateway = parseIp(old?.[key] ?? '');
    if (oldGateway) inside.deleteRoute({ gateway: oldGateway });
    const gateway = parseIp(next?.[key] ?? '');
    const index = next && inside.link(next.interfaceName)?.index;
    if (gateway && index !== undefined) inside.addRoute({ gateway, index });
  }
};

const plugIn = (
  deps: PlugDeps,
  path: string,
  active: ActiveNetwork,
  endpoint: PlacedEndpoint,
  ways: readonly [before: Ways, after: Ways],
): void =>
  deps.namespaces.run(path, () => {
    using inside = deps.netlink.connect();
    using file = deps.namespaces.open(path);
    const [before, after] = ways;
    active.attach(endpoint, { file: file.fd, inside, isWayOut: { ipv4: false, ipv6: false } });
    applySysctls(deps.hostNetwork, endpoint);
    leaveBy(inside, before, after);
  });

/** The record with other endpoints, and what follows from them. */
const withEndpoints = (
  deps: PlugDeps,
  record: SandboxRecord,
  endpoints: readonly PlacedEndpoint[],
): SandboxRecord => {
  const names = { hostname: record.hostname ?? '', domainname: record.domainname ?? '' };
  const changed = { ...record, endpoints, hostsLines: hostsLinesOf(names, endpoints) };
  const begins = !record.naming && endpoints.some((endpoint) => hasNames(deps.networks, endpoint));
  if (!begins || !deps.resolution) return changed;
  const { text, naming } = resolverSetup(deps, record.dns, 'internal');
  return { ...changed, resolvConf: text, ...(naming ? { naming } : {}) };
};

/** An endpoint that a running sandbox is to get. */
export interface Plug {
  /** Shown of the endpoint. */
  readonly containerName: string;
  readonly request?: EndpointRequest | undefined;
  /** The engine's own, as the way out. */
  readonly isGateway?: boolean;
  /** False: the sandbox awaits its process, whose namespace will be furnished with all that is on record. Absent: true. */
  readonly isBuilt?: boolean;
}

const joinOf = (
  deps: PlugDeps,
  { container, key, endpoints, exposed = [], publish = [] }: SandboxRecord,
  { containerName, request }: Plug,
): JoinRequest => {
  const { ipv4, ipv6 } = publishedEndpoints(deps, endpoints);
  const isPublished = ipv4 !== undefined || ipv6 !== undefined;
  return { container, containerName, sandboxKey: key, request, ports: { exposed, publish }, isPublished };
};

/**
 * Adds a sandbox to a network: it has the interface, on record too, when this resolves; nothing is left when it fails.
 * @throws as `ActiveNetwork.reserve`
 */
export const plugEndpoint = async (
  deps: PlugDeps,
  sandbox: LiveSandbox,
  active: ActiveNetwork,
  plug: Plug,
): Promise<PlacedEndpoint> => {
  const { containerName, request, isGateway = false, isBuilt = true } = plug;
  const { record } = sandbox;
  await using acquired = new AsyncDisposableStack();
  const { container } = record;
  const path = isBuilt ? record.namespacePath : undefined;
  const prepared = deps.remote.isRemote(active)
    ? await deps.remote.prepare(active, joinOf(deps, record, plug))
    : undefined;
  if (prepared) acquired.defer(async () => prepared.undo());
  const placed = placeEndpoint(active, { container, containerName }, request, record.endpoints, prepared);
  const endpoint: PlacedEndpoint = isGateway ? { ...placed, isGateway } : placed;
  acquired.defer(async () => {
    if (path !== undefined) withdrawLinks(deps, path, [endpoint]);
    if (path !== undefined) silenceLinks(deps, path, [endpoint]);
    active.detach(endpoint);
    await active.unplug(endpoint);
    if (path !== undefined) await removeInside(deps, path, endpoint);
  });
  const endpoints = [...record.endpoints, endpoint];
  const ways = [gatewaysOf(deps, record.endpoints), gatewaysOf(deps, endpoints)] as const;
  if (path !== undefined) plugIn(deps, path, active, endpoint, ways);
  acquired.move();
  sandbox.change(withEndpoints(deps, record, endpoints));
  return endpoint;
};

/**
 * Takes an endpoint from a running sandbox: at once, and its interface is gone when this resolves. Its ports are where
 * packets leave now. Plugins are not told.
 */
export const unplugEndpoint = async (
  deps: PlugDeps,
  sandbox: LiveSandbox,
  endpoint: PlacedEndpoint,
): Promise<void> => {
  const { record } = sandbox;
  const active = deps.networks.get(endpoint.network);
  const endpoints = record.endpoints.filter(({ id }) => id !== endpoint.id);
  const [before, after] = [gatewaysOf(deps, record.endpoints), gatewaysOf(deps, endpoints)];
  sandbox.change(withEndpoints(deps, record, endpoints));
  await movePorts(deps, sandbox);
  const path = record.namespacePath;
  if (path !== undefined) withdrawLinks(deps, path, [endpoint]);
  if (path !== undefined) silenceLinks(deps, path, [endpoint]);
  active?.detach(endpoint);
  if (path !== undefined)
    deps.namespaces.run(path, () => {
      using inside = deps.netlink.connect();
      leaveBy(inside, before, after);
    });
  await active?.unplug(endpoint);
  if (path !== undefined) await removeInside(deps, path, endpoint);
};
