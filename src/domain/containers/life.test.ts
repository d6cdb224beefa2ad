// SPDX-License-Identifier: Apache-2.0
import { deepEqual, equal, match, rejects } from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { createTestRoom, type TestRoom } from '../../../test/support/container-room.ts';
import { EngineError, isKind } from '../../base/errors.ts';
import { seconds } from '../../base/time.ts';
import { containerConfig } from '../../spec/container-config.ts';
import { networkingConfig } from '../../spec/endpoint-settings.ts';
import { hostConfig } from '../../spec/host-config.ts';
import type { CreateRequest } from './containers.ts';
import { createContainer } from './create.ts';
import { deleteContainer } from './delete.ts';
import { killContainer } from './kill.ts';
import { monitorTasks } from './monitor.ts';
import { pauseContainer } from './pause.ts';
import { restartContainer } from './restart.ts';
import { startContainer } from './start.ts';
import { stopContainer } from './stop.ts';
import { waitForContainer } from './wait.ts';

const { signal } = new AbortController();

type Change = Partial<Pick<CreateRequest, 'name'>> & {
  readonly config?: Partial<CreateRequest['config']>;
  readonly hostConfig?: Partial<CreateRequest['hostConfig']>;
};

const request = ({ config, hostConfig: host, ...rest }: Change = {}): CreateRequest => ({
  config: { ...containerConfig.zero, image: 'busybox', ...config },
  hostConfig: { ...hostConfig.zero, ...host },
  networking: networkingConfig.zero,
  warnings: [],
  ...rest,
});

const rooms: AbortController[] = [];
after(() => {
  for (const room of rooms) room.abort();
});

/** A room whose events are followed, as after a restore. */
const liveRoom = (options: Parameters<typeof createTestRoom>[0] = {}): TestRoom => {
  const room = createTestRoom(options);
  const following = new AbortController();
  rooms.push(following);
  const { events } = room.containerd.events.subscribe(following.signal);
  void monitorTasks(room.core, events);
  return room;
};

const create = async (room: TestRoom, change: Change = {}): Promise<string> =>
  (await createContainer(room.core, request(change), { signal })).id;

const started = async (room: TestRoom, change: Change = {}): Promise<string> => {
  const id = await create(room, change);
  await startContainer(room.core, id, { signal });
  return id;
};

const status = (room: TestRoom, id: string): string => room.core.ledger.resolve(id).state.status;

const SETTLED = ['container create', 'network connect', 'container start'];

describe('the order of events', () => {
  test('a run that ends by itself: die, and never stop', async () => {
    const room = liveRoom();
    const id = await started(room);
    const { result } = waitForContainer(room.core, id, 'next-exit', { signal });
    room.containerd.exit({ id }, 3);
    equal((await result).exitCode, 3);
    deepEqual(room.actions(), [...SETTLED, 'network disconnect', 'container die']);
    equal(room.events.at(-1)?.attributes['exitCode'], '3');
  });

  test('a container that removes itself: destroy comes last, and who waits for the removal gets the exit code', async () => {
    const room = liveRoom();
    const id = await create(room, { hostConfig: { autoRemove: true } });
    const { result } = waitForContainer(room.core, id, 'removed', { signal });
    await startContainer(room.core, id, { signal });
    room.containerd.exit({ id }, 7);
    equal((await result).exitCode, 7);
    deepEqual(room.actions(), [...SETTLED, 'network disconnect', 'container die', 'container destroy']);
    await room.core.cleanups.idle();
    deepEqual([room.layers.size, room.store.saved.size, room.heldImages()], [0, 0, 0]);
    deepEqual(await room.containerd.containers.list(), []);
  });

  test('stop: kill, then stop beside die', async () => {
    const room = liveRoom();
    const id = await started(room);
    equal(await stopContainer(room.core, id, {}), 'stopped');
    deepEqual(room.actions(), [
      ...SETTLED,
      'container kill',
      'network disconnect',
      'container die',
      'container stop',
    ]);
    equal(await stopContainer(room.core, id, {}), 'already-stopped');
  });

  test('kill: no stop', async () => {
    const room = liveRoom();
    const id = await started(room);
    await killContainer(room.core, id, '');
    deepEqual(room.actions().slice(SETTLED.length), [
      'container kill',
      'network disconnect',
      'container die',
    ]);
    equal(status(room, id), 'exited');
  });

  test('restart: the restart is told last, and the container is never seen as restarting', async () => {
    const room = liveRoom();
    const id = await started(room);
    await restartContainer(room.core, id, {});
    deepEqual(room.actions().slice(SETTLED.length), [
      'container kill',
      'network disconnect',
      'container die',
      'container stop',
      'network connect',
      'container start',
      'container restart',
    ]);
  });

  test('a forced removal: kill, die, destroy', async () => {
    const room = liveRoom();
    const id = await started(room);
    await deleteContainer(room.core, id, { force: true, volumes: false, link: false });
    deepEqual(room.actions().slice(SETTLED.length), [
      'container kill',
      'network disconnect',
      'container die',
      'container destroy',
    ]);
  });
});

describe('starting', () => {
  test('a start that fails lets go of what it took, and remembers why', async () => {
    const room = liveRoom();
    const id = await create(room);
    const text =
      'failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: ' +
      'exec: "x": executable file not found in $PATH: unknown';
    room.containerd.failNext('create', new EngineError('internal', text));
    await rejects(
      startContainer(room.core, id, { signal }),
      (error: unknown) =>
        isKind(error, 'invalid-argument') && error.message === `failed to create task for container: ${text}`,
    );
    const { state } = room.core.ledger.resolve(id);
    equal(state.status === 'created' && state.failure?.exitCode, 127);
    deepEqual([room.sandboxes.size, (await room.containerd.containers.list()).length], [0, 0]);
    deepEqual(room.actions(), ['container create', 'network connect', 'network disconnect']);
    equal(await startContainer(room.core, id, { signal }), 'started');
  });

  test('a start without its network names the network, and ends those who are attached', async () => {
    const room = liveRoom();
    const id = await create(room, { hostConfig: { networkMode: 'missing' } });
    const session = room.core.runs.streams(room.core.ledger.resolve(id).id).attach({
      stdin: false,
      stdout: true,
      stderr: true,
      detachKeys: new Uint8Array(),
    });
    await rejects(startContainer(room.core, id, { signal }), {
      kind: 'not-found',
      message: 'network missing not found',
    });
    session.close();
  });

  test('a container that removes itself is removed when its start fails', async () => {
    const room = liveRoom();
    const id = await create(room, { hostConfig: { autoRemove: true } });
    room.containerd.failNext('start', new EngineError('internal', 'no'));
    await rejects(startContainer(room.core, id, { signal }));
    await rejects(async () => room.core.ledger.resolve(id), { kind: 'not-found' });
    equal(room.actions().at(-1), 'container destroy');
  });

  test('an exit that comes before the start is recorded is not lost', async () => {
    const room = liveRoom();
    const id = await create(room);
    const { result } = waitForContainer(room.core, id, 'next-exit', { signal });
    const start = startContainer(room.core, id, { signal });
    const { tasks } = room.containerd;
    const poll = async (): Promise<void> => {
      const task = (await tasks.list()).find((each) => each.id === id && each.status === 'running');
      if (task) room.containerd.exit({ id }, 0);
      else setImmediate(() => void poll());
    };
    await poll();
    equal(await start, 'started');
    equal((await result).exitCode, 0);
    equal(status(room, id), 'exited');
  });

  test('a running container is not started twice', async () => {
    const room = liveRoom();
    const id = await started(room);
    equal(await startContainer(room.core, id, { signal }), 'already-running');
    await pauseContainer(room.core, id);
    await rejects(startContainer(room.core, id, { signal }), {
      message: 'cannot start a paused container, try unpause instead',
    });
  });
});

describe('restart policies', () => {
  test('a container whose policy says so is restarting between two runs, and a stop takes it out of that', async () => {
    const room = liveRoom();
    const id = await started(room, {
      hostConfig: { restartPolicy: { name: 'always', maximumRetryCount: 0 } },
    });
    const { result } = waitForContainer(room.core, id, 'next-exit', { signal });
    room.containerd.exit({ id }, 1);
    await result;
    equal(status(room, id), 'restarting');
    equal(room.core.ledger.resolve(id).restartCount, 1);
    equal(await stopContainer(room.core, id, {}), 'stopped');
    equal(status(room, id), 'exited');
    deepEqual(room.actions().slice(-2), ['container die', 'container stop']);
    equal(room.core.ledger.resolve(id).manuallyStopped, true);
  });

  test('a killed container stays down', async () => {
    const room = liveRoom();
    const id = await started(room, {
      hostConfig: { restartPolicy: { name: 'always', maximumRetryCount: 0 } },
    });
    await killContainer(room.core, id, 'KILL');
    equal(status(room, id), 'exited');
  });
});

describe('what a client is refused', () => {
  test('a kill of a stopped container', async () => {
    const room = liveRoom();
    const id = await create(room, { name: 'x1' });
    await rejects(killContainer(room.core, 'x1', 'KILL'), {
      kind: 'conflict',
      message: `cannot kill container: x1: container ${id} is not running`,
    });
    await rejects(killContainer(room.core, 'x1', 'FOO'), {
      kind: 'invalid-argument',
      message: 'cannot kill container: x1: invalid signal: FOO',
    });
  });

  test('a removal of a running container', async () => {
    const room = liveRoom();
    await started(room, { name: 'x1' });
    await rejects(deleteContainer(room.core, 'x1', { force: false, volumes: false, link: false }), {
      kind: 'conflict',
      message:
        'cannot remove container "x1": container is running: stop the container before removing or force remove',
    });
  });

  test('a name that is taken, with the container that has it', async () => {
    const room = liveRoom();
    const id = await create(room, { name: '/x1' });
    await rejects(create(room, { name: 'x1' }), (error: unknown) => {
      match(String(error), new RegExp(`name "/x1" is already in use by container "${id}"`));
      return true;
    });
  });

  test('a create on a full disk, of which nothing stays', async () => {
    const room = liveRoom();
    room.store.full = true;
    await rejects(create(room, { name: 'x1' }), { kind: 'insufficient-storage' });
    deepEqual([room.layers.size, room.heldImages(), room.actions().length], [0, 0, 0]);
    room.store.full = false;
    await create(room, { name: 'x1' });
  });
});

test('a container ends on a full disk too, and can be removed', async () => {
  const room = liveRoom();
  const id = await started(room);
  room.store.full = true;
  equal(await stopContainer(room.core, id, {}), 'stopped');
  equal(status(room, id), 'exited');
  await deleteContainer(room.core, id, { force: false, volumes: false, link: false });
  room.store.full = false;
  deepEqual([room.layers.size, room.store.saved.size], [0, 0]);
});

test('a start on a full disk leaves nothing running', async () => {
  const room = liveRoom();
  const id = await create(room);
  room.store.full = true;
  await rejects(startContainer(room.core, id, { signal }), { kind: 'insufficient-storage' });
  deepEqual([room.sandboxes.size, (await room.containerd.tasks.list()).length], [0, 0]);
  equal(status(room, id), 'created');
});

test('a stop that is not heeded becomes a kill', async () => {
  const room = liveRoom();
  const id = await started(room, { config: { stopSignal: 'SIGUSR2' } });
  room.containerd.tasks satisfies object;
  await stopContainer(room.core, id, { timeout: seconds(0) });
  deepEqual(
    room.events.filter(({ action }) => action === 'kill').map(({ attributes }) => attributes['signal']),
    ['12', '9'],
  );
});
