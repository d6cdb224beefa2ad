// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isKind } from '../../base/errors.ts';
import type { ContractSubject } from './contract-subject.ts';

/** What every snapshot service keeps. */
export const snapshotsContract = (name: string, subject: () => ContractSubject): void => {
  void test(`${name}: a snapshot is prepared, committed, and the parent of the next one`, async () => {
    const { snapshots, lease } = subject();
    assert.ok((await snapshots.prepare('base-work', '', { lease, labels: { a: '1' } })).length > 0);
    assert.equal((await snapshots.stat('base-work')).kind, 'active');
    await snapshots.commit('base', 'base-work', { lease, labels: { b: '2' } });
    assert.deepEqual(await snapshots.stat('base'), {
      key: 'base',
      parent: '',
      kind: 'committed',
      labels: { b: '2' },
    });
    const mounts = await snapshots.prepare('child', 'base', { lease });
    assert.deepEqual(await snapshots.mounts('child'), mounts);
    await snapshots.view('seen', 'base', { lease });
    assert.equal((await snapshots.stat('seen')).kind, 'view');
    assert.ok((await snapshots.usage('child')).inodes > 0);
    const listed = await Array.fromAsync(snapshots.list(['parent==base']));
    assert.deepEqual(listed.map(({ key }) => key).toSorted(), ['child', 'seen']);
    await assert.rejects(snapshots.remove('base'), (error) => isKind(error, 'conflict'));
    for (const key of ['child', 'seen', 'base']) await snapshots.remove(key);
  });

  void test(`${name}: a taken key is a conflict and a missing one is not found`, async () => {
    const { snapshots, lease } = subject();
    await snapshots.prepare('taken', '', { lease });
    await assert.rejects(snapshots.prepare('taken', ''), (error) => isKind(error, 'conflict'));
    await snapshots.remove('taken');
    const missing = [
      () => snapshots.stat('taken'),
      () => snapshots.usage('taken'),
      () => snapshots.mounts('taken'),
      () => snapshots.remove('taken'),
      () => snapshots.prepare('orphan', 'taken'),
      () => snapshots.commit('other', 'taken'),
    ];
    for (const call of missing) await assert.rejects(call, (error) => isKind(error, 'not-found'));
  });
};
