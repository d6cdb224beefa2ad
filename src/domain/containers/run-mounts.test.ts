// SPDX-License-Identifier: Apache-2.0
import { deepEqual, equal, rejects } from 'node:assert/strict';
import { test } from 'node:test';
import { createTestRoom } from '../../../test/support/container-room.ts';
import { sampleContainer } from '../../../test/support/sample-container.ts';
import { createFakeMounts } from '../../adapters/mounts/fake.ts';
import { Disposer } from '../../base/disposal.ts';
import type { ImageId } from '../../spec/digest.ts';
import type { Container, MountPoint } from './container.ts';
import {
  placedSources,
  placeForView,
  placeRunMounts,
  releaseRunMounts,
  sharedMemoryPath,
} from './run-mounts.ts';

const point = (changes: Partial<MountPoint>): MountPoint => ({
  type: 'volume',
  name: 'v',
  source: '/volumes/v',
  destination: '/m',
  driver: 'local',
  mode: 'z',
  readWrite: true,
  propagation: '',
  createSource: false,
  ...changes,
});

const room = () => {
  const mounts = createFakeMounts();
  const { core, image } = createTestRoom({ mounts });
  const container = sampleContainer({
    hostConfig: { ipcMode: 'shareable' },
    container: {
      mountPoints: [
        point({}),
        point({ destination: '/part', subpath: 'a' }),
        point({ type: 'image', destination: '/img', imageId: image.id }),
      ],
    },
  });
  return { core, mounts, container, folder: `${core.mountDirectory}/${container.id}` };
};

test('a run has its shared memory, parts of volumes and images mounted, and lets go of them', async () => {
  const { core, mounts, container, folder } = room();
  await using acquired = new Disposer();
  await placeRunMounts(core, container, acquired);
  const memory = sharedMemoryPath(core, container.id);
  deepEqual([...mounts.standing], [memory, `${folder}/1`, `${folder}/2`]);
  deepEqual(
    [...placedSources(core, container)],
    [
      ['/part', `${folder}/1`],
      ['/img', `${folder}/2`],
    ],
  );
  releaseRunMounts(core, container);
  equal(mounts.standing.size, 0);
});

test('a start that fails halfway lets go of what it had mounted', async () => {
  const { core, mounts, container } = room();
  const gone = point({ type: 'image', name: 'gone', imageId: 'sha256:none' as ImageId });
  const broken: Container = { ...container, mountPoints: [...container.mountPoints, gone] };
  await rejects(async () => {
    await using acquired = new Disposer();
    await placeRunMounts(core, broken, acquired);
  }, /No such image: gone/);
  equal(mounts.standing.size, 0);
});

test('a look into a container that does not run borrows its mounts, without the memory', async () => {
  const { core, mounts, container, folder } = room();
  {
    await using acquired = new Disposer();
    await placeForView(core, container, acquired);
    deepEqual([...mounts.standing], [`${folder}/1`, `${folder}/2`]);
  }
  equal(mounts.standing.size, 0);
});
