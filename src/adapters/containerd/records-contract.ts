// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isKind } from '../../base/errors.ts';
import { sha256 } from '../../spec/digest.ts';
import type { ContractSubject } from './contract-subject.ts';

const target = (text: string) => ({
  mediaType: 'application/vnd.oci.image.manifest.v1+json',
  digest: sha256(text),
  size: text.length,
});

/** What every store of records keeps. */
export const recordsContract = (name: string, subject: () => ContractSubject): void => {
  void test(`${name}: an image record is put, replaced with its labels, found and deleted`, async () => {
    const { images, lease } = subject();
    const first = { name: 'docker.io/library/one:1', target: target('first'), labels: { old: '1' } };
    await images.put(first, { lease });
    assert.deepEqual(await images.get(first.name), first);
    const second = { name: first.name, target: target('second'), labels: { new: '2' } };
    await images.put(second, { lease });
    assert.deepEqual(await images.get(first.name), second);
    assert.deepEqual(await images.list([`name==${first.name}`]), [second]);
    assert.deepEqual(await images.list(['name==nothing']), []);
    await images.delete(first.name, { sync: true });
    for (const call of [() => images.get(first.name), () => images.delete(first.name)])
      await assert.rejects(call, (error) => isKind(error, 'not-found'));
  });

  void test(`${name}: a lease is made under a given or an own id and ends once or twice`, async () => {
    const { leases } = subject();
    assert.equal(await leases.create({ id: 'mine', labels: { a: '1' } }), 'mine');
    await assert.rejects(leases.create({ id: 'mine' }), (error) => isKind(error, 'conflict'));
    const own = await leases.create({ expiresIn: 60_000 });
    assert.ok((await leases.list()).some(({ id }) => id === own));
    assert.equal((await leases.list(['id==mine']))[0]?.labels['a'], '1');
    await leases.addResource('mine', { type: 'content', id: sha256('any') });
    for (const id of ['mine', own, own]) await leases.delete(id);
    assert.ok(!(await leases.list()).some(({ id }) => id === own || id === 'mine'));
  });

  void test(`${name}: a container record is made once, listed with its labels and deleted once`, async () => {
    const { containers } = subject();
    const record = {
      id: 'record',
      image: '',
      snapshotter: '',
      snapshotKey: '',
      runtime: 'io.containerd.runc.v2',
      spec: { ociVersion: '1.0.2', big: 9_007_199_254_740_993n },
      labels: { a: '1' },
    };
    await containers.create(record);
    await assert.rejects(containers.create(record), (error) => isKind(error, 'conflict'));
    assert.deepEqual(await containers.list(['labels."a"==1']), [{ id: 'record', labels: { a: '1' } }]);
    await containers.delete('record');
    await assert.rejects(containers.delete('record'), (error) => isKind(error, 'not-found'));
  });
};
