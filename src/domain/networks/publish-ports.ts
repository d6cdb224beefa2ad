// SPDX-License-Identifier: Apache-2.0
import { EngineError, isKind } from '../../base/errors.ts';
import type { HostBinding, Port, Protocol } from '../../spec/port.ts';
import { type HostAddressDeps, hostAddresses } from './host-addresses.ts';
import { type LivePort, type LivePortDeps, holdPort } from './live-port.ts';
import type { PublishRequest } from './networks.ts';
import type { PortTarget } from './port-elements.ts';
import { type PublishedPort, formatHostPort } from './published-port.ts';

export interface PublishDeps extends LivePortDeps, HostAddressDeps {
  readonly hostPorts: LivePortDeps['hostPorts'] & HostAddressDeps['hostPorts'];
  /** First and last port that the kernel gives to whoever does not ask for one. */
  readonly ephemeralRange: () => readonly [first: number, last: number];
  /** Families in which containers are reached at their own addresses: their ports are opened there, none of the host is taken. */
  readonly routed?: { readonly ipv4: boolean; readonly ipv6: boolean };
}

/** So many ephemeral ports that foreign processes have are passed over before giving up: Docker's number. */
const RETRIES = 10;

/** How many ports of the container, from `port` on, a request is for. */
export const requestedCount = ({ count = 1 }: PublishRequest): number => count;

export const isEphemeral = ({ hostPorts: [first] }: PublishRequest): boolean => first === 0;
/** Whether one port of several is to be chosen. */
const isChoice = ({ hostPorts: [first, last], count = 1 }: PublishRequest): boolean =>
  count === 1 && last > first;

const allocated = (address: string, port: number): EngineError =>
  new EngineError('internal', `Bind for ${formatHostPort(address, port)} failed: port is already allocated`);

/** A place for a request: which addresses of the host it has, and which of the container's own. */
interface Places {
  readonly held: readonly string[];
  readonly opened: readonly string[];
}

const placesOf = (deps: PublishDeps, request: PublishRequest, target: PortTarget): Places => {
  const addresses = hostAddresses(deps, request, target);
  const isRouted = (address: string): boolean =>
    (address.includes(':') ? deps.routed?.ipv6 : deps.routed?.ipv4) === true;
  return {
    held: addresses.filter((address) => !isRouted(address)),
    opened: addresses.filter(isRouted).map((address) => (address.includes(':') ? '::' : '0.0.0.0')),
  };
};

/** Addresses of a request's bindings, in order, with the mark of those that take no port of the host. */
export const bindingsOf = (
  deps: PublishDeps,
  request: PublishRequest,
  target: PortTarget,
  port: number,
): readonly HostBinding[] => {
  const { held, opened } = placesOf(deps, request, target);
  return [
    ...opened.map((address) => ({ address, port: 0 })),
    ...held.map((address) => ({ address, port })),
  ].toSorted((one, other) => Number(one.address.includes(':')) - Number(other.address.includes(':')));
};

const candidatesOf = (deps: PublishDeps, request: PublishRequest): Iterable<number> => {
  if (isEphemeral(request)) return deps.table.ephemeral(request.port.protocol, ...deps.ephemeralRange());
  const [first, last] = request.hostPorts;
  return Array.from({ length: isChoice(request) ? last - first + 1 : 1 }, (_, offset) => first + offset);
};

const publishedAt = (request: PublishRequest, bindings: readonly HostBinding[]): PublishedPort => {
  const { port, count = 1 } = request;
  return { port, ...(count > 1 ? { count } : {}), bindings };
};

/** Requests for the same ports of the container and of the host, at addresses that differ: they get one port of the host. */
type PortGroup = readonly [PublishRequest, ...PublishRequest[]];

const refuseTaken = (
  { table }: PublishDeps,
  { protocol }: Port,
  held: readonly string[],
  [first, count]: readonly [number, number],
): void => {
  for (const address of held) {
    const taken = table.firstTaken(protocol, address, first, count);
    if (taken) throw allocated(taken.address, taken.port);
  }
};

/** Takes the port `candidate` for all requests of a group that lead anywhere, or for none. @throws as `holdPort` */
const holdGroup = async (
  deps: PublishDeps,
  group: PortGroup,
  target: PortTarget,
  candidate: number,
): Promise<readonly LivePort[]> => {
  using held = new DisposableStack();
  const live: LivePort[] = [];
  for (const request of group) {
    const bindings = bindingsOf(deps, request, target, candidate);
    if (bindings.length === 0) continue;
    live.push(held.use(await holdPort(deps, publishedAt(request, bindings), target)));
  }
  held.move();
  return live;
};

/** Publishes a group; nothing when the container has no address for any of the host's. */
const publishGroup = async (
  deps: PublishDeps,
  group: PortGroup,
  target: PortTarget,
): Promise<readonly LivePort[]> => {
  const [request] = group;
  const { protocol } = request.port;
  const held = group.flatMap((one) => placesOf(deps, one, target).held);
  if (held.length === 0) return holdGroup(deps, group, target, 0);
  const count = requestedCount(request);
  const hasChoice = isEphemeral(request) || isChoice(request);
  let foreign = 0;
  for (const candidate of candidatesOf(deps, request)) {
    const isTaken = (address: string): boolean =>
      deps.table.firstTaken(protocol, address, candidate, count) !== undefined;
    if (hasChoice && held.some(isTaken)) continue;
    if (!hasChoice) refuseTaken(deps, request.port, held, [candidate, count]);
    try {
      const live = await holdGroup(deps, group, target, candidate);
      if (isEphemeral(request)) deps.table.noteEphemeral(protocol, candidate);
      return live;
    } catch (error) {
      foreign += 1;
      const mayTryNext =
        isKind(error, 'conflict') && (isChoice(request) || (isEphemeral(request) && foreign <= RETRIES));
      if (!mayTryNext) throw new EngineError('internal', (error as Error).message, { cause: error });
    }
  }
  throw new EngineError('internal', 'all ports are allocated');
};

/** Ports that leave no choice come first, so that a range or an ephemeral one does not take them. */
const rank = (request: PublishRequest): number => (isEphemeral(request) ? 2 : isChoice(request) ? 1 : 0);

const PROTOCOLS: readonly Protocol[] = ['tcp', 'udp', 'sctp'];

/** Docker's order, in which ephemeral ports are given out, too. */
const inOrder = (one: PublishRequest, other: PublishRequest): number =>
  rank(one) - rank(other) ||
  one.port.number - other.port.number ||
  PROTOCOLS.indexOf(one.port.protocol) - PROTOCOLS.indexOf(other.port.protocol);

const groupKey = (request: PublishRequest): string =>
  [request.port.protocol, request.port.number, requestedCount(request), ...request.hostPorts].join(' ');

/** An address that is asked for twice is so for two ports. */
const groupsOf = (requests: readonly PublishRequest[]): readonly PortGroup[] => {
  const groups = new Map<string, PublishRequest[][]>();
  for (const request of requests.toSorted(inOrder)) {
    const key = groupKey(request);
    const known = groups.get(key) ?? [];
    const group = known.find((one) => one.every(({ hostAddress }) => hostAddress !== request.hostAddress));
    if (group) group.push(request);
    else known.push([request]);
    groups.set(key, known);
  }
  return [...groups.values()].flat() as unknown as readonly PortGroup[];
};

/**
 * Publishes all of `requests` for the container at `target`, or none: the ports are held, and what the engine itself
 * passes on is passed on; address translation is the caller's to add. Requests for which the container has no address are
 * left out.
 * @throws internal, in Docker's words, when a port is not to be had
 */
export const publishPorts = async (
  deps: PublishDeps,
  requests: readonly PublishRequest[],
  target: PortTarget,
): Promise<readonly LivePort[]> => {
  await using held = new AsyncDisposableStack();
  const published: LivePort[] = [];
  for (const group of groupsOf(requests))
    for (const live of await publishGroup(deps, group, target)) published.push(held.use(live));
  held.move();
  return published;
};
