// SPDX-License-Identifier: Apache-2.0
import { deepEqual, equal, ok, rejects } from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { silentLog } from '../../base/log.ts';
import { VolumeDirectory } from './volume-directory.ts';

const folder = mkdtempSync(join(tmpdir(), 'berth-volume-store-'));
after(() => rmSync(folder, { recursive: true }));

let count = 0;
const fresh = async (): Promise<{ root: string; store: VolumeDirectory; warnings: readonly string[] }> => {
  const root = join(folder, String((count += 1)));
  const warnings: string[] = [];
  const log = { ...silentLog, warn: (text: string) => void warnings.push(text) };
  const store = new VolumeDirectory(root, log);
  await store.load();
  return { root, store, warnings };
};

const DURABLE = { durable: true };

describe('volumes on disk', () => {
  it('are made whole, read again and removed', async () => {
    const { root, store } = await fresh();
    await store.create('one', { Created: 'then' }, DURABLE);
    deepEqual(await store.load(), [{ name: 'one', document: { Created: 'then' } }]);
    deepEqual(readdirSync(join(root, 'one')).toSorted(), ['_data', 'opts.json']);
    await store.remove('one');
    await store.remove('one');
    deepEqual(readdirSync(root), []);
  });

  it('that a crash left half-made go, and directories of somebody else stay', async () => {
    const { root, store } = await fresh();
    mkdirSync(join(root, 'lost+found'));
    writeFileSync(join(root, 'metadata.db'), '');
    mkdirSync(join(root, '.staged-x/_data'), { recursive: true });
    mkdirSync(join(root, '.removed-x/_data'), { recursive: true });
    mkdirSync(join(root, 'strange/_data'), { recursive: true });
    writeFileSync(join(root, 'strange/_data/f'), '');
    await store.create('filled', {}, DURABLE);
    mkdirSync(join(root, 'filled/_data.filling'));
    deepEqual((await store.load()).map(({ name }) => name).toSorted(), ['filled', 'strange']);
    deepEqual(readdirSync(root).toSorted(), ['filled', 'lost+found', 'metadata.db', 'strange']);
    deepEqual(readdirSync(join(root, 'filled')).toSorted(), ['_data', 'opts.json']);
    // Who asks for that name has the files that are there.
    await store.create('strange', {}, DURABLE);
    deepEqual(readdirSync(join(root, 'strange/_data')), ['f']);
  });

  it('whose document is damaged are told of and left alone', async () => {
    const { root, store, warnings } = await fresh();
    for (const [name, text] of [
      ['cut', '{"Created":'],
      ['number', '5'],
    ] as const) {
      await store.create(name, {}, DURABLE);
      writeFileSync(join(root, name, 'opts.json'), text);
    }
    deepEqual(await store.load(), []);
    deepEqual(warnings, [
      'a volume could not be read and is left alone',
      'a volume could not be read and is left alone',
    ]);
    deepEqual(readdirSync(join(root, 'cut')).toSorted(), ['_data', 'opts.json']);
  });

  it('whose data lie elsewhere by a link are not removed', async () => {
    const { root, store } = await fresh();
    const elsewhere = mkdtempSync(join(folder, 'elsewhere-'));
    for (const [name, link] of [
      ['whole', 'whole'],
      ['data', 'data/_data'],
    ] as const) {
      await store.create(name, {}, DURABLE);
      rmSync(join(root, link), { recursive: true });
      mkdirSync(join(elsewhere, link), { recursive: true });
      symlinkSync(join(elsewhere, link), join(root, link));
    }
    mkdirSync(join(elsewhere, 'whole/_data'));
    writeFileSync(join(elsewhere, 'data/_data/f'), '');
    for (const name of ['whole', 'data'])
      await rejects(store.remove(name), /outside of the local volume root/);
    deepEqual(readdirSync(root).toSorted(), ['data', 'whole']);
    deepEqual(readdirSync(join(elsewhere, 'data/_data')), ['f']);
    deepEqual(readdirSync(join(elsewhere, 'whole')), ['_data']);
  });

  it('with names that no directory can have are refused', async () => {
    const { root, store } = await fresh();
    const name = 'x'.repeat(256);
    await rejects(store.create(name, {}, DURABLE), {
      message: `error while creating volume root path '${join(root, name)}': mkdir ${join(root, name)}: file name too long`,
    });
    deepEqual(readdirSync(root), []);
  });

  it('that dockerd has made keep what it says of them', async () => {
    const { root, store } = await fresh();
    mkdirSync(join(root, 'memory/_data'), { recursive: true });
    writeFileSync(join(root, 'memory/opts.json'), '{"MountType":"tmpfs","MountOpts":"","MountDevice":"x"}');
    const [found] = await store.load();
    const { Created: created, ...said } = (found?.document ?? {}) as { Created: string };
    ok(Date.parse(created) > 0);
    deepEqual(said, { MountType: 'tmpfs', MountOpts: '', MountDevice: 'x' });
  });

  it('whose document a power failure has emptied are there all the same', async () => {
    const { root, store } = await fresh();
    await store.create('cut', {}, DURABLE);
    writeFileSync(join(root, 'cut/opts.json'), '');
    const [found] = await store.load();
    equal(found?.name, 'cut');
  });

  it('have both names until the former one is forgotten', async () => {
    const { root, store } = await fresh();
    await store.create('old', {}, DURABLE);
    writeFileSync(join(root, 'old/_data/f'), '');
    await store.rename('old', 'new');
    for (const name of ['old', 'new']) deepEqual(readdirSync(join(root, name, '_data')), ['f']);
    symlinkSync('never', join(root, 'never'));
    deepEqual([...(await store.formerNames())], [['old', 'new']]);
    deepEqual(
      (await store.load()).map(({ name }) => name),
      ['new'],
    );
    await store.forget('old');
    deepEqual(readdirSync(root), ['new']);
    await store.create('other', {}, DURABLE);
    await rejects(store.rename('new', 'other'), { kind: 'conflict' });
    deepEqual(readdirSync(root).toSorted(), ['new', 'other']);
  });

  it('that are staged are seen by nobody before they are kept, and go if they are not', async () => {
    const { root, store } = await fresh();
    {
      await using staged = await store.stage();
      writeFileSync(join(staged.directory, 'f'), '');
      await staged.keep('kept', {}, DURABLE);
    }
    {
      await using staged = await store.stage();
      await rejects(staged.keep('kept', {}, DURABLE), { kind: 'conflict' });
      writeFileSync(join(staged.directory, 'g'), '');
      await staged.replace('kept');
    }
    deepEqual(readdirSync(root), ['kept']);
    deepEqual(readdirSync(join(root, 'kept/_data')), ['g']);
  });
});
