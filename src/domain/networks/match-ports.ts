// SPDX-License-Identifier: Apache-2.0
import type { LivePort } from './live-port.ts';
import type { PublishRequest } from './networks.ts';
import type { PortTarget } from './port-elements.ts';
import { type PublishDeps, bindingsOf, isEphemeral, requestedCount } from './publish-ports.ts';
import { type PublishedPort, countOf } from './published-port.ts';

/** What is to stay of the ports that are published, what is to go, and what is missing. */
export interface PortMatch {
  readonly kept: readonly LivePort[];
  readonly removed: readonly LivePort[];
  readonly missing: readonly PublishRequest[];
}

/** Whether `published` is at the addresses that a request would get, and at ports that it may have. */
const fulfils = (
  deps: PublishDeps,
  published: PublishedPort,
  request: PublishRequest,
  target: PortTarget,
): boolean => {
  if (published.port.protocol !== request.port.protocol) return false;
  const wanted = bindingsOf(deps, request, target, 1);
  if (wanted.length === 0 || wanted.length !== published.bindings.length) return false;
  const [first, last] = request.hostPorts;
  const count = requestedCount(request);
  const shift = published.port.number - request.port.number;
  const mayBe = (port: number): boolean => {
    if (port === 0 || isEphemeral(request)) return true;
    return count > 1 || first === last ? port === first + shift : port >= first && port <= last;
  };
  return published.bindings.every(
    ({ address, port }, index) =>
      wanted[index]?.address === address && (wanted[index].port === 0) === (port === 0) && mayBe(port),
  );
};

/** The part of a live port that is for container ports from `first` to `last`, and what is left of it on both sides. */
const cutOut = (
  live: LivePort,
  first: number,
  last: number,
): { readonly middle: LivePort; readonly rests: readonly LivePort[] } => {
  const start = live.published.port.number;
  const rests: LivePort[] = [];
  let middle = live;
  if (first > start) {
    const [before, after] = middle.cut(first);
    rests.push(before);
    middle = after;
  }
  if (last < start + countOf(live.published) - 1) {
    const [before, after] = middle.cut(last + 1);
    rests.push(after);
    middle = before;
  }
  return { middle, rests };
};

/** What of a request no live port fulfils; those that do are taken out of `pool` and put into `kept`. */
const match = (
  request: PublishRequest,
  pool: LivePort[],
  kept: LivePort[],
  isGood: (published: PublishedPort) => boolean,
): readonly PublishRequest[] => {
  const first = request.port.number;
  const last = first + requestedCount(request) - 1;
  for (const [index, live] of pool.entries()) {
    const from = Math.max(first, live.published.port.number);
    const to = Math.min(last, live.published.port.number + countOf(live.published) - 1);
    if (from > to || !isGood(live.published)) continue;
    const { middle, rests } = cutOut(live, from, to);
    pool.splice(index, 1, ...rests);
    kept.push(middle);
    return [
      ...(from > first ? match(slice(request, first, from - 1), pool, kept, isGood) : []),
      ...(to < last ? match(slice(request, to + 1, last), pool, kept, isGood) : []),
    ];
  }
  return [request];
};

const slice = (request: PublishRequest, first: number, last: number): PublishRequest => {
  const { port, hostPorts } = request;
  const count = last - first + 1;
  const host = hostPorts[0] + first - port.number;
  return {
    ...request,
    port: { ...port, number: first },
    ...(count > 1 ? { count } : { count: 1 }),
    hostPorts: [host, host + count - 1],
  };
};

/**
 * Compares what is published with what is wanted. A port that fulfils a wish stays as it is: one that was given an
 * ephemeral port keeps it. `live` is used up: ranges are cut where a part of them goes.
 */
export const matchPorts = (
  deps: PublishDeps,
  live: readonly LivePort[],
  requests: readonly PublishRequest[],
  target: PortTarget,
): PortMatch => {
  const pool = [...live];
  const kept: LivePort[] = [];
  // Those that leave no choice first: what they need is not to be kept for another one.
  const order = [...requests.filter((one) => !isEphemeral(one)), ...requests.filter(isEphemeral)];
  const missing = order.flatMap((request) =>
    match(request, pool, kept, (published) => fulfils(deps, published, request, target)),
  );
  return { kept, removed: pool, missing };
};
