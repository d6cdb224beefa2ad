// SPDX-License-Identifier: Apache-2.0
import { EngineError } from '../../base/errors.ts';
import type { LogLine, LogQuery } from '../logs/index.ts';
import type { Core } from './core.ts';
import { logSubject } from './log-subject.ts';

export type ContainerLogsDeps = Pick<Core, 'ledger' | 'runs' | 'logs' | 'store'>;

/**
 * What a container's log driver kept. Following ends with the present run; of a container that does not run it is plain
 * reading. @throws not-found; conflict when it is being removed; not-implemented when its driver can't read
 */
export const readContainerLogs = (
  deps: ContainerLogsDeps,
  reference: string,
  query: LogQuery,
  { signal }: { readonly signal: AbortSignal },
): { readonly tty: boolean; readonly lines: AsyncIterable<LogLine> } => {
  const container = deps.ledger.resolve(reference);
  const { status } = container.state;
  if (status === 'dead' || status === 'removing')
    throw new EngineError('conflict', 'can not get logs from container which is dead or marked for removal');
  const ended = deps.runs.ended(container.id);
  const lines = deps.logs.read(logSubject(deps, container), query, { signal, ended });
  return { tty: container.config.tty, lines };
};
