// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import { it } from 'node:test';
import { buildImage, busyboxLayer, dockerArchive, fileLayer } from '../../support/image-archive.ts';
import { docker, useEngine } from '../../support/use-engine.ts';

const engine = useEngine();

it('docker load reads an archive with several tags and layers', async () => {
  const layers = [busyboxLayer(), fileLayer('greeting', 'hello'), fileLayer('greeting', 'hello again')];
  const archive = dockerArchive(buildImage({ tags: ['many:1', 'many:2'], layers }));
  const loaded = await engine().docker(['load'], { input: archive });
  assert.equal(loaded.stdout, 'Loaded image: many:1\nLoaded image: many:2\n', loaded.stderr);
  assert.equal(await docker(engine(), ['run', '--rm', 'many:2', 'cat', '/greeting']), 'hello again');
});

it('docker load reads a compressed archive', async () => {
  const archive = gzipSync(
    dockerArchive(buildImage({ tags: ['packed:1'], layers: [busyboxLayer(), fileLayer('p', 'packed')] })),
  );
  const loaded = await engine().docker(['load'], { input: archive });
  assert.equal(loaded.stdout, 'Loaded image: packed:1\n', loaded.stderr);
  assert.equal(await docker(engine(), ['run', '--rm', 'packed:1', 'cat', '/p']), 'packed');
});

it('docker load refuses what is no archive and stays well', async () => {
  const loaded = await engine().docker(['load'], { input: 'no archive' });
  assert.equal(loaded.code, 1);
  assert.equal(await docker(engine(), ['run', '--rm', 'busybox', 'echo', 'well']), 'well');
});

it('docker tag, images and rmi follow the names', async () => {
  await docker(engine(), ['tag', 'many:1', 'other/name:x']);
  assert.match(await docker(engine(), ['images', '--format', '{{.Repository}}:{{.Tag}}']), /other\/name:x/);
  assert.equal(await docker(engine(), ['rmi', 'other/name:x']), 'Untagged: other/name:x');
  assert.equal(await docker(engine(), ['rmi', 'many:1']), 'Untagged: many:1');
  assert.match(await docker(engine(), ['rmi', 'many:2']), /^Untagged: many:2\nDeleted: sha256:/);
  assert.equal(await docker(engine(), ['images', '-q', 'many']), '');
});

it('an image in use is kept', async () => {
  await docker(engine(), ['create', '--name', 'user', 'packed:1', 'true']);
  const refused = await engine().docker(['rmi', 'packed:1']);
  assert.equal(refused.code, 1);
  assert.match(
    refused.stderr,
    /conflict: unable to remove repository reference "packed:1" \(must force\) - container [0-9a-f]{12} is using its referenced image/,
  );
  await docker(engine(), ['rm', 'user']);
  await docker(engine(), ['rmi', 'packed:1']);
});

it('a container lives on the image it was made from, whatever happens to the tag', async () => {
  const build = (text: string) =>
    dockerArchive(buildImage({ tags: ['moving:1'], layers: [busyboxLayer(), fileLayer('v', text)] }));
  await engine().docker(['load'], { input: build('one') });
  await docker(engine(), ['create', '--name', 'first', 'moving:1', 'cat', '/v']);
  await engine().docker(['load'], { input: build('two') });
  assert.equal(await docker(engine(), ['run', '--rm', 'moving:1', 'cat', '/v']), 'two');
  assert.equal(await docker(engine(), ['start', '-a', 'first']), 'one');
  await docker(engine(), ['rm', 'first']);
});

it('entrypoint, command, environment and user come from the image', async () => {
  const config = {
    Entrypoint: ['/bin/echo', 'entry'],
    Cmd: ['default'],
    Env: ['A=image', 'PATH=/bin'],
    User: 'nobody',
    WorkingDir: '/tmp',
    Labels: { from: 'image' },
  };
  await engine().docker(['load'], { input: dockerArchive(buildImage({ tags: ['configured:1'], config })) });
  assert.equal(await docker(engine(), ['run', '--rm', 'configured:1']), 'entry default');
  assert.equal(await docker(engine(), ['run', '--rm', 'configured:1', 'given']), 'entry given');
  assert.equal(
    await docker(engine(), [
      'run',
      '--rm',
      '--entrypoint',
      'sh',
      'configured:1',
      '-c',
      'echo $A; id -un; pwd',
    ]),
    'image\nnobody\n/tmp',
  );
});
