// SPDX-License-Identifier: Apache-2.0
import { deepEqual, equal, rejects } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createFakeVolumeMounts } from '../../adapters/mounts/fake.ts';
import type { ContainerId } from '../../base/ids.ts';
import { silentLog } from '../../base/log.ts';
import { createVolumes } from './create-volumes.ts';
import type { Volumes } from './volumes.ts';

const CONTAINER = 'c'.repeat(64) as ContainerId;
const TMPFS = { type: 'tmpfs', device: 'tmpfs' };

const makeRoom = (documents = new Map<string, object>()) => {
  const told: string[] = [];
  const mounts = createFakeVolumeMounts(new Set(['broken']));
  const volumes = createVolumes({
    store: {
      mountpoint: (name) => `/v/${name}/_data`,
      create: async (name, document) => void documents.set(name, document),
      write: async (name, document) => void documents.set(name, document),
      load: async () => [...documents].map(([name, document]) => ({ name, document })),
      remove: async (name) => void documents.delete(name),
    },
    remoteStore: { write: async () => undefined, load: async () => [], remove: async () => undefined },
    mounts,
    sockets: { find: async () => undefined, list: async () => [], call: async () => ({}) },
    disk: { contentSize: async () => 7 },
    events: {
      publish: ({ action, actor, attributes }) =>
        void told.push(`${action} ${actor} ${JSON.stringify(attributes)}`),
    },
    log: silentLog,
  });
  return { volumes, mounts, told, documents };
};

const names = (volumes: Volumes): readonly string[] => volumes.list().map(({ name }) => name);

describe('volumes', () => {
  it('are made once, whatever is asked for the second time', async () => {
    const { volumes, told } = makeRoom();
    const made = await volumes.create({ name: 'one', labels: { a: 'b' } });
    equal(await volumes.create({ name: 'one', labels: { c: 'd' } }), made);
    deepEqual(told, ['create one {"driver":"local"}']);
  });

  it('are refused in the words of Docker', async () => {
    const { volumes } = makeRoom();
    await rejects(volumes.create({ name: 'x' }), {
      kind: 'invalid-argument',
      message: 'create x: volume name is too short, names should be at least two alphanumeric characters',
    });
    await rejects(volumes.create({ name: 'two', driver: 'nobody' }), {
      kind: 'not-found',
      message: 'create two: error looking up volume plugin nobody: plugin "nobody" not found',
    });
    await rejects(volumes.create({ name: 'two', options: { zz: '' } }), {
      message: 'create two: invalid option: "zz"',
    });
    await rejects(volumes.delete('two', { force: false }), { message: 'get two: no such volume' });
    await volumes.delete('two', { force: true });
  });

  it('stay while a container has them', async () => {
    const { volumes } = makeRoom();
    await volumes.create({ name: 'held' });
    const hold = volumes.hold('held', CONTAINER);
    await rejects(volumes.delete('held', { force: true }), {
      kind: 'conflict',
      message: `remove held: volume is in use - [${CONTAINER}]`,
    });
    hold[Symbol.dispose]();
    await volumes.delete('held', { force: false });
    deepEqual(names(volumes), []);
  });

  it('are searched by what the filters say', async () => {
    const { volumes } = makeRoom();
    await volumes.create({ name: 'red', labels: { colour: 'red' } });
    await volumes.create({ name: 'green' });
    using _hold = volumes.hold('green', CONTAINER);
    const found = async (filters: Record<string, string[]>) =>
      (await volumes.search(filters)).volumes.map(({ name }) => name);
    deepEqual(await found({ label: ['colour=red'] }), ['red']);
    deepEqual(await found({ name: ['re'] }), ['red', 'green']);
    deepEqual(await found({ dangling: ['false'] }), ['green']);
    deepEqual(await found({ driver: ['zz'] }), []);
    await rejects(volumes.search({ zz: [] }), { message: "invalid filter 'zz'" });
  });
});

describe('a prune', () => {
  it('takes anonymous volumes that nobody has, and named ones on demand, but none with options', async () => {
    const { volumes, told } = makeRoom();
    const { name: anonymous } = await volumes.create({});
    await volumes.create({ name: 'named' });
    await volumes.create({ name: 'kept', labels: { keep: '' } });
    await volumes.create({ name: 'memory', options: TMPFS });
    deepEqual(await volumes.prune({}, { all: false }), { deleted: [anonymous], reclaimed: 7 });
    deepEqual(await volumes.prune({ all: ['1'], 'label!': ['keep'] }, { all: false }), {
      deleted: ['named'],
      reclaimed: 7,
    });
    deepEqual(await volumes.prune({}, { all: true }), { deleted: ['kept'], reclaimed: 7 });
    deepEqual(names(volumes), ['memory']);
    equal(told.at(-1), 'prune  {"reclaimed":"7"}');
  });

  it('refuses filters that it can not read', async () => {
    const { volumes } = makeRoom();
    const refused = async (filters: Record<string, string[]>, message: string) =>
      rejects(volumes.prune(filters, { all: false }), { kind: 'invalid-argument', message });
    await refused({ all: ['x'] }, `invalid filter 'all': strconv.ParseBool: parsing "x": invalid syntax`);
    await refused({ all: ['a', 'b'] }, "invalid filter 'all=[a b]': only one value is expected");
    await refused({ until: ['1'] }, "invalid filter 'until'");
  });
});

describe('a volume with options', () => {
  it('is mounted by its first user and unmounted after its last', async () => {
    const { volumes, mounts } = makeRoom();
    await volumes.create({ name: 'memory', options: TMPFS });
    equal(await volumes.mount('memory', 'a'), '/v/memory/_data');
    await volumes.mount('memory', 'b');
    await volumes.mount('memory', 'b');
    equal(mounts.standing.size, 1);
    await volumes.unmount('memory', 'a');
    await volumes.unmount('memory', 'a');
    equal(mounts.standing.size, 1);
    await volumes.unmount('memory', 'b');
    equal(mounts.standing.size, 0);
  });

  it('that can not be mounted says why, and has no user', async () => {
    const { volumes, mounts } = makeRoom();
    await volumes.create({ name: 'disk', options: { type: 'ext4', device: 'broken' } });
    await rejects(volumes.mount('disk', 'a'), {
      kind: 'internal',
      message:
        "error while mounting volume '/v/disk/_data': failed to mount local volume: mount broken: no such device",
    });
    equal(mounts.standing.size, 0);
    await volumes.delete('disk', { force: false });
  });

  it('stays mounted for a container that outlived the daemon, and is unmounted when nobody did', async () => {
    const { volumes, mounts, documents } = makeRoom();
    await volumes.create({ name: 'used', options: TMPFS });
    await volumes.create({ name: 'left', options: TMPFS });
    const later = makeRoom(documents);
    for (const name of ['used', 'left']) {
      await volumes.mount(name, 'c1');
      await later.mounts.attach({ ...TMPFS, options: '', target: `/v/${name}/_data` });
    }
    equal(mounts.standing.size, 2);
    await later.volumes.restore();
    await later.volumes.adopt('used', 'c1');
    await later.volumes.sweep();
    deepEqual([...later.mounts.standing.keys()], ['/v/used/_data']);
    await later.volumes.unmount('used', 'c1');
    equal(later.mounts.standing.size, 0);
  });
});
