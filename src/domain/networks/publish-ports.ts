// SPDX-License-Identifier: Apache-2.0
import type { HeldPort, HostPorts } from '../../adapters/host-ports/index.ts';
import { EngineError, isKind } from '../../base/errors.ts';
import type { HostBinding, Port, Protocol } from '../../spec/port.ts';
import { errnoOf } from '../../sys/errno.ts';
import type { PublishRequest } from './networks.ts';
import type { PortTable } from './port-table.ts';
import { type PublishedPort, formatHostPort } from './published-port.ts';

export interface PublishDeps {
  readonly hostPorts: HostPorts;
  readonly table: PortTable;
  /** First and last port that the kernel gives to whoever does not ask for one. */
  readonly ephemeralRange: () => readonly [first: number, last: number];
  /** Host address of ports published without one; `0.0.0.0` or empty for all, IPv6 too. */
  readonly defaultHostAddress: string;
  /** Forward in the engine what address translation does not reach. */
  readonly proxy: boolean;
  /** Whether address translation is there for IPv4. */
  readonly translated: boolean;
}

/** A published port and what holds it. Disposal gives the port back. */
export interface LivePort extends Disposable {
  readonly published: PublishedPort;
}

/** So many ephemeral ports that foreign processes have are passed over before giving up: Docker's number. */
const RETRIES = 10;

/** Go's words for what bind(2) says. */
const WORDS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'address already in use',
  EADDRNOTAVAIL: 'cannot assign requested address',
  EACCES: 'permission denied',
};

const isRange = ({ hostPorts: [first, last] }: PublishRequest): boolean => last > first;
const isEphemeral = ({ hostPorts: [first] }: PublishRequest): boolean => first === 0;

/** The host's addresses for one request. IPv6 is served by forwarding alone, so there is none without it, nor for sctp. */
const addressesOf = (deps: PublishDeps, request: PublishRequest): readonly string[] => {
  if (request.hostAddress !== '') return [request.hostAddress];
  const preset = deps.defaultHostAddress;
  if (preset !== '' && preset !== '0.0.0.0') return [preset];
  const dual = deps.proxy && deps.hostPorts.ipv6 && request.port.protocol !== 'sctp';
  return dual ? ['0.0.0.0', '::'] : ['0.0.0.0'];
};

const allocated = (address: string, port: number): EngineError =>
  new EngineError('internal', `Bind for ${formatHostPort(address, port)} failed: port is already allocated`);

/** Where the packets for a container's port end. */
export interface PublishTarget {
  readonly address: string;
  readonly port: Port;
}

/**
 * Address translation reaches IPv4 alone, and of udp only what was not under way before: a client that went on sending
 * while nothing was published is remembered by the kernel as one of the host's own.
 */
const needsForwarding = (deps: PublishDeps, protocol: Protocol, { address }: HostBinding): boolean => {
  if (!deps.proxy || protocol === 'sctp') return false;
  return !deps.translated || address.includes(':') || protocol === 'udp';
};

const holdOne = (deps: PublishDeps, target: PublishTarget, binding: HostBinding): HeldPort => {
  const { number, protocol } = target.port;
  try {
    const held = deps.hostPorts.hold({ protocol, ...binding });
    if (needsForwarding(deps, protocol, binding)) held.forwardTo({ address: target.address, port: number });
    return held;
  } catch (cause) {
    const words = WORDS[errnoOf(cause) ?? ''];
    if (words === undefined) throw cause;
    const where = `${formatHostPort(binding.address, binding.port)}:${formatHostPort(target.address, number)}/${protocol}`;
    const kind = errnoOf(cause) === 'EADDRINUSE' ? 'conflict' : 'internal';
    throw new EngineError(kind, `failed to bind host port for ${where}: ${words}`, { cause });
  }
};

/** Takes `hostPort` at all of `addresses` or at none. @throws conflict when a foreign process has it */
export const holdBindings = (
  deps: PublishDeps,
  target: PublishTarget,
  bindings: readonly HostBinding[],
): LivePort => {
  using held = new DisposableStack();
  const { protocol } = target.port;
  for (const binding of bindings) {
    held.use(holdOne(deps, target, binding));
    deps.table.take(protocol, binding.address, binding.port);
    held.defer(() => deps.table.release(protocol, binding.address, binding.port));
  }
  const kept = held.move();
  return { published: { port: target.port, bindings }, [Symbol.dispose]: () => kept.dispose() };
};

const candidatesOf = (deps: PublishDeps, request: PublishRequest): Iterable<number> => {
  if (isEphemeral(request)) return deps.table.ephemeral(request.port.protocol, ...deps.ephemeralRange());
  const [first, last] = request.hostPorts;
  return Array.from({ length: last - first + 1 }, (_, offset) => first + offset);
};

const publishOne = (deps: PublishDeps, request: PublishRequest, containerAddress: string): LivePort => {
  const addresses = addressesOf(deps, request);
  const { port } = request;
  const isSingle = !isEphemeral(request) && !isRange(request);
  const target = { address: containerAddress, port };
  let foreign = 0;
  for (const candidate of candidatesOf(deps, request)) {
    const taken = addresses.find((address) => deps.table.isTaken(port.protocol, address, candidate));
    if (taken !== undefined && isSingle) throw allocated(taken, candidate);
    if (taken !== undefined) continue;
    try {
      const live = holdBindings(
        deps,
        target,
        addresses.map((address) => ({ address, port: candidate })),
      );
      if (isEphemeral(request)) deps.table.noteEphemeral(port.protocol, candidate);
      return live;
    } catch (error) {
      foreign += 1;
      const mayTryNext = isKind(error, 'conflict') && !isSingle && (isRange(request) || foreign <= RETRIES);
      if (!mayTryNext) throw new EngineError('internal', (error as Error).message, { cause: error });
    }
  }
  throw new EngineError('internal', 'all ports are allocated');
};

/** Ports that leave no choice come first, so that a range or an ephemeral one does not take them. */
const rank = (request: PublishRequest): number => (isEphemeral(request) ? 2 : isRange(request) ? 1 : 0);

/**
 * Publishes all of `requests` for the container at `containerAddress` (IPv4), or none: the ports are held, IPv6 is
 * forwarded; address translation is the caller's to add.
 * @throws internal, in Docker's words, when a port is not to be had
 */
export const publishPorts = (
  deps: PublishDeps,
  requests: readonly PublishRequest[],
  containerAddress: string,
): readonly LivePort[] => {
  using held = new DisposableStack();
  const order = requests.toSorted((one, other) => rank(one) - rank(other));
  const live = new Map(
    order.map((request) => [request, held.use(publishOne(deps, request, containerAddress))]),
  );
  held.move();
  return requests.flatMap((request) => live.get(request) ?? []);
};

/** One entry a container's port, in the order of the requests. */
export const mergePorts = (ports: readonly PublishedPort[]): readonly PublishedPort[] => {
  const merged = new Map<string, PublishedPort>();
  for (const { port, bindings } of ports) {
    const key = `${port.number}/${port.protocol}`;
    merged.set(key, { port, bindings: [...(merged.get(key)?.bindings ?? []), ...bindings] });
  }
  return [...merged.values()];
};
