// SPDX-License-Identifier: Apache-2.0
import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import { mountOfPath, placeOfOverlay, placesBelow } from './mount-table.ts';

const TABLE = `22 1 0:21 / / rw,relatime shared:1 - ext4 /dev/sda rw
40 22 0:50 / /run/a\\040b/rootfs rw,relatime - overlay overlay rw,lowerdir=/l1:/l2,upperdir=/up/1,workdir=/w/1
41 22 0:51 / /run/c rw - overlay overlay rw,lowerdir=/l1,upperdir=/up/11,workdir=/w/11
42 41 0:52 / /run/c/below rw - tmpfs tmpfs rw
`;

test('an overlay is found by its upper directory, whole', () => {
  equal(placeOfOverlay(TABLE, '/up/1'), '/run/a b/rootfs');
  equal(placeOfOverlay(TABLE, '/up/11'), '/run/c');
  equal(placeOfOverlay(TABLE, '/up'), undefined);
  equal(placeOfOverlay('', '/up/1'), undefined);
});

test('what is mounted below a directory is found, the latest first', () => {
  deepEqual(placesBelow(TABLE, '/run/c'), ['/run/c/below', '/run/c']);
  deepEqual(placesBelow(TABLE, '/run/d'), []);
});

test('a path lies on the deepest mount above it, and tells how that one is shared', () => {
  deepEqual(mountOfPath(TABLE, '/etc'), { place: '/', fields: ['shared:1'] });
  deepEqual(mountOfPath(TABLE, '/run/c/below/x'), { place: '/run/c/below', fields: [] });
  equal(mountOfPath(TABLE, '/run/cd')?.place, '/');
  equal(mountOfPath('', '/'), undefined);
});
