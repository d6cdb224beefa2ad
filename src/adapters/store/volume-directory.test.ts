// SPDX-License-Identifier: Apache-2.0
import { deepEqual, equal, rejects } from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { VolumeDirectory } from './volume-directory.ts';

const folder = mkdtempSync(join(tmpdir(), 'berth-volume-store-'));
after(() => rmSync(folder, { recursive: true }));

let count = 0;
const fresh = async (): Promise<{ root: string; store: VolumeDirectory }> => {
  const root = join(folder, String((count += 1)));
  const store = new VolumeDirectory(root);
  await store.load();
  return { root, store };
};

const DURABLE = { durable: true };

describe('volumes on disk', () => {
  it('are made whole, read again and removed', async () => {
    const { root, store } = await fresh();
    await store.create('one', { created: 'then' }, DURABLE);
    deepEqual(await store.load(), [{ name: 'one', document: { created: 'then' } }]);
    deepEqual(readdirSync(join(root, 'one')).toSorted(), ['_data', 'opts.json']);
    await store.remove('one');
    await store.remove('one');
    deepEqual(readdirSync(root), []);
  });

  it('that a crash left half-made go, and those of somebody else stay', async () => {
    const { root, store } = await fresh();
    mkdirSync(join(root, '.staged-x/_data'), { recursive: true });
    mkdirSync(join(root, '.removed-x/_data'), { recursive: true });
    mkdirSync(join(root, 'strange/_data'), { recursive: true });
    writeFileSync(join(root, 'strange/_data/f'), '');
    await store.create('filled', {}, DURABLE);
    mkdirSync(join(root, 'filled/_data.filling'));
    deepEqual(
      (await store.load()).map(({ name }) => name),
      ['filled'],
    );
    deepEqual(readdirSync(root).toSorted(), ['filled', 'strange']);
    deepEqual(readdirSync(join(root, 'filled')).toSorted(), ['_data', 'opts.json']);
    // Who asks for that name has the files that are there.
    await store.create('strange', {}, DURABLE);
    deepEqual(readdirSync(join(root, 'strange/_data')), ['f']);
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
