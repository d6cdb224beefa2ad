// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { Disposer } from '../../base/disposal.ts';
import { isKind } from '../../base/errors.ts';
import type { ContractSubject } from './contract-subject.ts';
import type { Stdio } from './stdio.ts';
import type { TaskEvent } from './task-events.ts';

const { signal } = new AbortController();

/** Command lines that a subject must run as busybox does. */
export const PROGRAMS = {
  bothOutputs: ['/bin/sh', '-c', 'echo out; echo err >&2; exit 3'],
  copy: ['/bin/cat'],
  forEver: ['/bin/sleep', '1000'],
  exitFour: ['/bin/sh', '-c', 'exit 4'],
} as const;

interface Run extends AsyncDisposable {
  readonly id: string;
  readonly stdio: Stdio;
  readonly pid: number;
}

/** A started task; disposing kills and deletes it. */
const run = async (
  subject: ContractSubject,
  id: string,
  args: readonly string[],
  stdin = false,
): Promise<Run> => {
  const { containers, tasks, stdio: factory, folder, rootfs } = subject;
  await using acquired = new Disposer();
  const record = { id, image: '', snapshotter: '', snapshotKey: '', labels: {} };
  await containers.create({ ...record, runtime: 'io.containerd.runc.v2', spec: subject.spec(id, args) });
  acquired.defer(() => containers.delete(id));
  const request = { directory: `${folder}/${id}`, name: 'init', stdout: true, stderr: true, terminal: false };
  const stdio = acquired.use(factory.create({ ...request, stdin }));
  const runtime = { runtimeBinary: 'runc', runtimeRoot: `${folder}/runc` };
  await tasks.create({ id, rootfs, stdio: stdio.paths, ...runtime }, signal);
  acquired.defer(async () => void (await tasks.delete({ id })));
  const { pid } = await tasks.start({ id }, signal);
  acquired.defer(async () => void (await tasks.wait({ id }, signal)));
  acquired.defer(() => tasks.kill({ id }, 9).catch(() => undefined));
  const held = acquired.move();
  return { id, stdio, pid, [Symbol.asyncDispose]: () => held[Symbol.asyncDispose]() };
};

/** Follows the events of one container. */
const follow = async ({ events: source }: ContractSubject, container: string) => {
  const stop = new AbortController();
  const { ready, events } = source.subscribe(stop.signal);
  await ready;
  const iterator = events[Symbol.asyncIterator]();
  return {
    next: async (): Promise<TaskEvent> => {
      for (;;) {
        const { value, done } = await iterator.next();
        if (done === true) return assert.fail('the events ended');
        if (value.kind !== 'resubscribed' && value.id === container) return value;
      }
    },
    [Symbol.dispose]: () => stop.abort(),
  };
};

/** What every task service keeps, with its streams and events. */
export const tasksContract = (name: string, subject: () => ContractSubject): void => {
  void test(`${name}: outputs end with the process, and event, wait and delete tell one exit`, async () => {
    const { tasks } = subject();
    using events = await follow(subject(), 'outputs');
    await using task = await run(subject(), 'outputs', PROGRAMS.bothOutputs);
    const streams = [task.stdio.stdout as Readable, task.stdio.stderr as Readable];
    assert.deepEqual(await Promise.all(streams.map((stream) => text(stream))), ['out\n', 'err\n']);
    const exit = await tasks.wait({ id: 'outputs' }, signal);
    assert.equal(exit.exitStatus, 3);
    assert.equal(exit.pid, task.pid);
    assert.deepEqual(await events.next(), { kind: 'exit', id: 'outputs', ...exit });
    assert.equal((await tasks.get({ id: 'outputs' })).status, 'stopped');
  });

  void test(`${name}: what is written to stdin comes back from cat, and its end ends it`, async () => {
    const { tasks } = subject();
    await using task = await run(subject(), 'copied', PROGRAMS.copy, true);
    task.stdio.stdin?.end('through the pipe');
    await tasks.closeStdin({ id: 'copied' });
    assert.equal(await text(task.stdio.stdout as Readable), 'through the pipe');
    assert.equal((await tasks.wait({ id: 'copied' }, signal)).exitStatus, 0);
  });

  void test(`${name}: a running task is listed, killed once, and its deletion told`, async () => {
    const { tasks } = subject();
    using events = await follow(subject(), 'killed');
    {
      await using task = await run(subject(), 'killed', PROGRAMS.forEver);
      const info = { id: 'killed', pid: task.pid, status: 'running', exitStatus: 0 };
      assert.deepEqual(await tasks.get({ id: 'killed' }), info);
      assert.deepEqual(
        (await tasks.list()).filter(({ id }) => id === 'killed'),
        [info],
      );
      assert.deepEqual(await tasks.pids('killed'), [task.pid]);
      await tasks.kill({ id: 'killed' }, 9);
      assert.equal((await tasks.wait({ id: 'killed' }, signal)).exitStatus, 137);
      await assert.rejects(tasks.kill({ id: 'killed' }, 9), (error) => isKind(error, 'not-found'));
    }
    assert.equal((await events.next()).kind, 'exit');
    assert.deepEqual(await events.next(), { kind: 'deleted', id: 'killed' });
  });

  void test(`${name}: an exec has an exit of its own and leaves the task running`, async () => {
    const { tasks } = subject();
    using events = await follow(subject(), 'host');
    await using _task = await run(subject(), 'host', PROGRAMS.forEver);
    const exec = { id: 'host', execId: 'exec-one' };
    await tasks.exec(
      { ...exec, process: subject().process(PROGRAMS.exitFour), stdio: { terminal: false } },
      signal,
    );
    const { pid } = await tasks.start(exec, signal);
    const event = await events.next();
    assert.ok(event.kind === 'exit');
    assert.deepEqual(
      { execId: event.execId, pid: event.pid, exitStatus: event.exitStatus },
      { execId: 'exec-one', pid, exitStatus: 4 },
    );
    assert.equal((await tasks.delete(exec)).exitStatus, 4);
    assert.equal((await tasks.get({ id: 'host' })).status, 'running');
  });

  void test(`${name}: a pause and its end are told`, async () => {
    const { tasks } = subject();
    using events = await follow(subject(), 'paused');
    await using _task = await run(subject(), 'paused', PROGRAMS.forEver);
    await tasks.pause('paused');
    assert.equal((await tasks.get({ id: 'paused' })).status, 'paused');
    await tasks.resume('paused');
    assert.deepEqual(
      [await events.next(), await events.next()],
      [
        { kind: 'paused', id: 'paused' },
        { kind: 'resumed', id: 'paused' },
      ],
    );
  });

  void test(`${name}: a wait ends with its signal, the task does not`, async () => {
    const { tasks } = subject();
    await using _task = await run(subject(), 'awaited', PROGRAMS.forEver);
    const stop = new AbortController();
    const waiting = tasks.wait({ id: 'awaited' }, stop.signal);
    stop.abort();
    await assert.rejects(waiting);
    assert.equal((await tasks.get({ id: 'awaited' })).status, 'running');
  });

  void test(`${name}: what does not exist is not found`, async () => {
    const { tasks } = subject();
    const ref = { id: 'nobody' };
    const create = { id: 'nobody', rootfs: [], stdio: { terminal: false }, runtimeBinary: 'runc' };
    const calls = [
      () => tasks.create(create, signal),
      () => tasks.start(ref, signal),
      () => tasks.get(ref),
      () => tasks.kill(ref, 9),
      () => tasks.delete(ref),
      () => tasks.pids('nobody'),
    ];
    for (const call of calls) await assert.rejects(call, (error) => isKind(error, 'not-found'));
  });

  void test(`${name}: pipes are opened again after a detach and gone after the disposal`, async () => {
    const { stdio, folder } = subject();
    const request = {
      directory: `${folder}/again`,
      name: 'init',
      stdin: true,
      stdout: true,
      stderr: false,
      terminal: false,
    };
    const first = stdio.create(request);
    assert.deepEqual(Object.keys(first.paths).toSorted(), ['stdin', 'stdout', 'terminal']);
    first.detach();
    const second = stdio.reopen(request);
    assert.ok(second !== undefined);
    await second[Symbol.asyncDispose]();
    assert.equal(stdio.reopen(request), undefined);
  });
};
