// SPDX-License-Identifier: Apache-2.0
import type { Readable, Writable } from 'node:stream';
import { abortable } from '../../base/async.ts';
import { EngineError } from '../../base/errors.ts';
import { now } from '../../base/time.ts';
import type { ContainerRecord } from './records.ts';
import type { FakePipes } from './stdio-fake.ts';
import type { FakeTaskEvents } from './task-events-fake.ts';
import type { ProcessRef, StdioPaths, TaskExit, TaskInfo, TaskStatus, Tasks } from './tasks.ts';

/** A process of the fake, seen from inside: what a program may do. */
export interface FakeProcess {
  readonly id: string;
  readonly execId?: string;
  readonly pid: number;
  /** `args` of the runtime-spec `Process`. */
  readonly args: readonly string[];
  readonly stdin?: Readable;
  readonly stdout?: Writable;
  readonly stderr?: Writable;
  /** Ends the process, its streams first; the second time nothing happens. */
  exit(status: number): void;
}

/** What a started process does; by default it just runs until it is told or killed. */
export type FakeProgram = (process: FakeProcess) => void;

export interface FakeTasksDeps {
  readonly findRecord: (id: string) => ContainerRecord | undefined;
  readonly pipes: FakePipes;
  readonly events: FakeTaskEvents;
  readonly program: FakeProgram;
}

/** Signals that end a fake process: the others are ignored, as by a process with handlers. */
const DEADLY: readonly number[] = [1, 2, 3, 6, 9, 15];

interface Entry {
  readonly ref: ProcessRef;
  readonly args: readonly string[];
  readonly stdio: StdioPaths;
  readonly pid: number;
  readonly ended: PromiseWithResolvers<TaskExit>;
  status: TaskStatus;
  exit?: TaskExit;
}

const keyOf = ({ id, execId = '' }: ProcessRef): string => `${id}/${execId}`;

const argsOf = (process: unknown): readonly string[] => (process as { args?: readonly string[] })?.args ?? [];

/** Tasks that run until a program, a test or a deadly signal ends them. */
export class FakeTasks implements Tasks {
  readonly #deps: FakeTasksDeps;
  readonly #entries = new Map<string, Entry>();
  #nextPid = 1000;

  constructor(deps: FakeTasksDeps) {
    this.#deps = deps;
  }

  /** Ends a process with `exitStatus`, as if by itself. @throws not-found */
  end(ref: ProcessRef, exitStatus: number): void {
    const entry = this.#find(ref);
    if (entry.exit !== undefined) return;
    if (ref.execId === undefined) this.#endExecs(ref.id);
    entry.exit = { pid: entry.pid, exitStatus, exitedAt: now() };
    entry.status = 'stopped';
    this.#deps.pipes.pipe(entry.stdio.stdout)?.end();
    this.#deps.pipes.pipe(entry.stdio.stderr)?.end();
    entry.ended.resolve(entry.exit);
    this.#deps.events.publish({ kind: 'exit', ...ref, ...entry.exit });
  }

  async create(
    request: Parameters<Tasks['create']>[0],
    signal: AbortSignal,
  ): Promise<{ readonly pid: number }> {
    signal.throwIfAborted();
    const record = this.#deps.findRecord(request.id);
    if (record === undefined) throw new EngineError('not-found', `container "${request.id}": not found`);
    const { process } = record.spec as { readonly process?: unknown };
    return this.#add({ id: request.id }, argsOf(process), request.stdio);
  }

  async exec(request: Parameters<Tasks['exec']>[0], signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const { id, execId, process, stdio } = request;
    const { status } = this.#find({ id });
    if (status !== 'running') throw new EngineError('conflict', `cannot exec in a ${status} state`);
    this.#add({ id, execId }, argsOf(process), stdio);
  }

  async start(ref: ProcessRef, signal: AbortSignal): Promise<{ readonly pid: number }> {
    signal.throwIfAborted();
    const entry = this.#find(ref);
    if (entry.status !== 'created')
      throw new EngineError('conflict', `cannot start a ${entry.status} process`);
    entry.status = 'running';
    const { pid, args, stdio } = entry;
    const stream = (name: 'stdin' | 'stdout' | 'stderr') => {
      const pipe = this.#deps.pipes.pipe(stdio[name]);
      return pipe === undefined ? {} : { [name]: pipe };
    };
    const streams = { ...stream('stdin'), ...stream('stdout'), ...stream('stderr') };
    this.#deps.program({ ...ref, pid, args, ...streams, exit: (status) => this.end(ref, status) });
    return { pid };
  }

  async kill(ref: ProcessRef, signalNumber: number): Promise<void> {
    const entry = this.#find(ref);
    if (entry.exit !== undefined) throw new EngineError('not-found', 'process already finished: not found');
    if (DEADLY.includes(signalNumber)) this.end(ref, 128 + signalNumber);
  }

  async delete(ref: ProcessRef): Promise<TaskExit> {
    const { exit, status, pid } = this.#find(ref);
    if (exit === undefined && status !== 'created')
      throw new EngineError('conflict', 'cannot delete a running process: failed precondition');
    this.#entries.delete(keyOf(ref));
    if (ref.execId === undefined) this.#deps.events.publish({ kind: 'deleted', id: ref.id });
    return exit ?? { pid, exitStatus: 0, exitedAt: now() };
  }

  async resize(ref: ProcessRef): Promise<void> {
    this.#find(ref);
  }

  async closeStdin(ref: ProcessRef): Promise<void> {
    this.#deps.pipes.pipe(this.#find(ref).stdio.stdin)?.end();
  }

  async pause(id: string): Promise<void> {
    this.#find({ id }).status = 'paused';
    this.#deps.events.publish({ kind: 'paused', id });
  }

  async resume(id: string): Promise<void> {
    this.#find({ id }).status = 'running';
    this.#deps.events.publish({ kind: 'resumed', id });
  }

  async get(ref: ProcessRef): Promise<TaskInfo> {
    const { pid, status, exit } = this.#find(ref);
    const end = exit === undefined ? { exitStatus: 0 } : exit;
    return { ...end, id: ref.id, pid, status };
  }

  async list(): Promise<readonly TaskInfo[]> {
    const own = [...this.#entries.values()].filter(({ ref }) => ref.execId === undefined);
    return Promise.all(own.map(({ ref }) => this.get(ref)));
  }

  async pids(id: string): Promise<readonly number[]> {
    this.#find({ id });
    return [...this.#entries.values()]
      .filter(({ ref, exit }) => ref.id === id && exit === undefined)
      .map(({ pid }) => pid);
  }

  async wait(ref: ProcessRef, signal: AbortSignal): Promise<TaskExit> {
    return abortable(this.#find(ref).ended.promise, signal);
  }

  async checkpoint(id: string, _directory: string, { exit }: { readonly exit: boolean }): Promise<void> {
    const { status } = this.#find({ id });
    if (status !== 'running') throw new EngineError('conflict', `cannot checkpoint a ${status} task`);
    if (exit) this.end({ id }, 137);
  }

  async update(id: string): Promise<void> {
    this.#find({ id });
  }

  #add(ref: ProcessRef, args: readonly string[], stdio: StdioPaths): { readonly pid: number } {
    if (this.#entries.has(keyOf(ref))) throw new EngineError('conflict', `task ${ref.id}: already exists`);
    const pid = this.#nextPid;
    this.#nextPid += 1;
    const ended = Promise.withResolvers<TaskExit>();
    this.#entries.set(keyOf(ref), { ref, args, stdio, pid, ended, status: 'created' });
    return { pid };
  }

  /** With the first process all others of its pid namespace end. */
  #endExecs(id: string): void {
    for (const { ref, exit } of this.#entries.values())
      if (ref.id === id && ref.execId !== undefined && exit === undefined) this.end(ref, 137);
  }

  #find(ref: ProcessRef): Entry {
    const entry = this.#entries.get(keyOf(ref));
    if (entry !== undefined) return entry;
    const what = ref.execId === undefined ? `container "${ref.id}"` : `process ${ref.execId}`;
    throw new EngineError('not-found', `${what}: not found`);
  }
}

const CALLS: readonly (keyof Tasks)[] = [
  'create',
  'start',
  'exec',
  'kill',
  'delete',
  'resize',
  'closeStdin',
  'pause',
  'resume',
  'get',
  'list',
  'pids',
  'wait',
  'checkpoint',
  'update',
];

/** `tasks` as a plain object whose next call of a name in `failures` rejects with the error there, once. */
export const failingOnce = (tasks: Tasks, failures: Map<keyof Tasks, Error>): Tasks => {
  const guarded = CALLS.map((name) => {
    const call = async (...values: readonly unknown[]): Promise<unknown> => {
      const failure = failures.get(name);
      failures.delete(name);
      if (failure !== undefined) throw failure;
      const run = tasks[name] as (...given: readonly unknown[]) => Promise<unknown>;
      return run.apply(tasks, values as unknown[]);
    };
    return [name, call];
  });
  return Object.fromEntries(guarded) as Tasks;
};
