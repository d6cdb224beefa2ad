// SPDX-License-Identifier: Apache-2.0
import { deepEqual, equal, ok, rejects } from 'node:assert/strict';
import { test } from 'node:test';
import { createTestRoom, type TestRoom } from '../../../test/support/container-room.ts';
import { EngineError } from '../../base/errors.ts';
import { containerConfig } from '../../spec/container-config.ts';
import { networkingConfig } from '../../spec/endpoint-settings.ts';
import { hostConfig } from '../../spec/host-config.ts';
import type { IdMaps } from '../../spec/id-maps.ts';
import type { SandboxRequest } from '../networks/index.ts';
import { createContainer } from './create.ts';
import { startContainer } from './start.ts';

const { signal } = new AbortController();
const range = { containerId: 0, hostId: 100_000, size: 65_536 };
const idMaps: IdMaps = { uids: [range], gids: [range] };

/** A room of a remapping daemon; `attach` is what becomes of a namespace that the runtime made. */
const remappedRoom = (
  attach: (pid: number) => void,
): { readonly room: TestRoom; readonly asked: SandboxRequest[] } => {
  const asked: SandboxRequest[] = [];
  const sandboxes = new Set<string>();
  const plain = createTestRoom({ sandboxes }).core.networks;
  const room = createTestRoom({
    idMaps,
    sandboxes,
    networks: {
      ...plain,
      createSandbox: async (request) => {
        asked.push(request);
        return { ...(await plain.createSandbox(request)), attach };
      },
    },
  });
  return { room, asked };
};

const create = async ({ core }: TestRoom, usernsMode = ''): Promise<string> =>
  (
    await createContainer(
      core,
      {
        config: { ...containerConfig.zero, image: 'busybox' },
        hostConfig: { ...hostConfig.zero, usernsMode },
        networking: networkingConfig.zero,
        warnings: [],
      },
      { signal },
    )
  ).id;

test('interfaces are made in the namespace of the task, before its program runs', async () => {
  const pids: number[] = [];
  const { room, asked } = remappedRoom((pid) => void pids.push(pid));
  const id = await create(room);
  await startContainer(room.core, id, { signal });
  const { state } = room.core.ledger.resolve(id);
  ok(state.status === 'running');
  deepEqual(pids, [state.pid]);
  deepEqual(
    asked.map(({ awaitsProcess }) => awaitsProcess),
    [true],
  );
});

test('a container without the namespace is given a network that is there already', async () => {
  const { room, asked } = remappedRoom(() => undefined);
  await startContainer(room.core, await create(room, 'host'), { signal });
  deepEqual(
    asked.map(({ awaitsProcess }) => awaitsProcess),
    [false],
  );
});

test('of a start whose network can not be made nothing stays', async () => {
  const { room } = remappedRoom(() => {
    throw new EngineError('internal', 'failed to set up container networking: no room');
  });
  const id = await create(room);
  await rejects(startContainer(room.core, id, { signal }), {
    message: 'failed to set up container networking: no room',
  });
  equal(room.core.ledger.resolve(id).state.status, 'created');
  equal(room.sandboxes.size, 0);
  deepEqual(await room.containerd.tasks.list(), []);
});
