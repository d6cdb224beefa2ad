// SPDX-License-Identifier: Apache-2.0
import type { Containerd } from './containerd.ts';
import { createFakeContent } from './content-fake.ts';
import {
  createFakeContainerRecords,
  createFakeDiffs,
  createFakeImageRecords,
  createFakeLeases,
} from './records-fake.ts';
import { createFakeSnapshots } from './snapshots-fake.ts';
import { createFakePipes } from './stdio-fake.ts';
import { createFakeTaskEvents } from './task-events-fake.ts';
import type { TaskEvent } from './task-events.ts';
import { type FakeProgram, FakeTasks, failingOnce } from './tasks-fake.ts';
import type { ProcessRef, Tasks } from './tasks.ts';

/** A containerd in memory. Its parts are plain objects: a test replaces one to make it fail (`{ ...fake, tasks: … }`). */
export interface FakeContainerd extends Containerd {
  /** Ends a running process. @throws not-found */
  exit(process: ProcessRef, status: number): void;
  /** Tells every subscriber, as containerd would of something that the fake does not do by itself (oom, resubscribed). */
  publish(event: TaskEvent): void;
  /** Makes the next call of that task verb reject with `error`. */
  failNext(call: keyof Tasks, error: Error): void;
}

export interface FakeContainerdOptions {
  readonly namespace?: string;
  /** What processes do when they are started; by default they run until `exit` or a deadly signal. */
  readonly program?: FakeProgram;
}

/** Containerd's promises without containerd: nothing runs, no file is written, nothing is collected. */
export const createFakeContainerd = (options: FakeContainerdOptions = {}): FakeContainerd => {
  const { namespace = 'moby', program = () => undefined } = options;
  const containers = createFakeContainerRecords();
  const pipes = createFakePipes();
  const events = createFakeTaskEvents();
  const tasks = new FakeTasks({ findRecord: (id) => containers.find(id), pipes, events, program });
  const failures = new Map<keyof Tasks, Error>();
  return {
    address: '/fake/containerd.sock',
    namespace,
    containers,
    content: createFakeContent(),
    diffs: createFakeDiffs(),
    events,
    images: createFakeImageRecords(),
    leases: createFakeLeases(),
    snapshots: createFakeSnapshots('overlayfs'),
    stdio: pipes,
    tasks: failingOnce(tasks, failures),
    version: async () => ({ version: '1.6.20', revision: 'fake' }),
    plugins: async () => [{ type: 'io.containerd.snapshotter.v1', id: 'overlayfs' }],
    ensureNamespace: async () => undefined,
    endStrayShims: async () => [],
    dropBundle: async () => undefined,
    exit: (process, status) => tasks.end(process, status),
    publish: (event) => events.publish(event),
    failNext: (call, error) => void failures.set(call, error),
    [Symbol.asyncDispose]: async () => undefined,
  };
};
