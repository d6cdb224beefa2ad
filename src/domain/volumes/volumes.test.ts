// SPDX-License-Identifier: Apache-2.0
import { deepEqual, equal, rejects } from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { FileView } from '../../adapters/container-files/index.ts';
import { createFakeVolumeMounts } from '../../adapters/mounts/fake.ts';
import type { ContainerId } from '../../base/ids.ts';
import { silentLog } from '../../base/log.ts';
import type { Timestamp } from '../../base/time.ts';
import type { VolumeHolder, VolumeRename } from './volume-holder.ts';
import { encodeTar } from '../../spec/tar/write.ts';
import { createVolumes } from './create-volumes.ts';
import type { Volumes } from './volumes.ts';

const CONTAINER = 'c'.repeat(64) as ContainerId;
const TMPFS = { type: 'tmpfs', device: 'tmpfs' };

const noFiles: FileView = {
  stat: () => ({ size: 0, mode: 0, modifiedAt: 0n as Timestamp }),
  followLinks: (path) => path,
  pack: async function* pack() {
    yield Buffer.from('files');
  },
  unpack: async (parts) => {
    for await (const _part of parts) continue;
  },
  [Symbol.dispose]: () => undefined,
};

const heldBy = (renamed: VolumeHolder['renamed'] = async () => Promise.resolve()): VolumeHolder => ({
  container: CONTAINER,
  isSettled: () => true,
  renamed,
});

const makeRoom = (
  documents = new Map<string, object>(),
  former = new Map<string, string>(),
  limits?: Map<string, number>,
) => {
  const told: string[] = [];
  const mounts = createFakeVolumeMounts(new Set(['broken']));
  const volumes = createVolumes({
    store: {
      mountpoint: (name) => `/v/${name}/_data`,
      create: async (name, document) => void documents.set(name, document),
      write: async (name, document) => void documents.set(name, document),
      load: async () => [...documents].map(([name, document]) => ({ name, document })),
      remove: async (name) => void documents.delete(name),
      rename: async (name, newName) => {
        documents.set(newName, documents.get(name) ?? {});
        documents.delete(name);
        former.set(name, newName);
      },
      formerNames: async () => new Map(former),
      forget: async (name) => void former.delete(name),
      stage: async () => ({
        directory: '/staged',
        keep: async (name, document) => void documents.set(name, document),
        replace: async () => Promise.resolve(),
        [Symbol.asyncDispose]: async () => Promise.resolve(),
      }),
    },
    files: { openDirectory: () => noFiles },
    compression: { unpack: (_packing, source) => source },
    remoteStore: { write: async () => undefined, load: async () => [], remove: async () => undefined },
    root: '/v',
    mounts,
    quotas: {
      isSupported: () => limits !== undefined,
      limit: (directory, bytes) => {
        if (bytes > 1e9) throw new Error('too much');
        limits?.set(directory, bytes);
      },
    },
    plugins: { lookUp: async () => undefined, list: async () => [] },
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
    const hold = volumes.hold('held', heldBy());
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
    using _hold = volumes.hold('green', heldBy());
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

describe('a rename', () => {
  it('tells who has the volume, and makes an anonymous one a named one', async () => {
    const { volumes, told } = makeRoom();
    const { name } = await volumes.create({ labels: { a: 'b' }, createdFor: CONTAINER });
    const changes: VolumeRename[] = [];
    using _hold = volumes.hold(
      name,
      heldBy(async (change) => {
        // The old name is understood until all know the new one.
        equal(volumes.get(change.from).name, 'kept');
        changes.push(change);
        return Promise.resolve();
      }),
    );
    const renamed = await volumes.rename(name, 'kept');
    deepEqual([renamed.name, renamed.anonymous, renamed.labels], ['kept', false, { a: 'b' }]);
    equal(renamed.createdFor, undefined);
    deepEqual(changes, [
      { from: name, to: 'kept', oldMountpoint: `/v/${name}/_data`, mountpoint: '/v/kept/_data' },
    ]);
    deepEqual(volumes.holders('kept'), [CONTAINER]);
    equal(told.at(-1), `rename kept {"driver":"local","oldName":"${name}"}`);
    await rejects(volumes.inspect(name), { kind: 'not-found' });
  });

  it('is refused in words of the kind of Docker', async () => {
    const { volumes } = makeRoom();
    await volumes.create({ name: 'one' });
    await volumes.create({ name: 'two' });
    const refused = async (from: string, to: string, kind: string, message: string) =>
      rejects(volumes.rename(from, to), { kind, message });
    await refused('no', 'x1', 'not-found', 'rename no: get no: no such volume');
    await refused('one', 'two', 'conflict', "rename one: volume name 'two' is already in use");
    await refused(
      'one',
      'one',
      'invalid-argument',
      'rename one: the new name is the same as the current name',
    );
    await refused('one', '', 'invalid-argument', 'rename one: the new name may not be empty');
    await rejects(volumes.rename('one', '../x'), { kind: 'invalid-argument' });
    using _hold = volumes.hold('one', { ...heldBy(), isSettled: () => false });
    await refused(
      'one',
      'three',
      'conflict',
      'rename one: volume is in use by a container that is being created',
    );
  });

  it('that a crash cut short is finished at boot', async () => {
    const { volumes, documents } = makeRoom(new Map(), new Map([['old', 'new']]));
    documents.set('new', { created: '2026-01-01T00:00:00Z', labels: null, options: null, anonymous: false });
    await volumes.restore();
    const changes: VolumeRename[] = [];
    using _hold = volumes.hold(
      'old',
      heldBy(async (change) => void changes.push(change)),
    );
    deepEqual(volumes.holders('new'), [CONTAINER]);
    await volumes.sweep();
    deepEqual(
      changes.map(({ from, to }) => [from, to]),
      [['old', 'new']],
    );
    await rejects(volumes.inspect('old'), { kind: 'not-found' });
  });
});

describe('files of a volume', () => {
  const signal = new AbortController().signal;
  const bytes = async function* stream(...parts: readonly string[]): AsyncGenerator<Uint8Array> {
    for (const part of parts) yield Buffer.from(part);
  };

  it('are exported while it can not be removed, mounted for the time', async () => {
    const { volumes, mounts } = makeRoom();
    await volumes.create({ name: 'memory', options: TMPFS });
    {
      await using archive = await volumes.export('memory');
      equal(mounts.standing.size, 1);
      await rejects(volumes.delete('memory', { force: true }), { kind: 'conflict' });
      for await (const _piece of archive.content) continue;
    }
    equal(mounts.standing.size, 0);
    await volumes.delete('memory', { force: false });
  });

  it('come into a volume of a new name, or into one that nobody has', async () => {
    const { volumes, told } = makeRoom();
    const tar = encodeTar([{ entry: { name: 'file' }, content: 'x' }]);
    const content = (): AsyncIterable<Uint8Array> => bytes(Buffer.from(tar).toString('latin1'));
    const made = await volumes.import('made', {
      content: content(),
      replace: false,
      labels: { a: '' },
      signal,
    });
    deepEqual([made.name, made.labels], ['made', { a: '' }]);
    equal(told.at(-1), 'import made {"driver":"local"}');
    await rejects(volumes.import('made', { content: content(), replace: false, signal }), {
      kind: 'conflict',
      message: "import made: volume name 'made' is already in use",
    });
    equal((await volumes.import('made', { content: content(), replace: true, signal })).name, 'made');
    using _hold = volumes.hold('made', heldBy());
    await rejects(volumes.import('made', { content: content(), replace: true, signal }), {
      kind: 'conflict',
    });
    await rejects(volumes.import('none', { content: content(), replace: true, signal }), {
      kind: 'not-found',
    });
    await rejects(volumes.import('none', { content: bytes('no tar'), replace: false, signal }), {
      kind: 'invalid-argument',
    });
    deepEqual(names(volumes), ['made']);
  });

  it('are cloned with the labels, or with others', async () => {
    const { volumes, told } = makeRoom();
    await volumes.create({ name: 'source', labels: { a: 'b' } });
    deepEqual((await volumes.clone('source', { newName: 'copy', signal })).labels, { a: 'b' });
    equal(told.at(-1), 'clone copy {"driver":"local","from":"source"}');
    deepEqual((await volumes.clone('source', { newName: 'other', labels: {}, signal })).labels, {});
    await rejects(volumes.clone('source', { newName: 'copy', signal }), {
      message: "clone source: volume name 'copy' is already in use",
    });
  });
});

describe('a volume with a size', () => {
  it('is limited where the file system can, and needs no mount', async () => {
    const limits = new Map<string, number>();
    const { volumes, documents } = makeRoom(new Map(), new Map(), limits);
    await volumes.create({ name: 'small', options: { size: '10m' } });
    deepEqual([...limits], [['/v/small/_data', 10 * 1024 * 1024]]);
    equal(volumes.needsMount('small'), false);
    equal(await volumes.mount('small', 'a'), '/v/small/_data');
    await rejects(volumes.create({ name: 'large', options: { size: '10g' } }), {
      message: 'create large: too much',
    });
    deepEqual([...documents.keys()], ['small']);
  });

  it('is refused elsewhere', async () => {
    const { volumes } = makeRoom();
    await rejects(volumes.create({ name: 'small', options: { size: '10m' } }), {
      kind: 'invalid-argument',
      message: 'create small: quota size requested but no quota support',
    });
  });
});
