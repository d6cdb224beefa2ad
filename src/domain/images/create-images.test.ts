// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ContainerId } from '../../base/ids.ts';
import { hexOf } from '../../spec/digest.ts';
import { sampleImage, sampleRoom } from '../../../test/support/sample-images.ts';

test('a loaded image is found by name, id and the beginning of it', async () => {
  const { images, load } = await sampleRoom();
  const image = sampleImage();
  assert.deepEqual(await load(image, ['busybox:latest', 'a/b:1']), [
    'Loaded image: busybox:latest',
    'Loaded image: a/b:1',
  ]);
  const hex = hexOf(image.id);
  for (const text of ['busybox', 'docker.io/library/busybox:latest', 'a/b:1', image.id, hex, hex.slice(0, 5)])
    assert.equal(images.resolve(text).id, image.id, text);
  assert.deepEqual(images.resolve('busybox').repoTags, ['a/b:1', 'busybox:latest']);
  assert.equal(images.count, 1);
});

test('what is not there is named as Docker names it', async () => {
  const { images } = await sampleRoom();
  const missing = (text: string, message: string) =>
    assert.throws(() => images.resolve(text), { kind: 'not-found', message });
  missing('x', 'No such image: x:latest');
  missing('docker.io/library/x:1', 'No such image: x:1');
  missing('sha256:zz', 'No such image: sha256:zz');
  missing('a'.repeat(64), `No such image: sha256:${'a'.repeat(64)}`);
  missing(`x@sha256:${'a'.repeat(64)}`, `No such image: x@sha256:${'a'.repeat(64)}`);
  assert.throws(() => images.resolve('UP'), { kind: 'invalid-argument' });
});

test('an image for another machine is not what was asked for', async () => {
  const { images, load } = await sampleRoom();
  await load(sampleImage(), ['x:1']);
  assert.ok(images.resolve('x:1', { os: 'linux', architecture: 'amd64' }));
  assert.throws(() => images.resolve('x:1', { os: 'linux', architecture: 'arm64' }), {
    kind: 'not-found',
    message:
      'image with reference x:1 was found but its platform (linux/amd64) does not match the specified platform (linux/arm64)',
  });
});

test('a tag that moves leaves its image behind, unnamed', async () => {
  const { images, load } = await sampleRoom();
  const [first, second] = [sampleImage({ layers: ['1'] }), sampleImage({ layers: ['2'] })];
  await load(first, ['x:1']);
  assert.deepEqual(await load(second, ['x:1']), [
    `The image x:1 already exists, renaming the old one with ID ${first.id} to empty string`,
    'Loaded image: x:1',
  ]);
  assert.deepEqual(images.resolve(first.id).repoTags, []);
  const dangling = images.list({ all: false, filters: { dangling: ['true'] } });
  assert.deepEqual(
    dangling.map(({ id }) => id),
    [first.id],
  );
});

test('a tag is saved, shown, told and dated', async () => {
  const { images, load, events, restart } = await sampleRoom();
  const image = sampleImage({ labels: { k: 'v' } });
  await load(image, ['x:1']);
  await images.tag('x:1', 'y', '');
  await images.tag('x:1', 'y:2', '3');
  assert.deepEqual(images.resolve('y').repoTags, ['x:1', 'y:3', 'y:latest']);
  assert.deepEqual(
    events.slice(-2).map(({ action, actor, attributes }) => [action, actor, attributes]),
    [
      ['tag', image.id, { k: 'v', name: 'y:latest' }],
      ['tag', image.id, { k: 'v', name: 'y:3' }],
    ],
  );
  const found = (await restart()).resolve('y:3');
  assert.deepEqual(found, images.resolve('y:3'));
  assert.ok(found.lastTagged !== undefined);
});

test('a tag that makes no sense is refused in Docker’s words', async () => {
  const { images, load } = await sampleRoom();
  await load(sampleImage(), ['x:1']);
  const refused = (repository: string, tag: string, message: string) =>
    assert.rejects(images.tag('x:1', repository, tag), { kind: 'invalid-argument', message });
  await refused(`y@sha256:${'a'.repeat(64)}`, '', 'cannot import digest reference');
  await refused('sha256', 'x', 'refusing to create an ambiguous tag using digest algorithm as name');
  await refused('y', '.', 'invalid tag format');
  await assert.rejects(images.tag('z', 'y', ''), { kind: 'not-found' });
});

test('what a container writes on is made, found, and swept when nobody knows the container', async () => {
  const { images, load } = await sampleRoom();
  await load(sampleImage(), ['x:1']);
  const [one, two] = ['a', 'b'].map((char) => char.repeat(64) as ContainerId) as [ContainerId, ContainerId];
  for (const id of [one, two]) await images.prepareRootfs(id, images.resolve('x:1'));
  await assert.rejects(images.prepareRootfs(one, images.resolve('x:1')), { kind: 'conflict' });
  assert.equal(await images.rootfsUsage(one), 100);
  assert.equal(await images.sweepRootfs((id) => id === one), 1);
  await assert.rejects(images.rootfs(two), { kind: 'not-found' });
  await images.removeRootfs(one);
  await images.removeRootfs(one);
});

test('layers that somebody removed are unpacked again for a container', async () => {
  const { images, containerd, load } = await sampleRoom();
  const image = sampleImage({ layers: ['1', '2'] });
  await load(image, ['x:1']);
  const { chainId } = images.resolve('x:1');
  await containerd.snapshots.remove(chainId ?? '');
  await images.prepareRootfs('a'.repeat(64) as ContainerId, images.resolve('x:1'));
  assert.equal((await containerd.snapshots.stat(chainId ?? '')).kind, 'committed');
});
