// SPDX-License-Identifier: Apache-2.0
import { deepEqual, rejects } from 'node:assert/strict';
import { before, test } from 'node:test';
import { createTestRoom } from '../../../test/support/container-room.ts';
import { containerConfig } from '../../spec/container-config.ts';
import { networkingConfig } from '../../spec/endpoint-settings.ts';
import { type HostConfig, hostConfig } from '../../spec/host-config.ts';
import { createContainer } from './create.ts';
import { listContainers } from './list.ts';
import { startContainer } from './start.ts';

const { signal } = new AbortController();
const { core } = createTestRoom();
const ids: Record<string, string> = {};

const add = async (
  name: string,
  labels: Record<string, string>,
  host: Partial<HostConfig> = {},
): Promise<void> => {
  const { id } = await createContainer(
    core,
    {
      name,
      config: { ...containerConfig.zero, image: 'busybox', labels, exposedPorts: { '80/tcp': {} } },
      hostConfig: { ...hostConfig.zero, ...host },
      networking: networkingConfig.zero,
      warnings: [],
    },
    { signal },
  );
  ids[name] = id;
};

before(async () => {
  await add('web', { tier: 'front', eq: 'a=b' }, { binds: ['data:/data'] });
  await add('db', { tier: 'back' }, { networkMode: 'none' });
  await add('worker', {}, { portBindings: { '80/tcp': [{ hostIp: '', hostPort: '8080' }] } });
  await startContainer(core, 'db', { signal });
});

const names = async (filters: Record<string, readonly string[]>, all = true): Promise<readonly string[]> =>
  (await listContainers(core, { all, limit: 0, size: false, filters })).map(
    ({ container }) => container.name,
  );

test('running ones only, unless asked; newest first', async () => {
  deepEqual(await names({}, false), ['db']);
  deepEqual(await names({}), ['worker', 'db', 'web']);
  const limited = await listContainers(core, { all: false, limit: 2, size: false, filters: {} });
  deepEqual(
    limited.map(({ container }) => container.name),
    ['worker', 'db'],
  );
});

test('filters', async () => {
  deepEqual(await names({ name: ['w'] }), ['worker', 'web']);
  deepEqual(await names({ name: ['^/web$'] }), ['web']);
  deepEqual(await names({ id: [ids['db']?.slice(0, 6) ?? ''] }), ['db']);
  deepEqual(await names({ id: ['^'] }), []);
  deepEqual(await names({ label: ['tier', 'eq=a=b'] }), ['web']);
  deepEqual(await names({ status: ['created'] }, false), ['worker', 'web']);
  deepEqual(await names({ ancestor: ['busybox'] }), ['worker', 'db', 'web']);
  deepEqual(await names({ ancestor: ['unknown'] }), []);
  deepEqual(await names({ before: ['db'] }), ['web']);
  deepEqual(await names({ since: ['db'] }), ['worker']);
  deepEqual(await names({ volume: ['data'] }), ['web']);
  deepEqual(await names({ volume: ['/data'] }), ['web']);
  deepEqual(await names({ network: ['none'] }), ['db']);
  deepEqual(await names({ publish: ['8000-9000'] }), []);
  deepEqual(await names({ publish: ['80'] }), ['worker']);
  deepEqual(await names({ expose: ['79-81/tcp'] }), ['worker', 'db', 'web']);
  deepEqual(await names({ expose: ['80/udp'] }), []);
  deepEqual(await names({ health: ['none'] }), ['worker', 'db', 'web']);
});

test('bad filters are refused in Docker’s words', async () => {
  await rejects(names({ status: ['x'] }), {
    message:
      "invalid filter 'status=x': invalid value for state (x): must be one of created, running, paused, restarting, " +
      'removing, exited, dead',
  });
  await rejects(names({ zz: ['x'] }), { message: "invalid filter 'zz'" });
  await rejects(names({ before: ['nobody'] }), { kind: 'not-found', message: 'No such container: nobody' });
  await rejects(names({ exited: ['x'] }), {
    message: `invalid filter 'exited=x': strconv.Atoi: parsing "x": invalid syntax`,
  });
  await rejects(names({ publish: ['x'] }), { kind: 'internal' });
});
