// SPDX-License-Identifier: Apache-2.0
import { EngineError, messageOf } from '../../../base/errors.ts';
import { randomId } from '../../../base/ids.ts';
import type { Core } from '../core.ts';
import type { ExecRequest } from '../containers.ts';
import { parseDetachKeys } from '../detach-keys.ts';
import { linkedEnvironment } from '../links/linked.ts';
import { createProcessStreams } from '../process-streams.ts';
import { settled } from '../settled.ts';
import type { resolveUserOfProcess } from '../user.ts';
import { assertCanExec } from './check-container.ts';
import { commandText, type ExecRecord } from './exec-record.ts';

/** Looks a user up as a process in the container sees its files. */
export type UsersOfProcess = typeof resolveUserOfProcess;

export type CreateExecDeps = Pick<Core, 'ledger' | 'runs'> & { readonly users: UsersOfProcess };

const detachKeys = (keys: string | undefined): Uint8Array => {
  const parsed = parseDetachKeys(keys);
  if (parsed) return parsed;
  throw new EngineError('internal', `Invalid escape keys (${keys ?? ''}) provided`);
};

const checkUser = async (users: UsersOfProcess, user: string, pid: number): Promise<void> => {
  try {
    await users(user, [], pid);
  } catch (cause) {
    throw new EngineError('invalid-argument', messageOf(cause), { cause });
  }
};

/**
 * Makes an exec's record; program and directory are only looked at when it starts.
 * @throws invalid-argument without a command or for an unknown user; not-found; conflict when the container does not run;
 * internal when it links to one that does not run
 */
export const createExec = async (
  deps: CreateExecDeps,
  reference: string,
  request: ExecRequest,
): Promise<ExecRecord> => {
  if (request.cmd.length === 0) throw new EngineError('invalid-argument', 'No exec command specified');
  const container = await settled(deps, reference);
  assertCanExec(container, reference);
  const keys = detachKeys(request.detachKeys);
  const linkEnv = linkedEnvironment(deps, container);
  if (request.user !== '') await checkUser(deps.users, request.user, container.state.pid);
  const record: ExecRecord = {
    id: randomId(),
    container: container.id,
    // Told as what it will be: a user of the container's own stands for none.
    request: { ...request, user: request.user || container.config.user },
    linkEnv,
    detachKeys: keys,
    // A client's end of input is always the process's, as its stdin is for nobody else.
    streams: createProcessStreams({ tty: request.tty, openStdin: request.attachStdin, stdinOnce: true }),
    started: Promise.withResolvers(),
    exit: Promise.withResolvers(),
    state: { status: 'created' },
  };
  deps.ledger.publish(container, `exec_create: ${commandText(request)}`, { execID: record.id });
  return record;
};
