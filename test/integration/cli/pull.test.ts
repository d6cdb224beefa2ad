// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, it } from 'node:test';
import { buildImage, busyboxLayer, fileLayer } from '../../support/image-archive.ts';
import { pushImage, type PushedImage } from '../../support/push-image.ts';
import { HOST_NAMESPACE, startRegistry, type TestRegistry } from '../../support/start-registry.ts';
import { docker, useEngine } from '../../support/use-engine.ts';

let data = '';
let registry: TestRegistry;
let pushed: PushedImage;

// Filled from here, and then served inside the engine's namespace, which this process can't reach.
const engine = useEngine({}, async ({ netns }) => {
  data = await mkdtemp(join(tmpdir(), 'bt-images-'));
  const filling = await startRegistry(HOST_NAMESPACE, 20_000 + (process.pid % 30_000), data);
  const target = { address: filling.address, repository: 'test/greeter', tag: '1' };
  pushed = await pushImage(target, buildImage({ layers: [busyboxLayer(), fileLayer('greeting', 'hello')] }));
  await pushImage(
    { ...target, tag: '2' },
    buildImage({ layers: [busyboxLayer(), fileLayer('greeting', 'bye')] }),
  );
  await filling.stop();
  registry = await startRegistry(netns, 5000, data);
});

after(async () => {
  await registry?.stop();
  await rm(data, { recursive: true, force: true });
});

const IMAGE = '127.0.0.1:5000/test/greeter';

it('docker pull brings an image that runs', async () => {
  const told = await docker(engine(), ['pull', `${IMAGE}:1`]);
  assert.match(told, /Status: Downloaded newer image for 127\.0\.0\.1:5000\/test\/greeter:1/);
  assert.match(told, new RegExp(`Digest: ${pushed.manifestDigest}`));
  assert.equal(await docker(engine(), ['run', '--rm', `${IMAGE}:1`, 'cat', '/greeting']), 'hello');
});

it('docker pull again says that the image is there', async () => {
  assert.match(await docker(engine(), ['pull', `${IMAGE}:1`]), /Image is up to date/);
});

it('docker run pulls what is missing, and layers that are there are not fetched twice', async () => {
  const result = await engine().docker(['run', '--rm', `${IMAGE}:2`, 'cat', '/greeting']);
  assert.equal(result.stdout, 'bye');
  assert.match(result.stderr, /Already exists/);
});

it('docker pull by digest, and ten pulls of the same at once', async () => {
  await docker(engine(), ['rmi', `${IMAGE}:1`, `${IMAGE}:2`]);
  const reference = `${IMAGE}@${pushed.manifestDigest}`;
  const pulls = await Promise.all(
    Array.from({ length: 10 }, () => engine().docker(['pull', '-q', reference])),
  );
  assert.deepEqual(
    new Set(pulls.map(({ code }) => code)),
    new Set([0]),
    pulls.map(({ stderr }) => stderr).join(''),
  );
  assert.equal(await docker(engine(), ['run', '--rm', reference, 'cat', '/greeting']), 'hello');
  await docker(engine(), ['rmi', reference]);
});

it('docker pull of what is not there says so', async () => {
  const missing = await engine().docker(['pull', `${IMAGE}:none`]);
  assert.equal(missing.code, 1);
  assert.match(missing.stderr, /manifest for 127\.0\.0\.1:5000\/test\/greeter:none not found/);
});

it('docker pull -a brings all tags', async () => {
  await docker(engine(), ['pull', '-q', '-a', IMAGE]);
  const tags = await docker(engine(), ['images', IMAGE, '--format', '{{.Tag}}']);
  assert.deepEqual(tags.split('\n').toSorted(), ['1', '2']);
});
