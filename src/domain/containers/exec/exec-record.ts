// SPDX-License-Identifier: Apache-2.0
import type { Stdio, TaskExit } from '../../../adapters/containerd/index.ts';
import type { ContainerId, ExecId } from '../../../base/ids.ts';
import type { Timestamp } from '../../../base/time.ts';
import type { ExecRequest } from '../containers.ts';
import type { ProcessStreams } from '../streams.ts';

/** Where an exec stands. One that failed to start has ended, too, without ever having had a process. */
export type ExecState =
  | { readonly status: 'created' }
  | { readonly status: 'starting' }
  | { readonly status: 'running'; readonly pid: number }
  | {
      readonly status: 'ended';
      readonly exitCode: number;
      readonly pid: number;
      readonly at: Timestamp;
    };

/** One exec: what was asked for, and the process it became. Only this room changes `state`. */
export interface ExecRecord {
  readonly id: ExecId;
  readonly container: ContainerId;
  readonly request: ExecRequest;
  /** What the container's links told when the exec was made. */
  readonly linkEnv: readonly string[];
  readonly detachKeys: Uint8Array;
  readonly streams: ProcessStreams;
  /** Resolves when the process runs (true) or failed to start. */
  readonly started: PromiseWithResolvers<boolean>;
  /** Resolves when the process has ended; the first word on it counts. */
  readonly exit: PromiseWithResolvers<Pick<TaskExit, 'exitStatus'>>;
  state: ExecState;
}

/** What a running exec holds. */
export interface LiveExec {
  readonly stdio: Stdio;
  readonly drained: Promise<void>;
}

/** The program and its arguments as events name them: a bare program has a space behind it, as in dockerd. */
export const commandText = ({ cmd }: Pick<ExecRequest, 'cmd'>): string =>
  `${cmd[0] ?? ''} ${cmd.slice(1).join(' ')}`;
