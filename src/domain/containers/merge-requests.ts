// SPDX-License-Identifier: Apache-2.0
import type { PublishRequest } from '../networks/index.ts';

const countOf = ({ count = 1 }: PublishRequest): number => count;

/** A port of the host that leaves no choice: only such ones make a range. */
const isFixed = ({ hostPorts: [first, last] }: PublishRequest): boolean => first !== 0 && first === last;

const shiftOf = ({ port, hostPorts }: PublishRequest): number => hostPorts[0] - port.number;

/** Requests of one kind follow each other: protocol, address and distance of the numbers are the same. */
const keyOf = (request: PublishRequest): string =>
  `${request.port.protocol} ${request.hostAddress} ${shiftOf(request)}`;

const extend = (range: PublishRequest, { hostPorts }: PublishRequest): PublishRequest => ({
  ...range,
  count: countOf(range) + 1,
  hostPorts: [range.hostPorts[0], hostPorts[1]],
});

/** Joins the requests of one kind, in the order of their ports. The same one twice stays two: it is refused in its time. */
const joinRuns = (requests: readonly PublishRequest[]): readonly PublishRequest[] => {
  const runs: PublishRequest[] = [];
  for (const request of requests.toSorted((one, other) => one.port.number - other.port.number)) {
    const last = runs.at(-1);
    if (last && last.port.number + countOf(last) === request.port.number)
      runs.splice(-1, 1, extend(last, request));
    else runs.push(request);
  }
  return runs;
};

/** The same requests, with those for ports that follow each other on both sides as one: clients write a range out. */
export const mergeRequests = (requests: readonly PublishRequest[]): readonly PublishRequest[] => {
  const fixed = Map.groupBy(requests.filter(isFixed), keyOf);
  return [...[...fixed.values()].flatMap(joinRuns), ...requests.filter((request) => !isFixed(request))];
};
