// SPDX-License-Identifier: Apache-2.0
import { deepEqual, equal, rejects } from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { EngineError } from '../../base/errors.ts';
import { ContainerDirectory } from './container-directory.ts';

const root = mkdtempSync(join(tmpdir(), 'berth-store-'));
after(() => rmSync(root, { recursive: true }));

const id = 'ab'.repeat(32);
const fresh = (): { store: ContainerDirectory; path: string } => {
  const path = mkdtempSync(join(root, 'c-'));
  return { store: new ContainerDirectory(path), path };
};

test('what is saved is found again, and a later save leaves what it does not bring', async () => {
  const { store } = fresh();
  await store.save(id, { config: { State: 1 }, hostConfig: { Memory: 2 } }, { durable: true });
  await store.save(id, { config: { State: 3 } }, { durable: false });
  deepEqual(await store.load(), [{ id, config: { State: 3 }, hostConfig: { Memory: 2 } }]);
});

test('a new container is not there before all of it is', async () => {
  const { store, path } = fresh();
  const documents = { config: {}, hostConfig: {} };
  const filled = Promise.withResolvers<undefined>();
  const saving = store.save(id, documents, { durable: true, complete: filled.promise });
  while (readdirSync(path).length === 0) await new Promise(setImmediate);
  // What a daemon finds that starts after a kill.
  deepEqual(readdirSync(path), [`.${id}`]);
  filled.resolve(undefined);
  await saving;
  deepEqual(readdirSync(path), [id]);
  const complete = Promise.reject(new EngineError('internal', 'no room'));
  complete.catch(() => undefined);
  await rejects(store.save('other', documents, { durable: true, complete }), { message: 'no room' });
  deepEqual(readdirSync(path), [id]);
});

test('documents are for root alone, the directory may be entered by its group', async () => {
  const { store, path } = fresh();
  await store.save(id, { config: {}, hostConfig: {} }, { durable: false });
  equal(statSync(join(path, id)).mode & 0o777, 0o710);
  for (const name of ['config.v2.json', 'hostconfig.json'])
    equal(statSync(join(path, id, name)).mode & 0o777, 0o600);
  deepEqual(readdirSync(join(path, id)).toSorted(), ['config.v2.json', 'hostconfig.json']);
});

test('what a crash left half made or half removed is cleared away; what is corrupt is told and kept', async () => {
  const { store, path } = fresh();
  mkdirSync(join(path, `.${id}`));
  mkdirSync(join(path, id));
  writeFileSync(join(path, id, 'config.v2.json'), '{');
  const [found, ...rest] = await store.load();
  equal(found?.id, id);
  equal(found !== undefined && 'broken' in found, true);
  deepEqual([rest, readdirSync(path)], [[], [id]]);
});

test('a removed container is gone, and removing it again is no error', async () => {
  const { store, path } = fresh();
  await store.save(id, { config: {}, hostConfig: {} }, { durable: false });
  await store.remove(id);
  await store.remove(id);
  deepEqual(readdirSync(path), []);
});
