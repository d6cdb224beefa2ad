// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, it } from 'node:test';
import { buildImage } from '../../support/image-archive.ts';
import { pushImage } from '../../support/push-image.ts';
import { HOST_NAMESPACE, startRegistry, type TestRegistry } from '../../support/start-registry.ts';
import { docker, useEngine } from '../../support/use-engine.ts';

let data = '';
let registry: TestRegistry | undefined;

// Filled from here, and then served inside the engine's namespace, which this process can't reach.
const engine = useEngine({}, async ({ netns }) => {
  data = await mkdtemp(join(tmpdir(), 'bt-images-'));
  const filling = await startRegistry(HOST_NAMESPACE, 20_000 + (process.pid % 30_000), data);
  await pushImage({ address: filling.address, repository: 'test/box', tag: '1' }, buildImage());
  await filling.stop();
  registry = await startRegistry(netns, 5000, data);
});

after(async () => {
  await registry?.stop();
  await rm(data, { recursive: true, force: true });
});

it('testcontainers waits for, execs in, copies to and from, reuses and commits containers', async () => {
  const script = join(import.meta.dirname, 'testcontainers-client.ts');
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const result = await engine().netns.run([process.execPath, script, `${registry?.address}/test/box:1`], {
    timeout: 400_000,
    env: {
      ...env,
      DOCKER_HOST: `unix://${engine().socket}`,
      DOCKER_CONFIG: join(engine().directory, 'cli'),
      HOME: engine().directory,
      TESTCONTAINERS_RYUK_DISABLED: 'true',
      TESTCONTAINERS_REUSE_ENABLE: 'true',
    },
  });
  assert.match(result.stdout, /\ndone\n$/, result.stdout + result.stderr);
  assert.doesNotMatch(result.stdout, /^NOT OK/m);
  assert.equal(await docker(engine(), ['ps', '-aq']), '');
});
