// SPDX-License-Identifier: Apache-2.0
import type { ContainerId, ExecId } from '../../../base/ids.ts';
import type { Nanoseconds } from '../../../base/time.ts';
import type { TaskExit } from '../../../adapters/containerd/index.ts';
import type {
  ExecDetails,
  ExecRequest,
  ExecStartRequest,
  StreamSession,
  TerminalSize,
} from '../containers.ts';
import type { RunOptions, RunOutcome } from './run-exec.ts';

/** Execs of all containers: made by `create`, run at most once, remembered until their container is removed. */
export interface Execs {
  create(reference: string, request: ExecRequest): Promise<ExecId>;
  start(id: string, request: ExecStartRequest): Promise<StreamSession>;
  startDetached(id: string): Promise<void>;
  inspect(id: string): ExecDetails;
  resize(id: string, size: TerminalSize): Promise<void>;

  /** Runs a command to its end for the engine itself, with the events of any exec; nothing of it is remembered. */
  run(reference: string, request: ExecRequest, options: RunOptions): Promise<RunOutcome>;

  /** Running ones and those never started; `undefined` when there are none. */
  idsOf(container: ContainerId): readonly ExecId[] | undefined;
  /**
   * Waits for the processes that are being started in the container, and keeps others from it until disposed of.
   * `undefined` when they take longer than `patience`. The container's lock is held.
   */
  holdStarts(container: ContainerId, patience: Nanoseconds): Promise<Disposable | undefined>;
  /** The monitor's word that an exec's process has ended. */
  exited(container: ContainerId, execId: string, exit: TaskExit): void;
  /** The container's run is over: running execs end with 137, those never started are forgotten. */
  containerStopped(container: ContainerId): void;
  /** The container is gone, and all its execs with it. */
  containerRemoved(container: ContainerId): void;
}
