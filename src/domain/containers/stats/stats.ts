// SPDX-License-Identifier: Apache-2.0
import { abortable } from '../../../base/async.ts';
import { EngineError } from '../../../base/errors.ts';
import type { Container } from '../container.ts';
import type { Core } from '../core.ts';
import { hasProcess } from '../state.ts';
import type { ContainerStats, Sample, StatsRequest } from './container-stats.ts';
import { type SampleDeps, takeSample } from './take-sample.ts';

export type StatsDeps = SampleDeps & Pick<Core, 'sampler'>;

const statsOf = (
  container: Container,
  current: Sample | undefined,
  previous: Sample | undefined,
): ContainerStats => ({ container, ...(current && { current }), ...(previous && { previous }) });

async function* follow(
  deps: StatsDeps,
  container: Container,
  { stream, signal }: StatsRequest,
): AsyncGenerator<ContainerStats> {
  using watcher = deps.sampler.watch(container);
  let previous: Sample | undefined;
  // A single answer is the second look, so that it has something to be compared with.
  let isTold = stream;
  for (;;) {
    const look = await abortable(watcher.next(), signal);
    if (!look) return;
    if (isTold) yield statsOf(container, look.sample, previous);
    if (isTold && !stream) return;
    isTold = true;
    previous = look.sample;
  }
}

async function* once(stats: ContainerStats): AsyncGenerator<ContainerStats> {
  yield stats;
}

/**
 * What a container uses. Ends when it is removed. A single answer of one that does not run comes at once.
 * @throws not-found; invalid-argument when both a stream and one shot are asked for
 */
export const containerStats = (
  deps: StatsDeps,
  reference: string,
  request: StatsRequest,
): AsyncIterable<ContainerStats> => {
  const container = deps.ledger.resolve(reference);
  if (request.stream && request.oneShot)
    throw new EngineError('invalid-argument', 'cannot have stream=true and one-shot=true');
  if (request.stream) return follow(deps, container, request);
  if (!hasProcess(container.state)) return once({ container });
  if (request.oneShot) return once(statsOf(container, takeSample(deps, container), undefined));
  return follow(deps, container, request);
};
