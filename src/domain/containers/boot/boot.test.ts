// SPDX-License-Identifier: Apache-2.0
import { deepEqual, equal } from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { createTestRoom, type TestRoom } from '../../../../test/support/container-room.ts';
import { sampleContainer } from '../../../../test/support/sample-container.ts';
import type { ContainerId } from '../../../base/ids.ts';
import { type Log, silentLog } from '../../../base/log.ts';
import { milliseconds, seconds } from '../../../base/time.ts';
import { type ContainerConfig, containerConfig } from '../../../spec/container-config.ts';
import { networkingConfig } from '../../../spec/endpoint-settings.ts';
import { type HostConfig, hostConfig } from '../../../spec/host-config.ts';
import { createContainer } from '../create.ts';
import { deleteContainer } from '../delete.ts';
import { restoreContainers } from '../restore.ts';
import { startContainer } from '../start.ts';
import { planBootOrder } from './boot-order.ts';
import { composeDependencies, parseDependsOn } from './depends-on.ts';
import { startAtBoot } from './start-at-boot.ts';

const { signal } = new AbortController();
const followers: AbortController[] = [];
after(() => {
  for (const follower of followers) follower.abort();
});

const labels = (service: string, dependsOn = '', project = 'p'): Record<string, string> => ({
  'com.docker.compose.project': project,
  'com.docker.compose.service': service,
  'com.docker.compose.depends_on': dependsOn,
});

describe('what Compose notes on a container', () => {
  test('is read with its conditions', () => {
    deepEqual(parseDependsOn('db:service_healthy:true,job:service_completed_successfully:false, cache'), [
      { service: 'db', condition: 'healthy' },
      { service: 'job', condition: 'completed' },
      { service: 'cache', condition: 'started' },
    ]);
    deepEqual(parseDependsOn(''), []);
  });

  test('leads to all containers of a service in the same project, but to none of `compose run`', () => {
    const make = (name: string, more: Record<string, string>) =>
      sampleContainer({ container: { id: name as ContainerId }, config: { labels: more } });
    const web = make('web', labels('web', 'db:service_started:false'));
    const all = [
      web,
      make('db1', labels('db')),
      make('db2', labels('db')),
      make('other', labels('db', '', 'q')),
      make('once', { ...labels('db'), 'com.docker.compose.oneoff': 'True' }),
    ];
    deepEqual(
      composeDependencies(web, all).map(({ id }) => id),
      ['db1', 'db2'],
    );
  });
});

test('links and donors of namespaces come first, and a circle is cut once', () => {
  const make = (id: string, changes: Partial<HostConfig>, child?: string) => {
    const links = child ? { links: [{ child: child as ContainerId, name: child, alias: child }] } : {};
    return sampleContainer({ container: { id: id as ContainerId, ...links }, hostConfig: changes });
  };
  const all = [
    make('a', { ipcMode: 'container:b', pidMode: 'container:nobody' }),
    make('b', { networkMode: 'container:c' }),
    make('c', {}, 'a'),
  ];
  const ids = new Map(all.map(({ id }) => [id as string, id]));
  const { dependencies, broken } = planBootOrder(all, { all, find: (name) => ids.get(name) });
  deepEqual(
    [...dependencies].map(([id, list]) => [id, list.map((each) => each.id)]),
    [
      ['c', []],
      ['b', ['c']],
      ['a', ['b']],
    ],
  );
  deepEqual(broken, [{ from: 'c', to: 'a' }]);
});

/** A log that remembers what it was told of dependencies. */
const rememberingLog = (): { readonly log: Log; readonly warnings: string[] } => {
  const warnings: string[] = [];
  const warn = (text: string): void => {
    if (/depend/.test(text)) warnings.push(text);
  };
  const log: Log = { ...silentLog, warn, with: () => log };
  return { log, warnings };
};

const ALWAYS: Partial<HostConfig> = { restartPolicy: { name: 'always', maximumRetryCount: 0 } };
const CHECKED = {
  healthcheck: {
    test: ['CMD', 'true'],
    interval: 0,
    timeout: 0,
    startPeriod: 0,
    startInterval: 0,
    retries: 0,
  },
};

const ran = async (
  { core }: TestRoom,
  name: string,
  config: Partial<ContainerConfig>,
  host: Partial<HostConfig> = ALWAYS,
): Promise<void> => {
  const request = {
    name,
    config: { ...containerConfig.zero, image: 'busybox', ...config },
    hostConfig: { ...hostConfig.zero, networkMode: 'bridge', ...host },
    networking: networkingConfig.zero,
    warnings: [],
  };
  const { id } = await createContainer(core, request, { signal });
  await startContainer(core, id, { signal });
};

const boot = async (options: Parameters<typeof createTestRoom>[0] = {}): Promise<TestRoom> => {
  followers.pop()?.abort();
  const room = createTestRoom(options);
  const follower = new AbortController();
  followers.push(follower);
  // What probes on would keep the test from ending.
  follower.signal.addEventListener('abort', () => room.core.health.endAll());
  await restoreContainers(room.core, follower.signal);
  return room;
};

const again = async (before: TestRoom, log: Log = silentLog): Promise<TestRoom> =>
  boot({ containerd: before.containerd, store: before.store, layers: before.layers as Set<string>, log });

const turns = async (isDone: () => boolean): Promise<void> => {
  for (let turn = 0; turn < 2000 && !isDone(); turn += 1) await new Promise(setImmediate);
};

const started = ({ events }: TestRoom): readonly string[] =>
  events.filter(({ action }) => action === 'start').map(({ attributes }) => attributes['name'] ?? '');

const makeHealthy = ({ core }: TestRoom, name: string): void => {
  const container = core.ledger.resolve(name);
  if (container.health)
    core.ledger.show({ ...container, health: { ...container.health, status: 'healthy' } });
};

describe('at boot', () => {
  test('children are started before their parents', async () => {
    const before = await boot();
    await ran(before, 'db', {});
    await ran(before, 'web', {}, { ...ALWAYS, links: ['db'] });
    const room = await again(before);
    await turns(() => started(room).length === 2);
    deepEqual(started(room), ['db', 'web']);
  });

  test('whoever needs a healthy one waits for it, the others do not', async () => {
    const before = await boot();
    await ran(before, 'db', { labels: labels('db'), ...CHECKED });
    await ran(before, 'web', { labels: labels('web', 'db:service_healthy:false') });
    await ran(before, 'front', { labels: labels('front', 'web:service_started:false') });
    await ran(before, 'else', {});
    const { log, warnings } = rememberingLog();
    const room = await again(before, log);
    await turns(() => started(room).length === 2);
    deepEqual([...started(room)].toSorted(), ['db', 'else']);
    makeHealthy(room, 'db');
    await turns(() => started(room).length === 4);
    deepEqual(started(room).slice(2), ['web', 'front']);
    deepEqual(warnings, []);
  });

  test('one that never becomes healthy holds nobody up for good', async () => {
    const before = await boot();
    await ran(before, 'db', { labels: labels('db'), ...CHECKED }, {});
    await ran(before, 'web', { labels: labels('web', 'db:service_healthy:false') }, {});
    const { log, warnings } = rememberingLog();
    const room = await again(before, log);
    await startAtBoot(room.core, room.core.ledger.all(), { signal, patience: milliseconds(1) });
    deepEqual(started(room), ['db', 'web']);
    deepEqual(warnings, ['a container is started though what it depends on is not as it should be']);
  });

  test('a job that has done its work is no hindrance, one that failed is told of', async () => {
    const before = await boot();
    await ran(before, 'job', { labels: labels('job') }, {});
    await ran(before, 'web', { labels: labels('web', 'job:service_completed_successfully:false') });
    before.containerd.exit({ id: before.core.ledger.resolve('job').id }, 0);
    await turns(() => before.core.ledger.resolve('job').state.status === 'exited');
    const good = rememberingLog();
    const room = await again(before, good.log);
    await turns(() => started(room).length === 1);
    deepEqual([started(room), good.warnings], [['web'], []]);
    const { containerd, core } = room;
    await startContainer(core, 'job', { signal });
    containerd.exit({ id: core.ledger.resolve('job').id }, 3);
    await turns(() => core.ledger.resolve('job').state.status === 'exited');
    const bad = rememberingLog();
    const next = await again(room, bad.log);
    await turns(() => started(next).length === 1);
    equal(bad.warnings.length, 1);
  });

  test('those that depend on each other in a circle are started, with a warning', async () => {
    const before = await boot();
    await ran(before, 'one', { labels: labels('one', 'two:service_started:false') });
    await ran(before, 'two', { labels: labels('two', 'one:service_started:false') });
    const { log, warnings } = rememberingLog();
    const room = await again(before, log);
    await turns(() => started(room).length === 2);
    deepEqual(started(room), ['two', 'one']);
    deepEqual(warnings, ['containers depend on each other in a circle, which is cut here']);
  });

  test('one that was removed while it waited is not started', async () => {
    const before = await boot();
    await ran(before, 'db', { labels: labels('db'), ...CHECKED }, {});
    await ran(before, 'web', { labels: labels('web', 'db:service_healthy:false') }, {});
    const room = await again(before);
    const starting = startAtBoot(room.core, room.core.ledger.all(), { signal, patience: seconds(60) });
    await turns(() => started(room).length === 1);
    await deleteContainer(room.core, 'web', { force: false, volumes: false, link: false });
    makeHealthy(room, 'db');
    await starting;
    deepEqual(started(room), ['db']);
  });
});
