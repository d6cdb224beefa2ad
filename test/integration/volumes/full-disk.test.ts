// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { encodeTar } from '../../../src/spec/tar/write.ts';
import { buildImage, busyboxLayer, dockerArchive } from '../../support/image-archive.ts';
import { mustRun } from '../../support/run-command.ts';
import { docker, useEngine } from '../../support/use-engine.ts';

const engine = useEngine();

const LARGE = 12 * 1024 * 1024;
const volumes = (): string => join(engine().dataRoot, 'volumes');

/** What a part of the engine says that finds no room. */
const refused = async (args: readonly string[]): Promise<void> => {
  const { code, stderr } = await engine().docker(args);
  assert.notEqual(code, 0);
  assert.match(stderr, /no space left on device/);
};

it('a full disk fails what is being made, and nothing of it is left', async () => {
  const files = [1, 2].map((index) => ({
    entry: { name: `data/${index}` },
    content: randomBytes(LARGE / 2),
  }));
  const image = buildImage({ tags: ['large:1'], layers: [busyboxLayer(), files] });
  const loaded = await engine().docker(['load', '-q'], { input: dockerArchive(image) });
  assert.equal(loaded.code, 0, loaded.stderr);
  await engine().end();
  await mustRun('mount', ['-t', 'tmpfs', '-o', 'size=10m', 'tmpfs', volumes()]);
  try {
    await engine().start();
    await refused(['create', '--name', 'anonymous', '-v', '/data', 'large:1']);
    assert.deepEqual(readdirSync(volumes()), []);
    await refused(['create', '--name', 'named', '-v', 'named:/data', 'large:1']);
    assert.deepEqual(readdirSync(volumes()), ['named']);
    assert.deepEqual(readdirSync(join(volumes(), 'named')).toSorted(), ['_data', 'opts.json']);
    assert.deepEqual(readdirSync(join(volumes(), 'named/_data')), []);
    assert.equal(await docker(engine(), ['ps', '-aq']), '');

    const tar = Buffer.from(encodeTar([{ entry: { name: 'large' }, content: randomBytes(LARGE) }]));
    const imported = await engine().request('POST', '/v1.51/volumes/made/import', { body: tar });
    assert.equal(imported.status, 507, imported.text);
    writeFileSync(join(volumes(), 'named/_data/half'), randomBytes(LARGE / 2));
    const cloned = await engine().request('POST', '/v1.51/volumes/named/clone?name=made');
    assert.equal(cloned.status, 507, cloned.text);
    assert.deepEqual(readdirSync(volumes()), ['named']);

    // To the last byte.
    assert.throws(() => writeFileSync(join(volumes(), 'named/_data/rest'), randomBytes(LARGE)), {
      code: 'ENOSPC',
    });
    await refused(['volume', 'create', 'more']);
    assert.deepEqual(readdirSync(volumes()), ['named']);
    rmSync(join(volumes(), 'named/_data/rest'));
    await docker(engine(), ['volume', 'create', 'more']);
    await docker(engine(), ['volume', 'rm', 'more', 'named']);
  } finally {
    await engine().end();
    await mustRun('umount', [volumes()]);
    await engine().start();
  }
});
