// SPDX-License-Identifier: Apache-2.0
import { join } from 'node:path';
import { within } from '../../../base/async.ts';
import { Disposer } from '../../../base/disposal.ts';
import { messageOf } from '../../../base/errors.ts';
import { now, seconds } from '../../../base/time.ts';
import type { Container } from '../container.ts';
import type { TerminalSize } from '../containers.ts';
import type { Core } from '../core.ts';
import { runtimeFailure, type StartFailure } from '../start-errors.ts';
import type { RunningContainer } from './check-container.ts';
import type { UsersOfProcess } from './create-exec.ts';
import { execProcess } from './exec-process.ts';
import { commandText, type ExecRecord, type LiveExec } from './exec-record.ts';

export type StartExecDeps = Pick<
  Core,
  'ledger' | 'containerd' | 'host' | 'config' | 'runDirectory' | 'log' | 'lifetime'
> & { readonly users: UsersOfProcess };

/** How long output may lag behind the exit: a child in the background can keep it open for ever. */
const DRAIN_PATIENCE = seconds(2);

const makeProcess = async (
  deps: StartExecDeps,
  container: RunningContainer,
  { request, linkEnv }: ExecRecord,
  size: TerminalSize | undefined,
): Promise<object> => {
  const { config, hostConfig, state } = container;
  const user = await deps.users(request.user || config.user, hostConfig.groupAdd ?? [], state.pid);
  const { defaultUlimits, noNewPrivileges } = deps.config.current;
  return execProcess(
    { container, host: deps.host, user, defaultUlimits, noNewPrivileges, linkEnv },
    request,
    size,
  );
};

/** Ends containerd's record of the exec; one that is gone with its container is no matter. */
const endProcess = async (deps: StartExecDeps, { id, container }: ExecRecord): Promise<void> => {
  try {
    await deps.containerd.tasks.delete({ id: container, execId: id });
  } catch (error) {
    deps.log.debug('an exec could not be deleted', {
      container,
      exec: id,
      reason: messageOf(error),
    });
  }
};

const launch = async (
  deps: StartExecDeps,
  container: RunningContainer,
  record: ExecRecord,
  options: { readonly size: TerminalSize | undefined; readonly isAttached: boolean },
): Promise<LiveExec & { readonly pid: number }> => {
  const { id: execId, request, streams } = record;
  const { attachStdin, attachStdout, attachStderr, tty } = request;
  // A shim that opens one output opens the other, too; what nobody wants is read and dropped.
  const hasOutput = attachStdin || attachStdout || attachStderr || tty;
  await using acquired = new Disposer();
  const process = await makeProcess(deps, container, record, options.size);
  const stdio = acquired.use(
    deps.containerd.stdio.create({
      directory: join(deps.runDirectory, container.id),
      name: execId,
      stdin: attachStdin && options.isAttached,
      stdout: hasOutput,
      stderr: hasOutput && !tty,
      terminal: tty,
    }),
  );
  const { tasks } = deps.containerd;
  const ref = { id: container.id, execId };
  const { drained } = streams.join({ stdio, closeStdin: async () => tasks.closeStdin(ref) });
  await tasks.exec({ ...ref, process, stdio: stdio.paths }, deps.lifetime);
  acquired.defer(async () => endProcess(deps, record));
  const { pid } = await tasks.start(ref, deps.lifetime);
  streams.started();
  acquired.move();
  return { stdio, drained, pid };
};

const fail = (record: ExecRecord, { outcome }: StartFailure): void => {
  record.state = { status: 'ended', exitCode: outcome.exitCode, pid: 0, at: now() };
  record.started.resolve(false);
  record.streams.end();
};

/** Waits for the end of a process that runs. The exit code stands before the client sees the end of the output. */
const awaitEnd = async (
  deps: StartExecDeps,
  record: ExecRecord,
  { stdio, drained, pid }: LiveExec & { readonly pid: number },
): Promise<void> => {
  const { exitStatus } = await record.exit.promise;
  await within(drained, DRAIN_PATIENCE);
  record.state = { status: 'ended', exitCode: exitStatus, pid, at: now() };
  const container: Container | undefined = deps.ledger.get(record.container);
  if (container)
    deps.ledger.publish(container, 'exec_die', { execID: record.id, exitCode: String(exitStatus) });
  record.streams.end();
  await stdio[Symbol.asyncDispose]();
  await endProcess(deps, record);
};

/**
 * Starts the process of an exec whose state is `starting`; its end is seen to.
 * @throws what the runtime had against it, invalid-argument or internal; the record remembers the exit code
 */
export const startExec = async (
  deps: StartExecDeps,
  container: RunningContainer,
  record: ExecRecord,
  options: { readonly size: TerminalSize | undefined; readonly isAttached: boolean },
): Promise<void> => {
  deps.ledger.publish(container, `exec_start: ${commandText(record.request)}`, { execID: record.id });
  try {
    const live = await launch(deps, container, record, options);
    record.state = { status: 'running', pid: live.pid };
    record.started.resolve(true);
    awaitEnd(deps, record, live).catch((error: unknown) => {
      deps.log.warn('the end of an exec could not be dealt with', {
        container: record.container,
        exec: record.id,
        reason: messageOf(error),
      });
    });
  } catch (thrown) {
    const failure = runtimeFailure(thrown, '');
    fail(record, failure);
    throw failure.error;
  }
};
