// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sampleContainer, sampleHost } from '../../../../test/support/sample-container.ts';
import { cgroupDirectory, type CgroupInput } from './cgroups.ts';

const input = (driver: 'cgroupfs' | 'systemd', cgroupParent: string, own = ''): CgroupInput => {
  const container = sampleContainer({ hostConfig: { cgroupParent: own } });
  return { container, cgroupParent, host: sampleHost({ cgroupDriver: driver }) };
};

test("a control group lies below its parent, the container's own first", () => {
  const path = (parent: string, own?: string): string => {
    const asked = input('cgroupfs', parent, own);
    return cgroupDirectory(asked).replace(asked.container.id, 'ID');
  };
  assert.equal(path(''), '/docker/ID');
  assert.equal(path('/a/b'), '/a/b/ID');
  assert.equal(path('/a', 'c'), '/c/ID');
});

test('systemd nests slices by their dashes', () => {
  const path = (parent: string): string => {
    const asked = input('systemd', parent);
    return cgroupDirectory(asked).replace(asked.container.id, 'ID');
  };
  assert.equal(path(''), '/system.slice/docker-ID.scope');
  assert.equal(path('a-b.slice'), '/a.slice/a-b.slice/docker-ID.scope');
});
