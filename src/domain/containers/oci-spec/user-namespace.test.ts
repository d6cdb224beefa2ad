// SPDX-License-Identifier: Apache-2.0
import { deepEqual, equal, ok } from 'node:assert/strict';
import { test } from 'node:test';
import { sampleSpecInput } from '../../../../test/support/sample-container.ts';
import type { IdMaps } from '../../../spec/id-maps.ts';
import { buildSpec } from './build-spec.ts';
import type { SpecInput } from './oci-spec.ts';

const maps: IdMaps = {
  uids: [{ containerId: 0, hostId: 100_000, size: 65_536 }],
  gids: [{ containerId: 0, hostId: 200_000, size: 65_536 }],
};

const specOf = (userNamespace?: SpecInput['userNamespace']) =>
  buildSpec(sampleSpecInput({}, userNamespace ? { userNamespace } : {}));

test('a user namespace comes with its maps, and joins another one by path', () => {
  const { linux } = specOf({ maps });
  ok(linux.namespaces.some(({ type, path }) => type === 'user' && path === undefined));
  deepEqual(linux.uidMappings, [{ containerID: 0, hostID: 100_000, size: 65_536 }]);
  deepEqual(linux.gidMappings, [{ containerID: 0, hostID: 200_000, size: 65_536 }]);
  const joined = specOf({ maps, path: '/proc/5/ns/user' }).linux;
  ok(joined.namespaces.some(({ type, path }) => type === 'user' && path === '/proc/5/ns/user'));
  const plain = specOf().linux;
  ok(!plain.namespaces.some(({ type }) => type === 'user'));
  equal(plain.uidMappings, undefined);
});

test('what the kernel refuses in a user namespace is not asked for', () => {
  const { linux, mounts } = specOf({ maps });
  deepEqual(linux.sysctl, { 'net.ipv4.ip_unprivileged_port_start': '0' });
  const cgroups = mounts.find(({ type }) => type === 'cgroup');
  ok(cgroups && !cgroups.options.includes('ro'));
});
