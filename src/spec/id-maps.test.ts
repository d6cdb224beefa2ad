// SPDX-License-Identifier: Apache-2.0
import { deepEqual, throws } from 'node:assert/strict';
import { test } from 'node:test';
import { type IdMaps, rootOwner, toContainerOwner, toHostOwner } from './id-maps.ts';

const ranges = [
  { containerId: 0, hostId: 1000, size: 10 },
  { containerId: 10, hostId: 5000, size: 5 },
];
const maps: IdMaps = { uids: ranges, gids: [{ containerId: 0, hostId: 2000, size: 20 }] };

test('ids go to the host and back, whichever range they lie in', () => {
  deepEqual(toHostOwner(maps, { uid: 12, gid: 3 }), { uid: 5002, gid: 2003 });
  deepEqual(toContainerOwner(maps, { uid: 5002, gid: 2003 }), { uid: 12, gid: 3 });
  deepEqual(rootOwner(maps), { uid: 1000, gid: 2000 });
});

test('ids beyond the ranges are refused', () => {
  throws(() => toHostOwner(maps, { uid: 15, gid: 0 }), {
    message: 'Container ID 15 cannot be mapped to a host ID',
  });
  throws(() => toContainerOwner(maps, { uid: 0, gid: 2000 }), {
    message: 'Host ID 0 cannot be mapped to a container ID',
  });
});
