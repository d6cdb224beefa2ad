// SPDX-License-Identifier: Apache-2.0
import { within } from '../../../base/async.ts';
import { EngineError } from '../../../base/errors.ts';
import { now, seconds } from '../../../base/time.ts';
import type { ExecDetails, ExecStartRequest, StreamSession, TerminalSize } from '../containers.ts';
import { notRunning } from '../errors.ts';
import { resolveUserOfProcess } from '../user.ts';
import { assertCanExec, type RunningContainer } from './check-container.ts';
import { type CreateExecDeps, createExec } from './create-exec.ts';
import type { ExecRecord } from './exec-record.ts';
import { execSession } from './exec-session.ts';
import { ExecTable, isRemovable } from './exec-table.ts';
import type { Execs } from './execs.ts';
import { runExec } from './run-exec.ts';
import { type StartExecDeps, startExec } from './start-exec.ts';
import { StartGate } from './start-gate.ts';

type ExecsParts = CreateExecDeps & StartExecDeps & { readonly gate: StartGate };

/** What execs are made from; `users` is how accounts are looked up where it is not the usual way. */
export type ExecsDeps = Omit<ExecsParts, 'users' | 'gate'> & Partial<Pick<ExecsParts, 'users'>>;

/** What a process has that its container took along (SIGKILL, 128 + 9). */
const KILLED = 137;

/** How long a resize waits for the process it is meant for. */
const START_PATIENCE = seconds(10);

const containerOf = ({ ledger }: ExecsParts, { container: id }: ExecRecord): RunningContainer => {
  const container = ledger.get(id);
  if (!container) throw notRunning(id);
  assertCanExec(container, id);
  return container;
};

/** Marks the exec as being started: from here on nobody else can start it. @throws conflict when it was already */
const claim = (record: ExecRecord): void => {
  const { status } = record.state;
  if (status === 'ended') throw new EngineError('conflict', `exec command ${record.id} has already run`);
  if (status !== 'created') throw new EngineError('conflict', `exec command ${record.id} is already running`);
  record.state = { status: 'starting' };
};

const sizeOf = (size: readonly [number, number] | undefined): TerminalSize | undefined =>
  size && { height: size[0], width: size[1] };

const detailsOf = (record: ExecRecord): ExecDetails => {
  const { state } = record;
  return {
    id: record.id,
    containerId: record.container,
    running: state.status === 'running',
    ...(state.status === 'ended' && { exitCode: state.exitCode }),
    request: record.request,
    canRemove: isRemovable(record),
    detachKeys: record.request.detachKeys === undefined ? new Uint8Array() : record.detachKeys,
    pid: state.status === 'running' || state.status === 'ended' ? state.pid : 0,
  };
};

const resizeExec = async (deps: ExecsParts, record: ExecRecord, size: TerminalSize): Promise<void> => {
  containerOf(deps, record);
  const started = await within(record.started.promise, START_PATIENCE);
  if (started === undefined) throw new EngineError('internal', 'timeout waiting for exec session ready');
  if (!started) throw new EngineError('invalid-argument', 'exec process is not started');
  if (record.state.status === 'ended')
    throw new EngineError('not-found', `NotFound: process does not exist ${record.id}: not found`);
  if (record.request.tty)
    await deps.containerd.tasks.resize({ id: record.container, execId: record.id }, size);
};

/** A claimed exec whose container does not run any more: it is over, unless the container is only frozen. */
const giveBack = (deps: ExecsParts, record: ExecRecord): void => {
  const isFrozen = deps.ledger.get(record.container)?.state.status === 'paused';
  record.state = isFrozen ? { status: 'created' } : { status: 'ended', exitCode: KILLED, pid: 0, at: now() };
  if (!isFrozen) record.started.resolve(false);
  record.streams.end();
};

/** Starts the process of a claimed exec, unless its container is being frozen meanwhile: then as it stands after that. */
const start = async (
  deps: ExecsParts,
  record: ExecRecord,
  options: Parameters<typeof startExec>[3],
): Promise<void> => {
  using _place = await deps.gate.enter(record.container);
  let container: RunningContainer;
  try {
    container = containerOf(deps, record);
  } catch (error) {
    giveBack(deps, record);
    throw error;
  }
  await startExec(deps, container, record, options);
};

/** Starts an exec whose output somebody reads. @throws conflict when its container does not run */
const startAttached = (
  deps: ExecsParts,
  record: ExecRecord,
  { tty, consoleSize }: ExecStartRequest,
): StreamSession => {
  const container = containerOf(deps, record);
  const { request, detachKeys } = record;
  const size = sizeOf(consoleSize ?? request.consoleSize);
  const session = record.streams.attach({
    stdin: request.attachStdin,
    stdout: request.attachStdout || request.tty,
    stderr: request.attachStderr,
    detachKeys,
    onDetach: () => deps.ledger.publish(container, 'exec_detach', { execID: record.id }),
  });
  const starting = async (): Promise<void> => {
    try {
      claim(record);
    } catch (error) {
      session.close();
      throw error;
    }
    await start(deps, record, { size, isAttached: true });
  };
  return execSession(session, starting(), tty);
};

/** The execs of all containers. */
export const createExecs = (given: ExecsDeps): Execs => {
  const deps: ExecsParts = { users: resolveUserOfProcess, ...given, gate: new StartGate() };
  const table = new ExecTable();
  return {
    create: async (reference, request) => {
      const record = await createExec(deps, reference, request);
      table.add(record);
      return record.id;
    },
    start: async (id, request) => startAttached(deps, table.get(id), request),
    run: async (reference, request, options) => {
      const record = await createExec(deps, reference, request);
      options.signal.throwIfAborted();
      table.add(record);
      try {
        return await runExec(deps, record, startAttached(deps, record, request), options);
      } finally {
        // Health checks make many, and nobody asks for them afterwards.
        table.forget(record.id);
      }
    },
    startDetached: async (id) => {
      const record = table.get(id);
      containerOf(deps, record);
      claim(record);
      await start(deps, record, { size: sizeOf(record.request.consoleSize), isAttached: false });
    },
    inspect: (id) => detailsOf(table.get(id)),
    resize: async (id, size) => resizeExec(deps, table.get(id), size),
    idsOf: (container) => {
      const open = table.of(container).filter(({ state }) => state.status !== 'ended');
      return open.length === 0 ? undefined : open.map(({ id }) => id);
    },
    holdStarts: async (container, patience) => deps.gate.close(container, patience),
    exited: (_container, id, exit) => table.find(id)?.exit.resolve(exit),
    containerStopped: (container) => {
      for (const record of table.of(container)) {
        if (record.state.status === 'created') table.forget(record.id);
        else record.exit.resolve({ exitStatus: KILLED });
      }
    },
    containerRemoved: (container) => {
      for (const { id } of table.of(container)) table.forget(id);
    },
  };
};
