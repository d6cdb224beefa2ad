// SPDX-License-Identifier: Apache-2.0
import { deepEqual, equal, rejects } from 'node:assert/strict';
import { test } from 'node:test';
import { sampleImage, sampleRoom } from '../../../test/support/sample-images.ts';
import type { OwnerChange } from '../../adapters/disk/index.ts';
import type { ContainerId } from '../../base/ids.ts';
import type { IdMaps } from '../../spec/id-maps.ts';
import { remappedLayers } from './layer-form.ts';

const range = { containerId: 0, hostId: 100_000, size: 65_536 };
const idMaps: IdMaps = { uids: [range], gids: [range] };

const OVERLAY = [{ type: 'overlay', source: 'overlay', options: ['upperdir=/up', 'lowerdir=/two:/one'] }];

test('a fresh layer gets its owners in the directory it was unpacked into, but for what came from beneath', async () => {
  const changes: [string, OwnerChange][] = [];
  const form = remappedLayers(
    { changeOwners: (...change) => Promise.resolve(void changes.push(change)) },
    idMaps,
  );
  await form.settle(OVERLAY);
  const [[directory, change] = ['', undefined]] = changes;
  equal(directory, '/up');
  deepEqual(change?.beneath, ['/two', '/one']);
  deepEqual(change?.ownerOf({ uid: 0, gid: 5 }), { uid: 100_000, gid: 100_005 });
});

test('owners that have no place on the host are told, as is a snapshotter without directories', async () => {
  const form = remappedLayers(
    { changeOwners: (_, { ownerOf }) => Promise.resolve(void ownerOf({ uid: 70_000, gid: 0 })) },
    idMaps,
  );
  await rejects(form.settle(OVERLAY), {
    kind: 'internal',
    message: 'failed to register layer: Container ID 70000 cannot be mapped to a host ID',
  });
  await rejects(form.settle([]), { kind: 'not-implemented' });
});

const names = async (room: Awaited<ReturnType<typeof sampleRoom>>): Promise<readonly string[]> => {
  const found: string[] = [];
  for await (const { key, kind } of room.containerd.snapshots.list())
    if (kind === 'committed') found.push(key);
  return found.toSorted();
};

test('a container without the namespace has layers of its own beside the others', async () => {
  let changed = 0;
  const room = await sampleRoom({
    idMaps,
    disk: {
      changeOwners: () => Promise.resolve(void (changed += 1)),
      contentSize: () => Promise.resolve(1),
      fileSystemOf: () => Promise.resolve('extfs'),
    },
  });
  await room.load(sampleImage(), ['x:1']);
  const chains = await names(room);
  equal(changed, chains.length);
  const image = room.images.resolve('x:1');
  await room.images.prepareRootfs('a'.repeat(64) as ContainerId, image);
  deepEqual(await names(room), chains);
  const unmapped = ['b', 'c'].map((digit) => digit.repeat(64) as ContainerId);
  await Promise.all(unmapped.map(async (id) => room.images.prepareRootfs(id, image, { unmapped: true })));
  deepEqual(await names(room), [...chains, ...chains.map((chain) => `unmapped ${chain}`)].toSorted());
  equal(changed, chains.length);
});
