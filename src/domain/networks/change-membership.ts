// SPDX-License-Identifier: Apache-2.0
import type { HostNetwork } from '../../adapters/host-network/index.ts';
import type { NetlinkConnection } from '../../adapters/netlink/index.ts';
import { EngineError } from '../../base/errors.ts';
import type { EndpointRequest } from '../../spec/endpoint-settings.ts';
import { parseIp } from '../../spec/ip.ts';
import type { WaysOut } from './choose-gateway.ts';
import type { ActiveNetwork, PlacedEndpoint } from './driver.ts';
import { applySysctls } from './endpoint-sysctls.ts';
import { gatewaysOf } from './gateways.ts';
import { hostsLinesOf } from './hosts-lines.ts';
import { type LiveSandbox, type SandboxDeps, publishMembership } from './live-sandbox.ts';
import { hasNames } from './named-sandbox.ts';
import type { NetworksConfig } from './networks-config.ts';
import { placeEndpoint } from './place-endpoint.ts';
import type { PublishDeps } from './publish-ports.ts';
import { movePorts } from './move-ports.ts';
import { resolverSetup } from './resolver-text.ts';
import type { JoinRequest, RemoteEndpoints } from './remote/remote-endpoints.ts';
import { withdrawLinks } from './remote/withdraw-links.ts';
import type { SandboxRecord } from './sandbox-record.ts';
import { removeInside, silenceLinks } from './silence-links.ts';

export interface MembershipDeps extends Omit<SandboxDeps, 'remote'> {
  readonly remote: RemoteEndpoints;
  readonly hostNetwork: HostNetwork;
  readonly config: NetworksConfig;
  readonly publishing: PublishDeps;
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
  deps: MembershipDeps,
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
  deps: MembershipDeps,
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

const joinOf = (
  { container, key, exposed = [], publish = [] }: SandboxRecord,
  containerName: string,
  request: EndpointRequest | undefined,
): JoinRequest => ({ container, containerName, sandboxKey: key, request, ports: { exposed, publish } });

/** Plugins follow the way out; an endpoint that its own plugin does not let out is none. */
const openRemotely = async (
  deps: MembershipDeps,
  sandbox: LiveSandbox,
  active: ActiveNetwork,
  endpoint: PlacedEndpoint,
): Promise<void> => {
  if (!deps.remote.isUsed) return;
  try {
    await deps.remote.open(sandbox.record, endpoint.id);
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
  deps: MembershipDeps,
  sandbox: LiveSandbox,
  active: ActiveNetwork,
  owner: { readonly containerName: string },
  request: EndpointRequest | undefined,
): Promise<PlacedEndpoint> => {
  const { record } = sandbox;
  const { id, name } = active.network;
  if (record.endpoints.some(({ network }) => network === id))
    throw new EngineError(
      'forbidden',
      `endpoint with name ${owner.containerName} already exists in network ${name}`,
    );
  await using acquired = new AsyncDisposableStack();
  const { containerName } = owner;
  const { container, namespacePath: path } = record;
  const prepared = deps.remote.isRemote(active)
    ? await deps.remote.prepare(active, joinOf(record, containerName, request))
    : undefined;
  if (prepared) acquired.defer(async () => prepared.undo());
  const endpoint = placeEndpoint(active, { container, containerName }, request, record.endpoints, prepared);
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
  await movePorts(deps, sandbox);
  publishMembership(deps, 'connect', endpoint);
  await openRemotely(deps, sandbox, active, endpoint);
  return endpoint;
};

/** Takes a running sandbox out of a network: at once, and its interface is gone when this resolves. @throws not-found when it is not in it */
export const disconnectSandbox = async (
  deps: MembershipDeps,
  sandbox: LiveSandbox,
  active: ActiveNetwork,
): Promise<void> => {
  const { record } = sandbox;
  const endpoint = record.endpoints.find(({ network }) => network === active.network.id);
  if (!endpoint) throw new EngineError('not-found', `endpoint ${record.container} not found`);
  const endpoints = record.endpoints.filter((one) => one !== endpoint);
  const after = gatewaysOf(deps, endpoints);
  sandbox.change(withEndpoints(deps, record, endpoints));
  await movePorts(deps, sandbox);
  const path = record.namespacePath;
  if (path !== undefined) withdrawLinks(deps, path, [endpoint]);
  if (path !== undefined) silenceLinks(deps, path, [endpoint]);
  active.detach(endpoint);
  const before = gatewaysOf(deps, record.endpoints);
  if (path !== undefined)
    deps.namespaces.run(path, () => {
      using inside = deps.netlink.connect();
      leaveBy(inside, before, after);
    });
  await active.unplug(endpoint);
  if (path !== undefined) await removeInside(deps, path, endpoint);
  publishMembership(deps, 'disconnect', endpoint);
  const left = deps.remote.leave([endpoint]);
  if (left) await left;
  if (deps.remote.isUsed) await deps.remote.open(sandbox.record, endpoint.id);
};
