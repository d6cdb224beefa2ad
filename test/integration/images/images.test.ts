// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { lstatSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { type ContainerId, randomId } from '../../../src/base/ids.ts';
import type { StartableImages } from '../../../src/domain/images/index.ts';
import { encodeTar } from '../../../src/spec/tar/write.ts';
import { buildImage, busyboxLayer, dockerArchive, fileLayer } from '../../support/image-archive.ts';
import {
  type ImagesRoom,
  type PrivateContainerd,
  startContainerd,
  startImages,
  streamOf,
} from '../../support/images-room.ts';
import { type LocalRegistry, startLocalRegistry } from '../../support/local-registry.ts';
import { pushImage, pushIndex } from '../../support/push-image.ts';
import { linesOf, textsOf } from '../../support/sample-images.ts';
import { type Script, startScriptedRegistry } from '../../support/scripted-registry.ts';

interface Held {
  readonly containerd: PrivateContainerd;
  readonly registry: LocalRegistry;
  readonly room: ImagesRoom;
}
const held: { all?: Held } = {};

before(async () => {
  const [containerd, registry] = await Promise.all([startContainerd(), startLocalRegistry()]);
  held.all = { containerd, registry, room: await startImages(containerd) };
});
after(async () => {
  await held.all?.registry[Symbol.asyncDispose]();
  await held.all?.containerd[Symbol.asyncDispose]();
});

const all = (): Held => {
  assert.ok(held.all);
  return held.all;
};

const { signal } = new AbortController();
const plain = { force: false, noPrune: false };

const load = async (bytes: Uint8Array, chunk?: number) =>
  textsOf(await linesOf(all().room.images.load(streamOf(bytes, chunk), { quiet: true, signal })));

const pull = async (reference: string, images: StartableImages = all().room.images, abort = signal) =>
  textsOf(await linesOf(images.pull({ reference, allTags: false, metaHeaders: {}, signal: abort })));

/** What containerd holds beside what it needs itself. */
const inventory = async () => {
  const { content, snapshots, images, leases } = all().containerd.containerd;
  const [blobs, layers] = [[], []] as [string[], string[]];
  for await (const { digest } of content.list()) blobs.push(digest);
  for await (const { key } of snapshots.list()) layers.push(key);
  const [names, holds, ingests] = [await images.list(), await leases.list(), await content.listStatuses()];
  return { blobs, layers, names: names.length, leases: holds.length, ingests: ingests.length };
};

const EMPTY = { blobs: [], layers: [], names: 0, leases: 0, ingests: 0 };

test('a loaded image is unpacked, outlives the daemon, carries a container and goes without a trace', async () => {
  const { room, containerd } = all();
  const whiteout = [{ entry: { name: 'etc/.wh.group' } }, { entry: { name: 'x' }, content: 'hello' }];
  const image = buildImage({ tags: ['bb:1', 'bb:2'], layers: [busyboxLayer(), whiteout] });
  assert.deepEqual(await load(dockerArchive(image)), ['Loaded image: bb:1', 'Loaded image: bb:2']);
  const { images } = await startImages(containerd);
  const found = images.resolve('bb:1');
  assert.deepEqual(found, room.images.resolve('bb:1'));
  const container = randomId<ContainerId>();
  const rootfs = await images.prepareRootfs(container, found);
  const [top = '', base = ''] = rootfs.lowerDirectories;
  assert.equal(readFileSync(join(top, 'x'), 'utf8'), 'hello');
  assert.ok(lstatSync(join(top, 'etc/group')).isCharacterDevice());
  assert.ok(readdirSync(join(base, 'bin')).includes('busybox'));
  assert.equal(await images.rootfsUsage(container), 0);
  await assert.rejects(images.prepareRootfs(container, found), { kind: 'conflict' });
  await images.removeRootfs(container);
  await images.delete('bb:2', plain);
  assert.deepEqual((await images.delete('bb:1', plain)).slice(0, 2), [
    { untagged: 'bb:1' },
    { deleted: image.id },
  ]);
  assert.deepEqual(await inventory(), EMPTY);
});

test('a container’s layers outlive their image', async () => {
  const { images } = await startImages(all().containerd);
  const image = buildImage({ tags: ['gone:1'] });
  await linesOf(images.load(streamOf(dockerArchive(image)), { quiet: true, signal }));
  const container = randomId<ContainerId>();
  await images.prepareRootfs(container, images.resolve('gone:1'));
  await images.delete('gone:1', { force: true, noPrune: false });
  const { lowerDirectories } = await images.rootfs(container);
  assert.ok(readdirSync(join(lowerDirectories[0] ?? '', 'bin')).includes('sh'));
  assert.equal(await images.sweepRootfs(() => false), 1);
});

test('sizes are those of the files', async () => {
  const image = buildImage({
    tags: ['sized:1'],
    layers: [fileLayer('a', 'x'.repeat(1000)), fileLayer('b', 'yy')],
  });
  await load(dockerArchive(image));
  const { images } = all().room;
  assert.equal(images.resolve('sized:1').size, 1002);
  assert.deepEqual(
    images.resolve('sized:1').history.map(({ size }) => size),
    [1000, 2],
  );
  await images.delete('sized:1', plain);
});

test('archives are read in every packing, and so are layers', async () => {
  const archive = dockerArchive(buildImage({ tags: ['packed:1'] }));
  const run = (program: string) =>
    execFileSync(program, ['-c', '-1'], { input: archive, maxBuffer: 1 << 28 });
  for (const bytes of [gzipSync(archive), zstdCompressSync(archive), run('xz'), run('bzip2')]) {
    assert.deepEqual(await load(bytes), ['Loaded image: packed:1']);
    await all().room.images.delete('packed:1', plain);
  }
  const { config, layers } = buildImage();
  const tar = Buffer.from(layers[0]?.tar ?? '');
  for (const packed of [
    gzipSync(tar),
    execFileSync('xz', ['-c', '-1'], { input: tar, maxBuffer: 1 << 28 }),
  ]) {
    const manifest = JSON.stringify([{ Config: 'c.json', RepoTags: ['inner:1'], Layers: ['l.tar'] }]);
    const members = [
      { entry: { name: 'c.json' }, content: config },
      { entry: { name: 'l.tar' }, content: packed },
      { entry: { name: 'manifest.json' }, content: manifest },
    ];
    assert.deepEqual(await load(encodeTar(members)), ['Loaded image: inner:1']);
    await all().room.images.delete('inner:1', plain);
  }
  assert.deepEqual(await inventory(), EMPTY);
});

test('an image of no layers carries a container', async () => {
  const { images } = all().room;
  await load(dockerArchive(buildImage({ tags: ['empty:1'], layers: [] })));
  const container = randomId<ContainerId>();
  const rootfs = await images.prepareRootfs(container, images.resolve('empty:1'));
  assert.ok(rootfs.upperDirectory);
  assert.deepEqual(rootfs.lowerDirectories, []);
  await images.removeRootfs(container);
  await images.delete('empty:1', plain);
});

test('a broken archive leaves nothing behind', async () => {
  const before = all().room.images.count;
  const big = buildImage({ tags: ['broken:1'], layers: [fileLayer('big', Buffer.alloc(5_000_000, 'x'))] });
  const archive = dockerArchive(big);
  await assert.rejects(load(archive.subarray(0, 3_000_000)), { message: 'unexpected EOF' });
  const bad = buildImage({ tags: ['broken:1'], layers: [fileLayer('a', 'b')] });
  const layers = [{ ...bad.layers[0], tar: Buffer.alloc(2048, 'z') }] as unknown as typeof bad.layers;
  await assert.rejects(load(dockerArchive({ ...bad, layers })), /invalid diffID|no such file/);
  assert.equal(all().room.images.count, before);
  assert.deepEqual(await inventory(), { ...EMPTY, blobs: (await inventory()).blobs });
});

test('an image is pulled by tag and digest, known again after a restart, and goes without a trace', async () => {
  const { room, registry, containerd } = all();
  const image = buildImage({ layers: [busyboxLayer(), fileLayer('x', 'hello')] });
  const name = `${registry.address}/team/bb`;
  const pushed = await pushImage({ address: registry.address, repository: 'team/bb', tag: '1' }, image);
  const lines = await pull(`${name}:1`);
  assert.equal(lines[0], '1: Pulling from team/bb');
  assert.deepEqual(lines.slice(-2), [
    `Digest: ${pushed.manifestDigest}`,
    `Status: Downloaded newer image for ${name}:1`,
  ]);
  assert.deepEqual(room.images.resolve(`${name}:1`).repoDigests, [`${name}@${pushed.manifestDigest}`]);
  const { images } = await startImages(containerd);
  assert.deepEqual(images.resolve(`${name}:1`), room.images.resolve(`${name}:1`));
  const again = await pull(`${name}@${pushed.manifestDigest}`, images);
  assert.equal(again.at(-1), `Status: Image is up to date for ${name}@${pushed.manifestDigest}`);
  assert.equal((await images.delete(image.id, plain)).length, 5);
  await room.images.delete(image.id, plain);
  const left = await inventory();
  assert.deepEqual({ ...left, blobs: [] }, EMPTY);
});

test('of an index the image for this machine is pulled', async () => {
  const { registry, room } = all();
  const target = { address: registry.address, repository: 'multi', tag: 'x' };
  const images = ['amd64', 'arm64'].map((architecture) =>
    buildImage({ architecture, layers: [fileLayer('arch', architecture)] }),
  );
  const entries = [];
  for (const [at, image] of images.entries()) {
    const { manifest, manifestDigest } = await pushImage({ ...target, tag: `t${at}` }, image);
    const architecture = at === 0 ? 'amd64' : 'arm64';
    entries.push({ digest: manifestDigest, size: manifest.length, platform: { os: 'linux', architecture } });
  }
  await pushIndex({ ...target, tag: '1' }, entries);
  await pull(`${registry.address}/multi:1`);
  assert.equal(room.images.resolve(`${registry.address}/multi:1`).id, images[0]?.id);
  await room.images.delete(`${registry.address}/multi:1`, plain);
});

test('an interrupted pull goes on with the bytes it has', async () => {
  const { registry, room } = all();
  const noise = Buffer.from(Array.from({ length: 3_000_000 }, () => Math.floor(Math.random() * 256)));
  const image = buildImage({ layers: [fileLayer('noise', noise)] });
  const pushed = await pushImage({ address: registry.address, repository: 'slow', tag: '1' }, image);
  const layer = pushed.layerDigests[0] ?? '';
  const before = room.images.count;
  const client = new AbortController();
  const ranges: (string | undefined)[] = [];
  // The first answer stops half way, and then the client leaves.
  const stall: Script = (request, response) => {
    if (!(request.url ?? '').endsWith(layer)) return false;
    ranges.push(request.headers.range);
    if (ranges.length > 1) return false;
    response.writeHead(200).write(noise.subarray(0, 0));
    void fetch(`http://${registry.address}${request.url}`).then(async (answer) => {
      response.write(Buffer.from(await answer.arrayBuffer()).subarray(0, 2_000_000));
      setTimeout(() => client.abort(new RangeError('left')), 300);
    });
    return true;
  };
  await using between = await startScriptedRegistry([stall], { upstream: registry.address });
  await assert.rejects(pull(`${between.address}/slow:1`, room.images, client.signal), /left/);
  assert.equal(room.images.count, before);
  const unpacking = (await inventory()).layers.filter((key) => key.startsWith('unpack-'));
  assert.deepEqual(unpacking, []);
  await pull(`${between.address}/slow:1`);
  assert.match(ranges[1] ?? '', /^bytes=[1-9]\d+-$/);
  await room.images.delete(image.id, plain);
});

test('two pulls and a load of the same layers at once all end well', async () => {
  const { registry, room } = all();
  const image = buildImage({ tags: ['both:1'], layers: [busyboxLayer(), fileLayer('b', 'both')] });
  for (const tag of ['1', '2'])
    await pushImage({ address: registry.address, repository: 'both', tag }, image);
  const name = `${registry.address}/both`;
  await Promise.all([pull(`${name}:1`), pull(`${name}:2`), load(dockerArchive(image))]);
  assert.deepEqual(room.images.resolve(image.id).repoTags, [`${name}:1`, `${name}:2`, 'both:1']);
  await room.images.delete(image.id, { force: true, noPrune: false });
});

test('what the registry refuses is told in Docker’s words', async () => {
  const { registry } = all();
  await assert.rejects(pull(`${registry.address}/both:9`), {
    kind: 'not-found',
    message: `manifest for ${registry.address}/both:9 not found: manifest unknown: manifest unknown`,
  });
  await assert.rejects(pull('127.0.0.1:1/x'), {
    kind: 'internal',
    message: 'Get "http://127.0.0.1:1/v2/": dial tcp 127.0.0.1:1: connect: connection refused',
  });
});

test('the driver tells what it stands on', async () => {
  const { name, status } = await all().room.images.driverStatus();
  assert.equal(name, 'overlay2');
  const backing = status.find(([row]) => row === 'Backing Filesystem');
  assert.match(backing?.[1] ?? '', /^[a-z0-9]+$/);
});
