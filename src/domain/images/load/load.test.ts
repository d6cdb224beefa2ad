// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hexOf, sha256 } from '../../../spec/digest.ts';
import { MEDIA_TYPE } from '../../../spec/media-type.ts';
import { encodeManifest } from '../../../spec/oci-image-manifest.ts';
import { encodeTar, type TarMember } from '../../../spec/tar/write.ts';
import {
  linesOf,
  sampleArchive,
  sampleImage,
  type SampleRoom,
  sampleRoom,
  textsOf,
} from '../../../../test/support/sample-images.ts';
import type { Progress } from '../images.ts';
import type { LoadOptions } from './load.ts';

async function* inChunks(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 7777) yield bytes.subarray(at, at + 7777);
}

const loadLines = (
  room: SampleRoom,
  bytes: Uint8Array,
  options: Partial<LoadOptions> = {},
): Promise<readonly Progress[]> => {
  const { signal } = new AbortController();
  return linesOf(room.images.load(inChunks(bytes), { quiet: true, signal, ...options }));
};

const load = async (room: SampleRoom, bytes: Uint8Array, options: Partial<LoadOptions> = {}) =>
  textsOf(await loadLines(room, bytes, options));

const file = (name: string, content: Uint8Array | string): TarMember => ({ entry: { name }, content });
const json = (value: unknown): string => JSON.stringify(value);

test('an image without names is told by its id', async () => {
  const image = sampleImage();
  assert.deepEqual(await load(await sampleRoom(), sampleArchive(image, [])), [
    `Loaded image ID: ${image.id}`,
  ]);
});

test('layers are told of only when somebody looks', async () => {
  const image = sampleImage();
  const room = await sampleRoom();
  const lines = await loadLines(room, sampleArchive(image, ['x:1']), { quiet: false });
  const total = image.layers[0]?.length ?? 0;
  const id = hexOf(sha256(image.layers[0] as Uint8Array)).slice(0, 12);
  assert.deepEqual(lines, [
    { status: 'Loading layer', id, detail: { current: 0, total } },
    { status: 'Loading layer', id, detail: { current: total, total } },
    { stream: 'Loaded image: x:1\n' },
  ]);
  const again = await load(room, sampleArchive(image, ['x:1']), { quiet: false });
  assert.deepEqual(again, ['Loaded image: x:1']);
  assert.deepEqual(await room.containerd.leases.list(), []);
});

test('the layout of older versions is read, with its links', async () => {
  const { config, layers, id } = sampleImage({ layers: ['1', '1', 'x'.repeat(2_000_000)] });
  const archive = encodeTar([
    file('aaa/layer.tar', layers[0] as Uint8Array),
    { entry: { name: 'bbb/layer.tar', type: 'symlink', linkName: '../aaa/layer.tar' } },
    file('ccc/layer.tar', layers[2] as Uint8Array),
    file(`${hexOf(id)}.json`, config),
    file(
      'manifest.json',
      json([
        {
          Config: `${hexOf(id)}.json`,
          RepoTags: ['x:1'],
          Layers: ['aaa/layer.tar', 'bbb/layer.tar', 'ccc/layer.tar'],
        },
      ]),
    ),
  ]);
  const room = await sampleRoom();
  assert.deepEqual(await load(room, archive), ['Loaded image: x:1']);
  assert.equal(room.images.resolve('x:1').id, id);
});

const ociImage = (architecture: string) => {
  const image = sampleImage({ architecture, layers: [architecture] });
  const descriptor = (mediaType: string, bytes: Uint8Array) => ({
    mediaType,
    digest: sha256(bytes),
    size: bytes.length,
  });
  const layers = image.layers.map((layer) => descriptor(MEDIA_TYPE.ociLayer, layer));
  const manifest = encodeManifest(descriptor(MEDIA_TYPE.ociConfig, image.config), layers);
  const entry = { ...descriptor(MEDIA_TYPE.ociManifest, manifest), platform: { os: 'linux', architecture } };
  return { image, entry, blobs: [image.config, manifest, ...image.layers] };
};

test('an OCI layout is read, the image for this machine is taken', async () => {
  const [amd, arm] = [ociImage('amd64'), ociImage('arm64')];
  const index = Buffer.from(json({ schemaVersion: 2, manifests: [arm.entry, amd.entry] }));
  const annotations = { 'io.containerd.image.name': 'docker.io/library/oci:2' };
  const top = { mediaType: MEDIA_TYPE.ociIndex, digest: sha256(index), size: index.length, annotations };
  const blobs = [...amd.blobs, ...arm.blobs, index];
  const archive = encodeTar([
    file('oci-layout', '{"imageLayoutVersion": "1.0.0"}'),
    file('index.json', json({ schemaVersion: 2, manifests: [top] })),
    ...blobs.map((bytes) => file(`blobs/sha256/${hexOf(sha256(bytes))}`, bytes)),
  ]);
  const room = await sampleRoom();
  assert.deepEqual(await load(room, archive), ['Loaded image: oci:2']);
  assert.equal(room.images.resolve('oci:2').id, amd.image.id);
});

test('an image for another platform than asked for is left out without a word', async () => {
  const room = await sampleRoom();
  const platform = { os: 'linux', architecture: 'arm64' };
  assert.deepEqual(await loadLines(room, sampleArchive(sampleImage(), ['x:1']), { platform }), [{}]);
  assert.equal(room.images.count, 0);
});

test('archives that make no sense are told in Docker’s words', async () => {
  const room = await sampleRoom();
  const { config, layers } = sampleImage();
  const refused = (members: readonly TarMember[], message: string) =>
    assert.rejects(load(room, encodeTar(members)), { message });
  const withManifest = (layerPaths: readonly string[], tags: readonly string[] = []) => [
    file('c.json', config),
    file('l.tar', layers[0] as Uint8Array),
    file('other.tar', encodeTar([file('x', 'y')])),
    file('manifest.json', json([{ Config: 'c.json', RepoTags: tags, Layers: layerPaths }])),
  ];
  await assert.rejects(load(room, new Uint8Array(0)), { message: 'unexpected EOF' });
  await assert.rejects(load(room, Buffer.from('no archive')), { message: 'unexpected EOF' });
  await assert.rejects(load(room, Buffer.alloc(2048, 'x')), { message: 'archive/tar: invalid tar header' });
  await refused([file('manifest.json', 'null')], 'invalid manifest, manifest cannot be null (but can be [])');
  await refused(withManifest([]), 'invalid manifest, layers length mismatch: expected 1, got 0');
  const [wanted, got] = [sha256(layers[0] as Uint8Array), sha256(encodeTar([file('x', 'y')]))];
  await refused(
    withManifest(['other.tar']),
    `invalid diffID for layer 0: expected "${wanted}", got "${got}"`,
  );
  await refused(withManifest(['l.tar'], ['UP']), 'invalid tag "UP"');
  await refused(withManifest(['../../etc/passwd']), 'open ../../etc/passwd: no such file or directory');
  assert.equal(room.images.count, 0);
  assert.deepEqual(await room.containerd.leases.list(), []);
  assert.deepEqual(await room.containerd.content.listStatuses(), []);
});

test('a client that leaves takes the load with it', async () => {
  const room = await sampleRoom();
  const image = sampleImage({ layers: ['x'.repeat(3_000_000)] });
  const client = new AbortController();
  const bytes = sampleArchive(image, ['x:1']);
  async function* cut(): AsyncGenerator<Uint8Array> {
    yield bytes.subarray(0, 1_000_000);
    client.abort(new RangeError('left'));
    yield bytes.subarray(1_000_000);
  }
  const lines = room.images.load(cut(), { quiet: true, signal: client.signal });
  await assert.rejects(linesOf(lines), /left/);
  assert.equal(room.images.count, 0);
  assert.deepEqual(await room.containerd.content.listStatuses(), []);
  assert.deepEqual(await room.containerd.leases.list(), []);
});
