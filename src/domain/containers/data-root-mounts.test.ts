// SPDX-License-Identifier: Apache-2.0
import { equal, throws } from 'node:assert/strict';
import { test } from 'node:test';
import { followDataRoot, holdsDataRoot } from './data-root-mounts.ts';
import type { PlannedMount } from './planned-mount.ts';

const bind = (source: string): PlannedMount => ({
  type: 'bind',
  name: '',
  source,
  destination: '/m',
  driver: '',
  mode: '',
  readWrite: true,
  propagation: 'rprivate',
  createSource: true,
  anonymous: false,
  copyUp: false,
});

test('a source holds the engine’s files when it lies in them or they in it', () => {
  equal(holdsDataRoot('/', '/var/lib/docker'), true);
  equal(holdsDataRoot('/var/lib', '/var/lib/docker'), true);
  equal(holdsDataRoot('/var/lib/docker/volumes', '/var/lib/docker'), true);
  equal(holdsDataRoot('/var/lib/dock', '/var/lib/docker'), false);
});

test('such a bind follows the host unless it is told to', () => {
  equal(followDataRoot(bind('/var'), '', '/var/lib/docker').propagation, 'rslave');
  equal(followDataRoot(bind('/etc'), '', '/var/lib/docker').propagation, 'rprivate');
  equal(followDataRoot(bind('/var'), 'rshared', '/var/lib/docker').propagation, 'rprivate');
  throws(
    () => followDataRoot(bind('/var'), 'private', '/var/lib/docker'),
    /daemon root: "\/var\/lib\/docker", bind mount source: "\/var", propagation: "private"/,
  );
});
