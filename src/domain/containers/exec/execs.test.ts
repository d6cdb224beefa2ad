// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { createTestRoom, type TestRoom } from '../../../../test/support/container-room.ts';
import { createFakeContainerd } from '../../../adapters/containerd/fake.ts';
import type { FakeProgram } from '../../../adapters/containerd/tasks-fake.ts';
import { EngineError, isKind } from '../../../base/errors.ts';
import type { ContainerId } from '../../../base/ids.ts';
import { containerConfig } from '../../../spec/container-config.ts';
import { networkingConfig } from '../../../spec/endpoint-settings.ts';
import { hostConfig } from '../../../spec/host-config.ts';
import type { ExecRequest, StreamSession } from '../containers.ts';
import { createContainer } from '../create.ts';
import { monitorTasks } from '../monitor.ts';
import { pauseContainer } from '../pause.ts';
import { startContainer } from '../start.ts';
import { stopContainer } from '../stop.ts';
import { createExecs } from './create-execs.ts';
import type { Execs } from './execs.ts';

const { signal } = new AbortController();

const REQUEST: ExecRequest = {
  attachStdin: true,
  attachStdout: true,
  attachStderr: true,
  tty: false,
  env: [],
  cmd: ['echo', 'hi'],
  privileged: false,
  user: '',
  workingDir: '',
};

interface Scene {
  readonly room: TestRoom;
  readonly execs: Execs;
  readonly id: ContainerId;
}

const rooms: AbortController[] = [];
after(() => {
  for (const room of rooms) room.abort();
});

/** A running container whose execs do what `program` does. */
const scene = async (program: FakeProgram = () => undefined): Promise<Scene> => {
  const onlyExecs: FakeProgram = (process) => {
    if (process.execId !== undefined) program(process);
  };
  const room = createTestRoom({ containerd: createFakeContainerd({ program: onlyExecs }) });
  const users = async (user: string) => {
    if (user === 'nobody')
      throw new EngineError('internal', 'unable to find user nobody: no matching entries');
    return { uid: 0, gid: 0, additionalGids: [0], home: '/' };
  };
  const execs = createExecs({ ...room.core, users });
  const following = new AbortController();
  rooms.push(following);
  const { events } = room.containerd.events.subscribe(following.signal);
  void monitorTasks({ ...room.core, execs }, events);
  const request = {
    config: { ...containerConfig.zero, image: 'busybox' },
    hostConfig: hostConfig.zero,
    networking: networkingConfig.zero,
    warnings: [],
  };
  const { id } = await createContainer(room.core, request, { signal });
  await startContainer(room.core, id, { signal });
  return { room, execs, id: id as ContainerId };
};

const textOf = async (session: StreamSession): Promise<string> => {
  let text = '';
  for await (const { stream, data } of session.output) text += `${stream}:${Buffer.from(data).toString()};`;
  return text;
};

const actionsOf = ({ room }: Scene): readonly string[] =>
  room.actions().filter((action) => action.startsWith('container exec'));

test('an exec runs, its output ends with it, and its exit code is known by then', async () => {
  const stage = await scene(({ stdout, stderr, exit }) => {
    stdout?.write('out');
    stderr?.write('err');
    setImmediate(() => exit(7));
  });
  const id = await stage.execs.create(stage.id, REQUEST);
  assert.deepEqual(stage.execs.idsOf(stage.id), [id]);
  assert.equal(stage.execs.inspect(id).exitCode, undefined);
  const session = await stage.execs.start(id, { tty: false });
  assert.equal(await textOf(session), 'stdout:out;stderr:err;');
  const { exitCode, running, pid } = stage.execs.inspect(id);
  assert.deepEqual([exitCode, running, pid > 0], [7, false, true]);
  assert.equal(stage.execs.idsOf(stage.id), undefined);
  assert.deepEqual(actionsOf(stage), [
    'container exec_create: echo hi',
    'container exec_start: echo hi',
    'container exec_die',
  ]);
  assert.deepEqual(stage.room.events.at(-1)?.attributes['exitCode'], '7');
});

test('what a client writes reaches the process, and its half-close ends the input', async () => {
  const { execs, id } = await scene(({ stdin, stdout, exit }) => {
    stdin?.on('data', (data: Buffer) => stdout?.write(data));
    stdin?.once('end', () => exit(0));
  });
  const session = await execs.start(await execs.create(id, REQUEST), { tty: false });
  await session.stdin?.write(Buffer.from('ping'));
  session.stdin?.end();
  assert.equal(await textOf(session), 'stdout:ping;');
});

test('a program that is not there is told in the stream and leaves 127', async () => {
  const stage = await scene();
  const text = 'OCI runtime exec failed: exec: "x": executable file not found in $PATH: unknown';
  stage.room.containerd.failNext('start', new EngineError('internal', text));
  const id = await stage.execs.create(stage.id, { ...REQUEST, cmd: ['x'] });
  await assert.rejects(textOf(await stage.execs.start(id, { tty: false })), { message: text });
  assert.deepEqual([stage.execs.inspect(id).exitCode, stage.execs.inspect(id).pid], [127, 0]);
  assert.deepEqual(actionsOf(stage), ['container exec_create: x ', 'container exec_start: x ']);
});

test('detached, the same is the answer', async () => {
  const { room, execs, id: container } = await scene();
  room.containerd.failNext('start', new EngineError('internal', 'permission denied'));
  const id = await execs.create(container, REQUEST);
  await assert.rejects(execs.startDetached(id), (error) => isKind(error, 'invalid-argument'));
  assert.equal(execs.inspect(id).exitCode, 126);
});

test('an exec runs once: attached it is told in the stream, detached by a conflict', async () => {
  const { execs, id: container } = await scene(({ exit }) => setImmediate(() => exit(0)));
  const id = await execs.create(container, REQUEST);
  await textOf(await execs.start(id, { tty: false }));
  await assert.rejects(textOf(await execs.start(id, { tty: false })), {
    message: `exec command ${id} has already run`,
  });
  await assert.rejects(
    execs.startDetached(id),
    (error) => isKind(error, 'conflict') && error.message === `exec command ${id} has already run`,
  );
});

test('create refuses what can’t be run, in Docker’s words', async () => {
  const { room, execs, id } = await scene();
  const refused = (change: Partial<ExecRequest>, reference: string = id) =>
    execs.create(reference, { ...REQUEST, ...change });
  await assert.rejects(refused({ cmd: [] }), {
    kind: 'invalid-argument',
    message: 'No exec command specified',
  });
  await assert.rejects(refused({ detachKeys: 'zzz' }), {
    kind: 'internal',
    message: 'Invalid escape keys (zzz) provided',
  });
  await assert.rejects(refused({ user: 'nobody' }), { kind: 'invalid-argument' });
  await assert.rejects(refused({}, 'zz'), { kind: 'not-found' });
  await pauseContainer(room.core, id);
  await assert.rejects(refused({}, id.slice(0, 12)), {
    kind: 'conflict',
    message: `Container ${id.slice(0, 12)} is paused, unpause the container before exec`,
  });
});

test('a container that stops takes its execs along and forgets those never started', async () => {
  const { room, execs, id: container } = await scene();
  const running = await execs.create(container, REQUEST);
  const waiting = await execs.create(container, REQUEST);
  const output = textOf(await execs.start(running, { tty: false }));
  await execs.resize(running, { height: 1, width: 2 });
  await stopContainer(room.core, container, {});
  execs.containerStopped(container);
  await output;
  assert.equal(execs.inspect(running).exitCode, 137);
  assert.throws(() => execs.inspect(waiting), { message: `No such exec instance: ${waiting}` });
  await assert.rejects(execs.startDetached(running), {
    kind: 'conflict',
    message: `container ${container} is not running`,
  });
  execs.containerRemoved(container);
  assert.throws(
    () => execs.inspect(running),
    (error) => isKind(error, 'not-found'),
  );
});

test('the detach keys let go of a terminal and the process runs on', async () => {
  const stage = await scene();
  const id = await stage.execs.create(stage.id, { ...REQUEST, tty: true, detachKeys: 'ctrl-a' });
  const session = await stage.execs.start(id, { tty: true });
  await session.stdin?.write(Uint8Array.of(1));
  assert.equal(await textOf(session), '');
  assert.equal(stage.execs.inspect(id).running, true);
  assert.equal(actionsOf(stage).at(-1), 'container exec_detach');
  assert.deepEqual([...stage.execs.inspect(id).detachKeys], [1]);
});

test('a resize waits for the start, and one of an ended process finds nothing', async () => {
  const { room, execs, id: container } = await scene();
  const id = await execs.create(container, { ...REQUEST, tty: true });
  const resized = execs.resize(id, { height: 5, width: 6 });
  await execs.start(id, { tty: true });
  await resized;
  const ended = textOf(await execs.start(id, { tty: true })).catch(() => undefined);
  room.containerd.exit({ id: container, execId: id }, 0);
  await ended;
  while (execs.inspect(id).running) await new Promise((resolve) => void setImmediate(resolve));
  await assert.rejects(execs.resize(id, { height: 5, width: 6 }), {
    kind: 'not-found',
    message: `NotFound: process does not exist ${id}: not found`,
  });
});
