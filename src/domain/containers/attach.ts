// SPDX-License-Identifier: Apache-2.0
import { EngineError } from '../../base/errors.ts';
import type { LogLine } from '../logs/index.ts';
import type { Container } from './container.ts';
import type { AttachRequest, OutputChunk, StreamSession } from './containers.ts';
import type { Core } from './core.ts';
import { parseDetachKeys } from './detach-keys.ts';
import { logSubject } from './log-subject.ts';

export type AttachDeps = Pick<Core, 'ledger' | 'runs' | 'logs' | 'store'>;

const conflict = (text: string): EngineError => new EngineError('conflict', text);

const assertAttachable = ({ state }: Container, called: string): void => {
  if (state.status === 'paused')
    throw conflict(`container ${called} is paused, unpause the container before attach`);
  if (state.status === 'restarting')
    throw conflict(`container ${called} is restarting, wait until the container is running`);
};

/**
 * What was logged. When live output follows it is the log up to this very moment, with what waits for the end of its
 * line; else what `docker logs` would tell.
 */
const readLogged = (
  deps: AttachDeps,
  container: Container,
  { stdout, stderr, stream }: AttachRequest,
  signal: AbortSignal,
): AsyncIterable<LogLine> => {
  const subject = logSubject(deps, container);
  if (stream) return deps.logs.past(subject, { stdout, stderr }, { signal });
  const ended = AbortSignal.abort();
  return deps.logs.read(subject, { stdout, stderr, follow: false }, { signal, ended });
};

/** First what was logged, then what comes. */
async function* outputOf(
  past: AsyncIterable<LogLine> | undefined,
  live: AsyncIterable<OutputChunk> | undefined,
): AsyncGenerator<OutputChunk> {
  if (past) for await (const { stream, text } of past) yield { stream, data: text };
  if (live) yield* live;
}

/**
 * Joins a client to a container's streams, running or not; a run that starts later is joined, too.
 * @throws invalid-argument for bad detach keys; not-found; conflict when it is paused or about to restart
 */
export const attachContainer = async (
  deps: AttachDeps,
  reference: string,
  request: AttachRequest,
): Promise<StreamSession> => {
  const detachKeys = parseDetachKeys(request.detachKeys);
  if (!detachKeys)
    throw new EngineError('invalid-argument', `Invalid detach keys (${request.detachKeys ?? ''}) provided`);
  const container = deps.ledger.resolve(reference);
  assertAttachable(container, reference);
  const { stdin, stdout, stderr } = request;
  const onDetach = (): void => deps.ledger.publish(container, 'detach');
  const gone = new AbortController();
  // At one point of the output, with nothing awaited in between: the log up to here, live what comes from here on.
  const past = request.logs ? readLogged(deps, container, request, gone.signal) : undefined;
  const session = request.stream
    ? deps.runs.streams(container.id).attach({ stdin, stdout, stderr, detachKeys, onDetach })
    : undefined;
  deps.ledger.publish(container, 'attach');
  return {
    tty: container.config.tty,
    output: past || !session ? outputOf(past, session?.output) : session.output,
    ...(session?.stdin && { stdin: session.stdin }),
    close: () => {
      gone.abort();
      session?.close();
    },
  };
};
