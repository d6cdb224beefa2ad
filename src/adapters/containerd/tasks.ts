// SPDX-License-Identifier: Apache-2.0
import type { Timestamp } from '../../base/time.ts';
import type { Owner } from '../../spec/id-maps.ts';
import type { Mount } from '../../spec/mount.ts';

/** Paths of the FIFOs a process is joined to; an absent one is `/dev/null`. With a terminal there is no stderr. */
export interface StdioPaths {
  readonly stdin?: string;
  readonly stdout?: string;
  readonly stderr?: string;
  readonly terminal: boolean;
}

export interface CreateTaskRequest {
  readonly id: string;
  readonly rootfs: readonly Mount[];
  readonly stdio: StdioPaths;
  /** The OCI runtime's binary, name or absolute path (`runc`, `crun`). */
  readonly runtimeBinary: string;
  readonly systemdCgroup?: boolean;
  /** Directory of a checkpoint that the process goes on from; it has no pid before it was started. */
  readonly checkpoint?: string;
  /** Where the runtime keeps its state; the shim's default when absent. */
  readonly runtimeRoot?: string;
  /** Who owns the pipes of its processes: the root of its user namespace. The host's root when absent. */
  readonly ioOwner?: Owner;
}

export interface ExecTaskRequest {
  readonly id: string;
  readonly execId: string;
  /** OCI runtime-spec `Process`. */
  readonly process: object;
  readonly stdio: StdioPaths;
}

/** A process inside a task: the task's own when `execId` is absent. */
export interface ProcessRef {
  readonly id: string;
  readonly execId?: string;
}

export type TaskStatus = 'created' | 'running' | 'stopped' | 'paused' | 'pausing' | 'unknown';

export interface TaskInfo {
  readonly id: string;
  readonly pid: number;
  readonly status: TaskStatus;
  readonly exitStatus: number;
  readonly exitedAt?: Timestamp;
}

export interface TaskExit {
  readonly pid: number;
  readonly exitStatus: number;
  readonly exitedAt: Timestamp;
}

/** containerd's task service (API group `containerd.services.tasks.v1`). Every failure is an `EngineError` whose cause is the gRPC error. */
export interface Tasks {
  create(request: CreateTaskRequest, signal: AbortSignal): Promise<{ readonly pid: number }>;
  start(process: ProcessRef, signal: AbortSignal): Promise<{ readonly pid: number }>;
  exec(request: ExecTaskRequest, signal: AbortSignal): Promise<void>;
  /** @throws not-found when the process has ended. */
  kill(process: ProcessRef, signalNumber: number, options?: { readonly all?: boolean }): Promise<void>;
  /** Ends the record of a stopped process. @throws not-found when there is none. */
  delete(process: ProcessRef): Promise<TaskExit>;
  resize(process: ProcessRef, size: { readonly width: number; readonly height: number }): Promise<void>;
  /** Ends the process's stdin. Never call it before `start` returned, nor with a terminal. */
  closeStdin(process: ProcessRef): Promise<void>;
  pause(id: string): Promise<void>;
  resume(id: string): Promise<void>;
  /** @throws not-found */
  get(process: ProcessRef): Promise<TaskInfo>;
  list(): Promise<readonly TaskInfo[]>;
  pids(id: string): Promise<readonly number[]>;
  /** Resolves when the process ends. */
  wait(process: ProcessRef, signal: AbortSignal): Promise<TaskExit>;
  /** Writes the task's processes to `directory` on the host, by CRIU; `exit` ends them. Takes as long as it takes. */
  checkpoint(id: string, directory: string, options: { readonly exit: boolean }): Promise<void>;
  /** Live change of resources; `resources` is OCI runtime-spec `LinuxResources`. */
  update(id: string, resources: object): Promise<void>;
}
