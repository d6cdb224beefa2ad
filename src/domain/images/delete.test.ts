// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ContainerId } from '../../base/ids.ts';
import { shortId } from '../../base/ids.ts';
import { parseReference } from '../../spec/reference.ts';
import { isSingleReference } from './delete.ts';
import { sampleImage, sampleRoom } from '../../../test/support/sample-images.ts';

const CONTAINER = 'c'.repeat(64) as ContainerId;
const SHORT = 'c'.repeat(12);
const plain = { force: false, noPrune: false };
const forced = { force: true, noPrune: false };
const running = { container: CONTAINER, isRunning: () => true };
const stopped = { container: CONTAINER, isRunning: () => false };

const room = async (tags: readonly string[]) => {
  const image = sampleImage({ layers: ['1', '2'] });
  const made = await sampleRoom();
  await made.load(image, tags);
  const { diffIds, chainId } = made.images.resolve(image.id);
  return { ...made, id: image.id, short: shortId(image.id), chains: [chainId, diffIds[0]] };
};

test('a name goes alone while the image has others', async () => {
  const { images, events, id } = await room(['x:1', 'x:2']);
  assert.deepEqual(await images.delete('x:1', plain), [{ untagged: 'x:1' }]);
  assert.deepEqual(images.resolve(id).repoTags, ['x:2']);
  assert.deepEqual(events.at(-1), { type: 'image', action: 'untag', actor: id, attributes: { name: id } });
});

test('with its last name the image goes, and its layers, top first', async () => {
  const { images, events, id, chains, restart } = await room(['x:1']);
  const rows = [{ untagged: 'x:1' }, { deleted: id }, ...chains.map((deleted) => ({ deleted }))];
  assert.deepEqual(await images.delete('x:1', plain), rows);
  assert.equal(images.count, 0);
  assert.deepEqual(
    events.slice(-2).map(({ action }) => action),
    ['untag', 'delete'],
  );
  assert.equal((await restart()).count, 0);
});

test('layers that another image has are kept', async () => {
  const { images, load, id, chains } = await room(['x:1']);
  await load(sampleImage({ layers: ['1', '3'] }), ['y:1']);
  const rows = await images.delete(id, plain);
  assert.deepEqual(rows, [{ untagged: 'x:1' }, { deleted: id }, { deleted: chains[0] }]);
});

test('several repositories need force, by id', async () => {
  const { images, id, short } = await room(['x:1', 'y:1']);
  await assert.rejects(images.delete(short, plain), {
    kind: 'conflict',
    message: `conflict: unable to delete ${short} (must be forced) - image is referenced in multiple repositories`,
  });
  const rows = await images.delete(short, forced);
  assert.deepEqual(rows.slice(0, 3), [{ untagged: 'x:1' }, { untagged: 'y:1' }, { deleted: id }]);
});

test('an image that a stopped container uses needs force, and leaves the layers with the container', async () => {
  const { images, id, short } = await room(['x:1']);
  using _hold = images.hold(id, stopped);
  assert.equal(images.holders(id), 1);
  await assert.rejects(images.delete('x:1', plain), {
    message: `conflict: unable to remove repository reference "x:1" (must force) - container ${SHORT} is using its referenced image ${short}`,
  });
  await assert.rejects(images.delete(id, plain), {
    message: `conflict: unable to delete ${short} (must be forced) - image is being used by stopped container ${SHORT}`,
  });
  assert.deepEqual(await images.delete('x:1', forced), [{ untagged: 'x:1' }, { deleted: id }]);
});

test('an image that a running container uses stays, even by force', async () => {
  const { images, id, short } = await room(['x:1']);
  const hold = images.hold(id, running);
  await assert.rejects(images.delete(id, forced), {
    message: `conflict: unable to delete ${short} (cannot be forced) - image is being used by running container ${SHORT}`,
  });
  assert.deepEqual(await images.delete('x:1', forced), [{ untagged: 'x:1' }]);
  assert.deepEqual(images.resolve(id).repoTags, []);
  hold[Symbol.dispose]();
  assert.equal(images.holders(id), 0);
  assert.equal((await images.delete(id, plain)).length, 3);
});

test('no name at all is told', async () => {
  const { images } = await sampleRoom();
  await assert.rejects(images.delete(' ', plain), {
    kind: 'invalid-argument',
    message: 'image name cannot be blank',
  });
});

test('one tag and digests of its repository are a single reference', () => {
  const of = (...texts: readonly string[]) => isSingleReference(texts.map(parseReference));
  const digest = `@sha256:${'a'.repeat(64)}`;
  assert.ok(of('x:1'));
  assert.ok(of('x:1', `x${digest}`));
  assert.ok(of(`x${digest}`, `x@sha256:${'b'.repeat(64)}`));
  assert.ok(!of('x:1', 'x:2'));
  assert.ok(!of('x:1', `y${digest}`));
});
