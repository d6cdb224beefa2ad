// SPDX-License-Identifier: Apache-2.0
import { deepEqual, doesNotThrow, equal, throws } from 'node:assert/strict';
import { test } from 'node:test';
import { sampleContainer } from '../../../test/support/sample-container.ts';
import { type HostConfig, hostConfig } from '../../spec/host-config.ts';
import type { IdMaps } from '../../spec/id-maps.ts';
import { userNamespaceOf } from './joined-user-namespace.ts';
import { checkUserNamespace, idMapsOf, rootOwnerOf } from './user-namespace.ts';

const range = { containerId: 0, hostId: 100_000, size: 65_536 };
const idMaps: IdMaps = { uids: [range], gids: [{ ...range, hostId: 200_000 }] };

const check = (asked: Partial<HostConfig>, maps: IdMaps | undefined = idMaps): void =>
  checkUserNamespace({ ...hostConfig.zero, ...asked }, maps);

const container = (usernsMode: string) => {
  const sample = sampleContainer();
  return { ...sample, hostConfig: { ...sample.hostConfig, usernsMode } };
};

test('what is the host’s own a container in a user namespace can not have', () => {
  const cases: readonly (readonly [Partial<HostConfig>, RegExp])[] = [
    [{ privileged: true }, /^privileged mode is incompatible with user namespaces\.  You must run/],
    [{ networkMode: 'host' }, /^cannot share the host's network namespace when user namespaces are enabled$/],
    [{ pidMode: 'host' }, /^cannot share the host PID namespace when user namespaces are enabled$/],
  ];
  for (const [asked, message] of cases) {
    throws(() => check(asked), { kind: 'invalid-argument', message });
    doesNotThrow(() => check({ ...asked, usernsMode: 'host' }));
    doesNotThrow(() => checkUserNamespace({ ...hostConfig.zero, ...asked }, undefined));
  }
});

test('a container has the daemon’s maps unless it asks for the host’s namespace', () => {
  equal(idMapsOf({ idMaps }, container('')), idMaps);
  deepEqual(rootOwnerOf({ idMaps }, container('')), { uid: 100_000, gid: 200_000 });
  equal(idMapsOf({ idMaps }, container('host')), undefined);
  equal(rootOwnerOf({}, container('')), undefined);
});

test('who joins another container’s namespaces joins its user namespace', () => {
  const joined = { ipc: '/proc/5/ns/ipc' };
  deepEqual(userNamespaceOf({ idMaps }, container(''), joined), { maps: idMaps, path: '/proc/5/ns/user' });
  deepEqual(userNamespaceOf({ idMaps }, container(''), {}), { maps: idMaps });
  equal(userNamespaceOf({ idMaps }, container('host'), joined), undefined);
});
