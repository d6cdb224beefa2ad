// SPDX-License-Identifier: Apache-2.0
import type {
  ForwardTarget,
  HeldPorts,
  HoldOutcome,
  HostPortRange,
  HostPorts,
  PortFault,
} from '../../adapters/host-ports/index.ts';
import { EngineError } from '../../base/errors.ts';
import type { HostBinding } from '../../spec/port.ts';
import { errnoOf } from '../../sys/errno.ts';
import type { PortTarget } from './port-elements.ts';
import type { PortTable } from './port-table.ts';
import { type PublishedPort, countOf, formatHostPort, partOf } from './published-port.ts';

export interface LivePortDeps {
  readonly hostPorts: Pick<HostPorts, 'hold' | 'holdInTurns'>;
  readonly table: PortTable;
  /** Forward in the engine what address translation does not reach. */
  readonly proxy: boolean;
}

/** More ports than these are held and let go of in pieces between which other work goes on. */
const MANY = 256;

/** Go's words for what bind(2) and socket(2) say. */
const WORDS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'address already in use',
  EADDRNOTAVAIL: 'cannot assign requested address',
  EACCES: 'permission denied',
  EMFILE: 'too many open files',
  EPROTONOSUPPORT: 'protocol not supported',
};

const isHeld = ({ port }: HostBinding): boolean => port !== 0;

/** Where packets go that end in the engine: to the family of most bindings, IPv4, if the container has it. */
const forwardTarget = (
  { proxy }: Pick<LivePortDeps, 'proxy'>,
  { port, bindings }: PublishedPort,
  { ipv4, ipv6 }: PortTarget,
): ForwardTarget | undefined => {
  if (!proxy || port.protocol === 'sctp') return undefined;
  const isIpv6 = bindings.filter(isHeld).every(({ address }) => address.includes(':'));
  const address = (isIpv6 && ipv6 !== '') || ipv4 === '' ? ipv6 : ipv4;
  return address === '' ? undefined : { address, port: port.number };
};

const outcomeOf = async ({ hostPorts }: LivePortDeps, range: HostPortRange): Promise<HoldOutcome> =>
  range.count > MANY ? hostPorts.holdInTurns(range) : hostPorts.hold(range);

const note = ({ table }: LivePortDeps, published: PublishedPort): void => {
  for (const { address, port } of published.bindings.filter(isHeld))
    table.take(published.port.protocol, address, port, countOf(published));
};

const forget = ({ table }: LivePortDeps, published: PublishedPort): void => {
  for (const { address, port } of published.bindings.filter(isHeld))
    table.release(published.port.protocol, address, port, countOf(published));
};

/** Published ports and what holds them. Disposal gives the ports back; the asynchronous one is for many, too. */
export class LivePort implements Disposable, AsyncDisposable {
  readonly published: PublishedPort;
  readonly #deps: LivePortDeps;
  /** Absent where the container is reached at its own address alone. */
  readonly #held: HeldPorts | undefined;
  #isOver = false;

  /** The ports are held by `held` and noted in the table. */
  constructor(deps: LivePortDeps, published: PublishedPort, held: HeldPorts | undefined) {
    this.#deps = deps;
    this.published = published;
    this.#held = held;
  }

  /** What the engine passes on by itself goes to `target` from now on. */
  leadTo(target: PortTarget): void {
    this.#held?.forwardTo(forwardTarget(this.#deps, this.published, target));
  }

  /** Two in its place: the container's ports before `number`, and those from there on. It must not be used any more. */
  cut(number: number): readonly [before: LivePort, after: LivePort] {
    const { port, bindings } = this.published;
    const offset = number - port.number;
    const rest = countOf(this.published) - offset;
    const binding = bindings.find(isHeld);
    this.#isOver = true;
    return [
      new LivePort(this.#deps, partOf(this.published, port.number, offset), this.#held),
      new LivePort(
        this.#deps,
        partOf(this.published, number, rest),
        binding && this.#held?.part(binding.port + offset, rest),
      ),
    ];
  }

  [Symbol.dispose](): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#held?.[Symbol.dispose]();
    forget(this.#deps, this.published);
  }

  /** At once for few. Nobody is given one of the ports before it is free. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isOver || countOf(this.published) <= MANY) return this[Symbol.dispose]();
    this.#isOver = true;
    await this.#held?.[Symbol.asyncDispose]();
    forget(this.#deps, this.published);
  }
}

/** Which port could not be had, and why. `conflict`: a foreign process has it. */
const faultError = (published: PublishedPort, target: PortTarget, fault: PortFault): EngineError => {
  const code = errnoOf(fault.error) ?? '';
  const words = WORDS[code];
  if (words === undefined) return fault.error;
  const { number, protocol } = published.port;
  const first = published.bindings.find(({ address }) => address === fault.address)?.port ?? fault.port;
  const isIpv6 = fault.address.includes(':') && target.ipv6 !== '';
  const inside = formatHostPort(isIpv6 ? target.ipv6 : target.ipv4, number + fault.port - first);
  const where = `${formatHostPort(fault.address, fault.port)}:${inside}/${protocol}`;
  const kind = code === 'EADDRINUSE' ? 'conflict' : 'internal';
  return new EngineError(kind, `failed to bind host port for ${where}: ${words}`, {
    cause: fault.error.cause,
  });
};

const rangeOf = (deps: LivePortDeps, published: PublishedPort, to: PortTarget): HostPortRange | undefined => {
  const held = published.bindings.filter(isHeld);
  const [first] = held;
  if (!first) return undefined;
  const target = forwardTarget(deps, published, to);
  return {
    protocol: published.port.protocol,
    addresses: held.map(({ address }) => address),
    port: first.port,
    count: countOf(published),
    ...(target ? { target } : {}),
  };
};

/** Takes the ports of the host at all bindings, which no container has, or none of them. @throws conflict, internal in Docker's words */
export const holdPort = async (
  deps: LivePortDeps,
  published: PublishedPort,
  target: PortTarget,
): Promise<LivePort> => {
  const range = rangeOf(deps, published, target);
  if (!range) return new LivePort(deps, published, undefined);
  // Before the first wait: nobody else is given them meanwhile.
  note(deps, published);
  const { held, fault } = await outcomeOf(deps, range);
  if (fault) {
    forget(deps, published);
    throw faultError(published, target, fault);
  }
  return new LivePort(deps, published, held);
};
