// SPDX-License-Identifier: Apache-2.0
import { deepEqual, doesNotThrow, equal, rejects, throws } from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { createTestRoom, type TestRoom } from '../../../test/support/container-room.ts';
import { sampleContainer } from '../../../test/support/sample-container.ts';
import { createFakeContainerFiles, type FakeContainerFiles } from '../../adapters/container-files/fake.ts';
import { containerConfig } from '../../spec/container-config.ts';
import { networkingConfig } from '../../spec/endpoint-settings.ts';
import { hostConfig } from '../../spec/host-config.ts';
import { readTar } from '../../spec/tar/read.ts';
import { encodeTar } from '../../spec/tar/write.ts';
import { assertWritable, extractArchive } from './archive-extract.ts';
import { archiveInfo } from './archive-info.ts';
import { archivePath } from './archive.ts';
import type { MountPoint } from './container.ts';
import type { ArchiveStream } from './containers.ts';
import { createContainer } from './create.ts';
import { exportContainer } from './export.ts';

const { signal } = new AbortController();
let root = '';
let files: FakeContainerFiles;
let room: TestRoom;

before(async () => {
  root = mkdtempSync(join(tmpdir(), 'berth-archive-'));
  mkdirSync(join(root, 'a/b'), { recursive: true });
  writeFileSync(join(root, 'a/f'), 'text');
  symlinkSync('/a/b', join(root, 'link'));
  files = createFakeContainerFiles(root);
  room = createTestRoom({ files });
  await createContainer(
    room.core,
    {
      name: 'web',
      config: { ...containerConfig.zero, image: 'busybox', volumes: { '/data': {} } },
      hostConfig: hostConfig.zero,
      networking: networkingConfig.zero,
      warnings: [],
    },
    { signal },
  );
});

after(() => rmSync(root, { recursive: true }));

const namesOf = async (archive: ArchiveStream): Promise<readonly string[]> => {
  using stream = archive;
  const names: string[] = [];
  for await (const { entry } of readTar(stream.content)) names.push(entry.name);
  return names;
};

const OWNER = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  if (bytes.length > 0) yield bytes;
}

const extract = async (path: string, bytes: Uint8Array): Promise<void> =>
  extractArchive(room.core, 'web', {
    path,
    content: once(bytes),
    keepKinds: false,
    ownedByUser: false,
    signal,
  });

test('a path is described; a link with the place it leads to', async () => {
  const { name, size, linkTarget } = await archiveInfo(room.core, 'web', '/a/f');
  deepEqual([name, size, linkTarget], ['f', 4, '']);
  equal((await archiveInfo(room.core, 'web', 'link')).linkTarget, '/a/b');
  await rejects(archiveInfo(room.core, 'web', '/none'), {
    kind: 'not-found',
    message: 'Could not find the file /none in container web',
  });
  equal(files.openViews(), 0);
});

test('an archive begins with the name asked for, the content alone with a dot', async () => {
  deepEqual(await namesOf(await archivePath(room.core, 'web', '/a')), ['a/', 'a/b/', 'a/f']);
  deepEqual(await namesOf(await archivePath(room.core, 'web', '/a/.')), ['./', './b/', './f']);
  deepEqual(await namesOf(await archivePath(room.core, 'web', '/link')), ['link']);
  deepEqual(await namesOf(await archivePath(room.core, 'web', '/link/')), ['link/']);
  equal(files.openViews(), 0);
  equal(room.actions().at(-1), 'container archive-path');
});

test('volumes are there for a copy and not for an export', async () => {
  deepEqual(await namesOf(await exportContainer(room.core, 'web')), ['a/', 'a/b/', 'a/f', 'link']);
  deepEqual(files.plans.at(-1)?.mounts, []);
  await archiveInfo(room.core, 'web', '/');
  const placed = files.plans.at(-1)?.mounts.map(({ destination }) => destination) ?? [];
  deepEqual(placed, ['/data', '/etc/resolv.conf', '/etc/hostname', '/etc/hosts']);
});

test('a packed archive is unpacked where the path leads', async () => {
  const bytes = encodeTar([{ entry: { name: 'new', ...OWNER }, content: 'told' }]);
  await extract('/link', gzipSync(bytes));
  equal(readFileSync(join(root, 'a/b/new'), 'utf8'), 'told');
  equal(room.actions().at(-1), 'container extract-to-dir');
  await extract('/a', new Uint8Array(0));
});

test('what can be no target is refused before anything is written', async () => {
  await rejects(extract('/none', new Uint8Array(0)), { kind: 'not-found' });
  await rejects(extract('/a/f', new Uint8Array(0)), {
    kind: 'invalid-argument',
    message: 'extraction point is not a directory',
  });
  await rejects(extract('/a', Buffer.from('no archive')), { kind: 'internal', message: 'unexpected EOF' });
  equal(files.openViews(), 0);
});

test('read-only places are not written: the nearest mount decides', () => {
  const point = (destination: string, readWrite: boolean): MountPoint => ({
    type: 'volume',
    name: 'v',
    source: '/v',
    destination,
    driver: 'local',
    mode: '',
    readWrite,
    propagation: '',
    createSource: false,
  });
  const mountPoints = [point('/data', true), point('/data/fixed', false)];
  const container = sampleContainer({ hostConfig: { readonlyRootfs: true }, container: { mountPoints } });
  doesNotThrow(() => assertWritable(container, '/data/x'));
  throws(() => assertWritable(container, '/data/fixed/x'), { message: 'mounted volume is marked read-only' });
  throws(() => assertWritable(container, '/database'), {
    kind: 'invalid-argument',
    message: 'container rootfs is marked read-only',
  });
});
