// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shortId } from '../../../base/ids.ts';
import { fixedConfig } from '../../../base/config-source.ts';
import { type Digest, sha256 } from '../../../spec/digest.ts';
import { MEDIA_TYPE } from '../../../spec/media-type.ts';
import { parseReference } from '../../../spec/reference.ts';
import { RegistryError, registryError } from '../../../spec/registry-error.ts';
import {
  linesOf,
  publishSample,
  sampleImage,
  type SampleRoom,
  sampleRoom,
  textsOf,
} from '../../../../test/support/sample-images.ts';
import type { PullRequest } from '../images.ts';

const pull = async ({ images }: SampleRoom, reference: string, more: Partial<PullRequest> = {}) => {
  const { signal } = new AbortController();
  return textsOf(await linesOf(images.pull({ reference, allTags: false, metaHeaders: {}, signal, ...more })));
};

const withoutRepeats = (lines: readonly string[]): readonly string[] =>
  lines.filter((line, at) => line !== lines[at - 1]);

const ids = ({ layers }: { readonly layers: readonly Uint8Array[] }): readonly string[] =>
  layers.map((layer) => shortId(sha256(layer)));

test('a pull tells of each layer and ends with digest and status', async () => {
  const room = await sampleRoom();
  const image = sampleImage();
  const digest = publishSample(room.registries, 'r.test/a/b:1', image);
  const [id] = ids(image);
  assert.deepEqual(withoutRepeats(await pull(room, 'r.test/a/b:1')), [
    '1: Pulling from a/b',
    `${id}: Pulling fs layer`,
    `${id}: Downloading`,
    `${id}: Verifying Checksum`,
    `${id}: Download complete`,
    `${id}: Extracting`,
    `${id}: Pull complete`,
    `Digest: ${digest}`,
    'Status: Downloaded newer image for r.test/a/b:1',
  ]);
  const found = room.images.resolve('r.test/a/b:1');
  assert.equal(found.id, image.id);
  assert.deepEqual(found.repoDigests, [`r.test/a/b@${digest}`]);
  assert.equal(found.lastTagged, undefined);
  assert.deepEqual(room.events.at(-1), {
    type: 'image',
    action: 'pull',
    actor: 'r.test/a/b:1',
    attributes: { name: 'r.test/a/b' },
  });
  assert.deepEqual(await room.containerd.leases.list(), []);
});

test('a second pull finds that nothing is newer', async () => {
  const room = await sampleRoom();
  const digest = publishSample(room.registries, 'busybox:latest', sampleImage());
  await pull(room, 'busybox');
  assert.deepEqual(await pull(room, 'busybox'), [
    'latest: Pulling from library/busybox',
    `Digest: ${digest}`,
    'Status: Image is up to date for busybox:latest',
  ]);
});

test('a pull by digest names the image by it alone', async () => {
  const room = await sampleRoom();
  const digest = publishSample(room.registries, 'r.test/a:1', sampleImage());
  const lines = await pull(room, `r.test/a@${digest}`);
  assert.equal(lines[0], `r.test/a@${digest}: Pulling from a`);
  assert.equal(lines.at(-1), `Status: Downloaded newer image for r.test/a@${digest}`);
  assert.deepEqual(room.images.resolve(`r.test/a@${digest}`).repoTags, []);
});

test('layers that are there are not fetched again', async () => {
  const room = await sampleRoom();
  const [one, two] = [sampleImage({ layers: ['1', '2'] }), sampleImage({ layers: ['1', '3'] })];
  publishSample(room.registries, 'r.test/a:1', one);
  publishSample(room.registries, 'r.test/a:2', two);
  await pull(room, 'r.test/a:1');
  const lines = await pull(room, 'r.test/a:2');
  assert.ok(lines.includes(`${ids(two)[0]}: Already exists`));
  const blobs = room.registries.requests.filter((request) =>
    request.includes(sha256(two.layers[0] as Uint8Array)),
  );
  assert.equal(blobs.length, 1);
});

test('all tags of a repository come when none is named', async () => {
  const room = await sampleRoom();
  for (const tag of ['1', '2'])
    publishSample(room.registries, `r.test/a:${tag}`, sampleImage({ layers: [tag] }));
  const lines = await pull(room, 'r.test/a', { allTags: true });
  assert.equal(lines.at(-1), 'Status: Downloaded newer image for r.test/a');
  assert.equal(room.images.count, 2);
  assert.equal(room.events.filter(({ action }) => action === 'pull').length, 1);
});

test('of an index the manifest for the platform is taken', async () => {
  const room = await sampleRoom();
  const name = parseReference('r.test/multi:1');
  const of = (architecture: string) => {
    const image = sampleImage({ architecture, layers: [architecture] });
    const digest = publishSample(room.registries, 'r.test/multi', image);
    const { size } = room.registries.repository(name).manifests.get(digest)?.bytes
      ? { size: room.registries.repository(name).manifests.get(digest)?.bytes.length ?? 0 }
      : { size: 0 };
    return {
      image,
      entry: { mediaType: MEDIA_TYPE.ociManifest, digest, size, platform: { os: 'linux', architecture } },
    };
  };
  const [amd, arm] = [of('amd64'), of('arm64')];
  const index = Buffer.from(JSON.stringify({ schemaVersion: 2, manifests: [amd.entry, arm.entry] }));
  const digest = room.registries.addManifest(name, '1', index, MEDIA_TYPE.ociIndex);
  await pull(room, 'r.test/multi:1');
  assert.equal(room.images.resolve('r.test/multi:1').id, amd.image.id);
  assert.deepEqual(room.images.resolve(amd.image.id).repoDigests, [`r.test/multi@${digest}`]);
  await pull(room, 'r.test/multi:1', { platform: { os: 'linux', architecture: 'arm64' } });
  assert.equal(room.images.resolve('r.test/multi:1').id, arm.image.id);
  await assert.rejects(pull(room, 'r.test/multi:1', { platform: { os: 'linux', architecture: 's390x' } }), {
    kind: 'not-found',
    message: 'no matching manifest for linux/s390x in the manifest list entries',
  });
});

test('a lone image of another platform is pulled with a warning', async () => {
  const room = await sampleRoom();
  publishSample(room.registries, 'r.test/a:1', sampleImage());
  const lines = await pull(room, 'r.test/a:1', { platform: { os: 'linux', architecture: 'arm64' } });
  assert.ok(
    lines.includes(
      'WARNING: image with reference r.test/a:1 was found but its platform (linux/amd64) does not match the specified platform (linux/arm64)',
    ),
  );
});

test('what the registry refuses is told in Docker’s words, before any line', async () => {
  const room = await sampleRoom();
  const refused = (reference: string, kind: string, message: string) =>
    assert.rejects(pull(room, reference), { kind, message });
  await refused(
    'r.test/a:1',
    'not-found',
    'manifest for r.test/a:1 not found: manifest unknown: manifest unknown',
  );
  await refused('scratch', 'forbidden', `'scratch' is a reserved name`);
  await refused(
    'UP',
    'invalid-argument',
    'invalid reference format: repository name (library/UP) must be lowercase',
  );
  const denied = registryError('DENIED', 'requested access to the resource is denied', 403);
  room.registries.onOpen = () => {
    throw denied;
  };
  await refused(
    'x',
    'not-found',
    `pull access denied for x, repository does not exist or may require 'docker login': denied: requested access to the resource is denied`,
  );
  room.registries.onOpen = () => {
    throw registryError('TOOMANYREQUESTS', 'slow down', 429);
  };
  await refused('x', 'unavailable', 'toomanyrequests: slow down');
});

test('a mirror that fails or lacks the image is passed over, and gets no credentials', async () => {
  const config = {
    mirrors: ['https://m.test'],
    insecureRegistries: [],
    maxConcurrentDownloads: 3,
    maxDownloadAttempts: 3,
  };
  const room = await sampleRoom({ config: fixedConfig(config) });
  publishSample(room.registries, 'x:1', sampleImage());
  const opened: string[] = [];
  room.registries.onOpen = ({ url, isMirror }) => {
    opened.push(url);
    if (isMirror) throw new RegistryError('', 'received unexpected HTTP status: 500', 500);
  };
  await pull(room, 'x:1');
  assert.deepEqual(opened, ['https://m.test', 'https://docker.io']);
});

test('a download that breaks off goes on from where it was, after a pause', async () => {
  const room = await sampleRoom();
  const image = sampleImage({ layers: ['x'.repeat(20_000)] });
  publishSample(room.registries, 'r.test/a:1', image);
  const layer = sha256(image.layers[0] as Uint8Array);
  room.registries.onBlob = async (digest, offset, bytes) => {
    if (digest !== layer || offset > 0) return undefined;
    return breakingOff(bytes.subarray(0, 5000));
  };
  const lines = await pull(room, 'r.test/a:1');
  const id = shortId(layer);
  for (const left of [5, 4, 3, 2]) assert.ok(lines.includes(`${id}: Retrying in ${left} seconds`));
  assert.ok(lines.includes(`${id}: Retrying in 1 second`));
  assert.equal(room.pauses.length, 5);
  assert.ok(room.registries.requests.includes(`blob ${layer}@5000`));
  assert.equal(room.images.count, 1);
});

async function* breakingOff(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
  throw new RangeError('cut');
}

test('a download that always fails is given up, and nothing is named', async () => {
  const room = await sampleRoom();
  publishSample(room.registries, 'r.test/a:1', sampleImage());
  const config = sampleImage().id as Digest;
  room.registries.onBlob = async (digest) => {
    if (digest === config) return undefined;
    throw new RangeError('gone');
  };
  await assert.rejects(pull(room, 'r.test/a:1'), /gone/);
  // Three tries: five seconds before the second, ten before the third.
  assert.equal(room.pauses.length, 15);
  assert.equal(room.images.count, 0);
});

test('wrong bytes are not taken for the layer', async () => {
  const room = await sampleRoom();
  const image = sampleImage();
  publishSample(room.registries, 'r.test/a:1', image);
  const layer = sha256(image.layers[0] as Uint8Array);
  room.registries.onBlob = async (digest, _offset, bytes) =>
    digest === layer ? stream(Buffer.alloc(bytes.length, 1)) : undefined;
  await assert.rejects(pull(room, 'r.test/a:1'), {
    message: `filesystem layer verification failed for digest ${layer}`,
  });
});

async function* stream(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

test('two pulls of one image fetch each layer once', async () => {
  const room = await sampleRoom();
  const image = sampleImage();
  publishSample(room.registries, 'r.test/a:1', image);
  publishSample(room.registries, 'r.test/b:1', image);
  const gate = Promise.withResolvers<undefined>();
  room.registries.onBlob = () => gate.promise;
  const both = [pull(room, 'r.test/a:1'), pull(room, 'r.test/b:1')];
  await Promise.resolve();
  gate.resolve(undefined);
  await Promise.all(both);
  const layer = sha256(image.layers[0] as Uint8Array);
  assert.equal(room.registries.requests.filter((request) => request.startsWith(`blob ${layer}`)).length, 1);
  assert.deepEqual(room.images.resolve(image.id).repoTags, ['r.test/a:1', 'r.test/b:1']);
});

test('who leaves ends the download, unless another follows it', async () => {
  const room = await sampleRoom();
  const image = sampleImage();
  publishSample(room.registries, 'r.test/a:1', image);
  publishSample(room.registries, 'r.test/b:1', image);
  const layer = sha256(image.layers[0] as Uint8Array);
  const started = Promise.withResolvers<void>();
  const gate = Promise.withResolvers<undefined>();
  room.registries.onBlob = async (digest) => {
    if (digest !== layer) return undefined;
    started.resolve();
    return gate.promise;
  };
  const leaver = new AbortController();
  const first = pull(room, 'r.test/a:1', { signal: leaver.signal });
  await started.promise;
  const second = pull(room, 'r.test/b:1');
  await new Promise((resolve) => setImmediate(resolve));
  leaver.abort(new RangeError('left'));
  gate.resolve(undefined);
  await assert.rejects(first, /left/);
  await second;
  assert.deepEqual(room.images.resolve(image.id).repoTags, ['r.test/b:1']);
});

test('an old manifest and one that is no image are refused', async () => {
  const room = await sampleRoom();
  const name = parseReference('r.test/a');
  room.registries.addManifest(name, 'old', Buffer.from('{"schemaVersion":1}'), '');
  await assert.rejects(
    pull(room, 'r.test/a:old'),
    /^EngineError: Docker Image Format v1 and Docker Image manifest version 2, schema 1 support has been removed\. Suggest the author of r\.test\/a:old /,
  );
  const config = { mediaType: MEDIA_TYPE.dockerPlugin, digest: sha256('x'), size: 1 };
  const plugin = Buffer.from(JSON.stringify({ schemaVersion: 2, config, layers: [] }));
  room.registries.addManifest(name, 'plugin', plugin, MEDIA_TYPE.ociManifest);
  await assert.rejects(pull(room, 'r.test/a:plugin'), {
    message: `Encountered remote "${MEDIA_TYPE.dockerPlugin}"(plugin) when fetching`,
  });
});
