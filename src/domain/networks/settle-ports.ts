// SPDX-License-Identifier: Apache-2.0
import { isDeepStrictEqual } from 'node:util';
import { EngineError, messageOf } from '../../base/errors.ts';
import { parseIp } from '../../spec/ip.ts';
import { compactPorts } from './compact-ports.ts';
import type { PlacedEndpoint } from './driver.ts';
import { publishedEndpoints } from './gateways.ts';
import { type LivePort, holdPort } from './live-port.ts';
import type { LiveSandbox, SandboxDeps } from './live-sandbox.ts';
import { matchPorts } from './match-ports.ts';
import type { PublishRequest } from './networks.ts';
import type { PortTarget } from './port-elements.ts';
import { type PublishDeps, publishPorts } from './publish-ports.ts';
import { type PublishedPort, countOf } from './published-port.ts';
import { portTargetOf } from './sandbox-record.ts';

export interface SettlePortsDeps extends SandboxDeps {
  readonly publishing: PublishDeps;
}

/** How ports of the networks by which packets leave are published: they may have a host address and modes of their own. */
const publishingFor = (
  deps: SettlePortsDeps,
  { ipv4, ipv6 }: { readonly ipv4?: PlacedEndpoint; readonly ipv6?: PlacedEndpoint },
): PublishDeps => {
  const networkOf = (endpoint: PlacedEndpoint | undefined) => endpoint && deps.networks.get(endpoint.network);
  const network = networkOf(ipv4 ?? ipv6);
  // The daemon's own address is the default bridge's alone.
  const preset = network?.network.predefined === true ? deps.publishing.defaultHostAddress : '';
  return {
    ...deps.publishing,
    defaultHostAddress: network?.hostAddress || preset,
    routed: {
      ipv4: networkOf(ipv4)?.routed?.ipv4 === true,
      ipv6: networkOf(ipv6)?.routed?.ipv6 === true,
    },
  };
};

/** What was published is held again, after it was let go of for the sake of what could not be had. */
const holdAgain = async (
  deps: SettlePortsDeps,
  sandbox: LiveSandbox,
  given: readonly PublishedPort[],
): Promise<readonly LivePort[]> => {
  const held: LivePort[] = [];
  for (const published of given)
    try {
      held.push(await holdPort(deps.publishing, published, portTargetOf(sandbox.record)));
    } catch (error) {
      const { container } = sandbox.record;
      deps.log.warn('a published port could not be held again', { container, error: messageOf(error) });
    }
  return held;
};

interface Change {
  readonly publishing: PublishDeps;
  readonly target: PortTarget;
  readonly kept: readonly LivePort[];
  readonly removed: readonly LivePort[];
  readonly missing: readonly PublishRequest[];
}

/** The ports are free when it resolves. */
const release = async (ports: readonly LivePort[]): Promise<void> => {
  await Promise.all(ports.map(async (port) => port[Symbol.asyncDispose]()));
};

/** The ports that are missing, held beside those that are to go, or in their place where that is needed. */
const acquire = async (
  deps: SettlePortsDeps,
  sandbox: LiveSandbox,
  { publishing, target, kept, removed, missing }: Change,
): Promise<{ readonly added: readonly LivePort[]; readonly undo: () => Promise<void> }> => {
  try {
    const added = await publishPorts(publishing, missing, target);
    return { added, undo: () => release(added) };
  } catch (error) {
    if (removed.length === 0) throw error;
  }
  // One of those that go may be in the way.
  const given = removed.map(({ published }) => published);
  sandbox.hold(kept);
  await release(removed);
  const restore = async (): Promise<void> =>
    sandbox.hold([...kept, ...(await holdAgain(deps, sandbox, given))]);
  try {
    const added = await publishPorts(publishing, missing, target);
    return {
      added,
      undo: async () => {
        await release(added);
        await restore();
      },
    };
  } catch (error) {
    await restore();
    throw error;
  }
};

/** Clients that go on sending would still reach the container by what was published: nobody closes an udp flow. */
const forgetFlows = (deps: SettlePortsDeps, before: PortTarget, gone: readonly PublishedPort[]): void => {
  for (const published of gone.filter(({ port }) => port.protocol === 'udp'))
    for (const address of [before.ipv4, before.ipv6].map((text) => parseIp(text))) {
      const { number } = published.port;
      if (address) deps.netlink.forgetFlows(address, [number, number + countOf(published) - 1]);
    }
};

const sameTarget = (one: PortTarget, other: PortTarget): boolean =>
  one.ipv4 === other.ipv4 && one.ipv6 === other.ipv6;

/**
 * Publishes `requests` of a sandbox and nothing else, at the endpoints by which packets leave now: all of it or, when it
 * fails, nothing is changed. Ports that stay are not touched, nor is what goes through them.
 * @throws internal, in Docker's words, when a port is not to be had
 */
export const settlePorts = async (
  deps: SettlePortsDeps,
  sandbox: LiveSandbox,
  requests: readonly PublishRequest[],
): Promise<void> => {
  const { record } = sandbox;
  const endpoints = publishedEndpoints(deps, record.endpoints);
  const before = portTargetOf(record);
  const target = { ipv4: endpoints.ipv4?.ipv4Address ?? '', ipv6: endpoints.ipv6?.ipv6Address ?? '' };
  const isUnchanged = isDeepStrictEqual(requests, record.publish ?? []);
  if (isUnchanged && (requests.length === 0 || sameTarget(before, target))) return;
  const publishing = publishingFor(deps, endpoints);
  const match = matchPorts(publishing, sandbox.held, requests, target);
  const { kept, removed } = match;
  // Ranges may have been cut.
  sandbox.hold([...kept, ...removed]);
  const { added, undo } = await acquire(deps, sandbox, { publishing, target, ...match });
  const ports = compactPorts([...kept, ...added].map(({ published }) => published));
  try {
    if (sandbox.isReleased) throw new EngineError('conflict', 'the container has stopped meanwhile');
    deps.firewall.exchange(
      record.ports.map((port) => [port, before] as const),
      ports.map((port) => [port, target] as const),
    );
  } catch (error) {
    await undo();
    throw error;
  }
  if (!sameTarget(before, target)) for (const port of kept) port.leadTo(target);
  const gone = removed.map(({ published }) => published);
  const released = release(removed);
  forgetFlows(deps, before, gone);
  sandbox.hold([...kept, ...added]);
  const leads = ports.length > 0;
  sandbox.change({
    ...sandbox.record,
    ports,
    publish: requests,
    publishedTo: leads ? target.ipv4 : '',
    publishedTo6: leads ? target.ipv6 : '',
  });
  await released;
};
