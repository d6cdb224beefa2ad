// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, it } from 'node:test';
import { docker, useEngine } from '../../support/use-engine.ts';
import { VolumePlugin } from '../../support/volume-plugin.ts';

const engine = useEngine();

const folder = mkdtempSync(join(tmpdir(), 'berth-plugin-faults-'));
/** Engines look for plugins at places of the host: the name must be nobody else's. */
const NAME = `berth-faults-${process.pid}`;
const SOCKET = `/run/docker/plugins/${NAME}.sock`;
const plugin = new VolumePlugin(join(folder, 'volumes'));
before(async () => {
  mkdirSync(join(folder, 'volumes'));
  await plugin.listen(SOCKET);
});
after(async () => {
  await plugin[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

const refusal = async (args: readonly string[]): Promise<string> => {
  const { code, stderr } = await engine().docker(args);
  assert.notEqual(code, 0);
  return stderr;
};

it('the driver of a container is that of its volumes', async () => {
  const words = ['create', '--name', 'driven', '--volume-driver', NAME, '-v', 'named:/a', '-v', '/b'];
  await docker(engine(), [...words, '--mount', 'type=volume,src=local,dst=/c', 'busybox', 'true']);
  const shown = await docker(engine(), [
    'inspect',
    '-f',
    '{{range .Mounts}}{{.Destination}}={{.Driver}} {{end}}',
    'driven',
  ]);
  assert.deepEqual(shown.trim().split(' ').toSorted(), [`/a=${NAME}`, `/b=${NAME}`, '/c=local']);
  assert.equal(plugin.volumes.size, 2);
  await docker(engine(), ['rm', '-v', 'driven']);
  assert.deepEqual([...plugin.volumes.keys()], ['named']);
  await docker(engine(), ['volume', 'rm', 'named', 'local']);
});

it('a volume that its plugin has lost is not there', async () => {
  await docker(engine(), ['volume', 'create', '-d', NAME, 'lost']);
  plugin.volumes.delete('lost');
  assert.match(await refusal(['volume', 'inspect', 'lost']), /get lost: no such volume/);
  await docker(engine(), ['volume', 'create', '-d', NAME, 'lost']);
  assert.ok(plugin.volumes.has('lost'));
  plugin.volumes.delete('lost');
  assert.match(
    await refusal(['run', '--rm', '-v', 'lost:/v', '--volume-driver', 'local', 'busybox', 'true']),
    /lost/,
  );
  await docker(engine(), ['volume', 'rm', '-f', 'lost']);
  assert.equal(await docker(engine(), ['volume', 'ls', '-q']), '');
});

it('a plugin that is gone is told, and its volumes can be forgotten', async () => {
  await docker(engine(), ['volume', 'create', '-d', NAME, 'left']);
  await plugin[Symbol.asyncDispose]();
  assert.match(await docker(engine(), ['volume', 'ls', '-q']), /left/);
  assert.match(await refusal(['volume', 'rm', 'left']), /plugin/);
  await docker(engine(), ['volume', 'rm', '-f', 'left']);
  assert.equal(await docker(engine(), ['volume', 'ls', '-q']), '');
  await plugin.listen(SOCKET);
  plugin.volumes.clear();
});

it('what a plugin answers that makes no sense fails the request, and nothing else', async () => {
  for (const [status, text] of [
    [200, 'no json'],
    [200, '[]'],
    [500, ''],
    [404, 'not here'],
    [200, '{"Err": 7}'],
  ] as const) {
    plugin.trouble.set('Create', { status, text });
    assert.match(await refusal(['volume', 'create', '-d', NAME, 'odd']), /create odd: /);
    const body = { Name: 'odd', Driver: NAME };
    const answer = await engine().request('POST', '/volumes/create', { body });
    assert.equal(answer.status, 500, answer.text);
  }
  plugin.trouble.clear();
  await docker(engine(), ['volume', 'create', '-d', NAME, 'even']);
  plugin.trouble.set('Mount', { status: 200, text: '{"Mountpoint":"relative/path"}' });
  assert.match(
    await refusal(['run', '--rm', '-v', 'even:/v', 'busybox', 'true']),
    /error while mounting volume/,
  );
  plugin.trouble.clear();
  await docker(engine(), ['volume', 'rm', 'even']);
  assert.equal(plugin.mounts.size, 0);
});
