// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { silentLog } from '../../base/log.ts';
import { openEventStore, type StoredEvent } from './event-store.ts';

const directory = mkdtempSync(join(tmpdir(), 'berth-events-'));
after(() => rmSync(directory, { recursive: true }));

const at = (time: number): StoredEvent => ({
  type: 'container',
  action: 'start',
  actor: 'abc',
  attributes: { name: 'n' },
  at: 1_700_000_000_000_000_000n + BigInt(time),
});

test('events are there again when the file is opened anew', () => {
  const path = join(directory, 'again.db');
  {
    using store = openEventStore(path, { keep: 100, log: silentLog });
    store.append([at(1), at(2), at(3)]);
  }
  using store = openEventStore(path, { keep: 100, log: silentLog });
  assert.deepEqual(store.read(at(1).at, at(2).at, 10), [at(2)]);
  assert.equal(store.newest, at(3).at);
});

test('the oldest are forgotten beyond the limit', () => {
  using store = openEventStore(join(directory, 'keep.db'), { keep: 10, log: silentLog });
  for (let time = 0; time < 30; time += 1) store.append([at(time)]);
  const left = store.read(0n, at(100).at, 100);
  assert.ok(left.length <= 11);
  assert.equal(left.at(-1)?.at, at(29).at);
});

test('a file that is no database is put aside and kept', () => {
  const path = join(directory, 'corrupt.db');
  writeFileSync(path, 'x'.repeat(5000));
  using store = openEventStore(path, { keep: 10, log: silentLog });
  store.append([at(1)]);
  assert.equal(store.newest, at(1).at);
  assert.ok(readdirSync(directory).some((name) => name.startsWith('corrupt.db.corrupt-')));
});
