// SPDX-License-Identifier: Apache-2.0
import { deepEqual, equal, rejects } from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { createTestRoom, type TestRoom } from '../../../test/support/container-room.ts';
import { containerConfig } from '../../spec/container-config.ts';
import { networkingConfig } from '../../spec/endpoint-settings.ts';
import { type HostConfig, hostConfig } from '../../spec/host-config.ts';
import { createContainer } from './create.ts';
import { encodeHostConfig, encodeRecord } from './record-file.ts';
import { restoreContainers } from './restore.ts';
import { shutDownContainers } from './shutdown.ts';
import { startContainer } from './start.ts';
import { waitForContainer } from './wait.ts';

const { signal } = new AbortController();
const followers: AbortController[] = [];
after(() => {
  for (const follower of followers) follower.abort();
});

const restored = async (options: Parameters<typeof createTestRoom>[0] = {}): Promise<TestRoom> => {
  const room = createTestRoom(options);
  const follower = new AbortController();
  followers.push(follower);
  await restoreContainers(room.core, follower.signal);
  return room;
};

/** Another daemon over the same disk and the same containerd: what is there after a kill -9. */
const afterCrash = async (
  room: TestRoom,
  options: Parameters<typeof createTestRoom>[0] = {},
): Promise<TestRoom> => {
  followers.pop()?.abort();
  return restored({
    containerd: room.containerd,
    store: room.store,
    layers: room.layers as Set<string>,
    ...options,
  });
};

const started = async (room: TestRoom, host: Partial<HostConfig> = {}): Promise<string> => {
  const { id } = await createContainer(
    room.core,
    {
      config: { ...containerConfig.zero, image: 'busybox' },
      hostConfig: { ...hostConfig.zero, ...host },
      networking: networkingConfig.zero,
      warnings: [],
      name: 'x1',
    },
    { signal },
  );
  await startContainer(room.core, id, { signal });
  return id;
};

const stateOf = (room: TestRoom, id: string): string => {
  const { state } = room.core.ledger.resolve(id);
  return state.status === 'exited' ? `exited ${state.exitCode}` : state.status;
};

const always: Partial<HostConfig> = { restartPolicy: { name: 'always', maximumRetryCount: 0 } };

describe('after a crash', () => {
  test('a container that still runs is ended without live restore', async () => {
    const before = await restored();
    const id = await started(before);
    const room = await afterCrash(before);
    equal(stateOf(room, id), 'exited 137');
    await room.core.cleanups.idle();
    deepEqual(await room.containerd.containers.list(), []);
    deepEqual(room.actions(), ['container die']);
  });

  test('with live restore it is taken over, and its end is told', async () => {
    const before = await restored();
    const id = await started(before);
    const room = await afterCrash(before, { settings: { liveRestore: true } });
    equal(stateOf(room, id), 'running');
    const { result } = waitForContainer(room.core, 'x1', 'next-exit', { signal });
    room.containerd.exit({ id }, 5);
    equal((await result).exitCode, 5);
  });

  test('one that ended meanwhile has the exit code that containerd knows, and dies in the events', async () => {
    const before = await restored();
    const id = await started(before);
    followers.pop()?.abort();
    before.containerd.exit({ id }, 9);
    const room = await restored({ containerd: before.containerd, store: before.store });
    equal(stateOf(room, id), 'exited 9');
    deepEqual(room.actions(), ['container die']);
  });

  test('one of which containerd knows nothing has 255', async () => {
    const before = await restored();
    const id = await started(before);
    const room = await restored({ store: before.store });
    equal(stateOf(room, id), 'exited 255');
  });

  test('one that was to remove itself is gone, with its layer', async () => {
    const before = await restored();
    const id = await started(before, { autoRemove: true });
    const room = await afterCrash(before);
    await room.core.cleanups.idle();
    await rejects(async () => room.core.ledger.resolve(id), { kind: 'not-found' });
    deepEqual([room.layers.size, room.store.saved.size], [0, 0]);
  });

  test('the restart policy brings it back', async () => {
    const before = await restored();
    const id = await started(before, always);
    const room = await afterCrash(before);
    for (let turn = 0; turn < 50 && stateOf(room, id) !== 'running'; turn += 1)
      await new Promise(setImmediate);
    equal(stateOf(room, id), 'running');
  });

  test('a corrupt record is skipped, and what belongs to it stays', async () => {
    const before = await restored();
    const id = await started(before);
    before.store.broken.set('f'.repeat(64), 'Unexpected end of JSON input');
    const layers = new Set([...before.layers, 'f'.repeat(64), 'e'.repeat(64)]);
    const room = await afterCrash(before, { layers });
    deepEqual([...layers], [id, 'f'.repeat(64)]);
    equal(room.core.ledger.all().length, 1);
  });

  test('a removal that was cut short is finished', async () => {
    const before = await restored();
    const id = await started(before);
    followers.pop()?.abort();
    before.containerd.exit({ id }, 0);
    const saved = before.store.saved.get(id);
    const config = JSON.parse(JSON.stringify(saved?.config)) as { State: object };
    Object.assign(config.State, { Running: false, RemovalInProgress: true });
    before.store.saved.set(id, { config, hostConfig: saved?.hostConfig ?? {} });
    const room = await restored({
      containerd: before.containerd,
      store: before.store,
      layers: before.layers as Set<string>,
    });
    deepEqual([room.layers.size, room.store.saved.size, room.core.ledger.all().length], [0, 0, 0]);
    deepEqual(await room.containerd.containers.list(), []);
  });
  test('one that is dead, as its removal had failed, is removed at last', async () => {
    const before = await restored();
    const id = await started(before);
    followers.pop()?.abort();
    before.containerd.exit({ id }, 0);
    const saved = before.store.saved.get(id);
    const config = JSON.parse(JSON.stringify(saved?.config)) as { State: object };
    Object.assign(config.State, { Running: false, Dead: true });
    before.store.saved.set(id, { config, hostConfig: saved?.hostConfig ?? {} });
    const room = await restored({
      containerd: before.containerd,
      store: before.store,
      layers: before.layers as Set<string>,
    });
    deepEqual([room.layers.size, room.store.saved.size, room.core.ledger.all().length], [0, 0, 0]);
  });
});

describe('a shutdown', () => {
  test('stops what runs without noting it as stopped by hand', async () => {
    const room = await restored();
    const id = await started(room, { restartPolicy: { name: 'unless-stopped', maximumRetryCount: 0 } });
    await shutDownContainers(room.core);
    equal(stateOf(room, id), 'exited 143');
    equal(room.core.ledger.resolve(id).manuallyStopped, false);
    await rejects(startContainer(room.core, id, { signal }), { kind: 'unavailable' });
  });

  test('leaves everything running under live restore', async () => {
    const room = await restored({ settings: { liveRestore: true } });
    const id = await started(room);
    await shutDownContainers(room.core);
    equal(stateOf(room, id), 'running');
    equal(room.actions().at(-1), 'container start');
  });
});

test('what is saved and read again is the same container', async () => {
  const before = await restored();
  const id = await started(before, {
    ...always,
    binds: ['/tmp:/mnt:ro', 'data:/data'],
    memory: 64 * 1024 * 1024,
    portBindings: { '80/tcp': [{ hostIp: '', hostPort: '8080' }] },
  });
  const room = await afterCrash(before, { settings: { liveRestore: true } });
  const documents = ({ core }: TestRoom): unknown => {
    const container = core.ledger.resolve(id);
    return [encodeHostConfig(container), encodeRecord(container, { logPath: '', driver: '' })];
  };
  deepEqual(documents(room), documents(before));
});
