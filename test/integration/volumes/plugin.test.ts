// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, it } from 'node:test';
import { docker, dockerUntil, useEngine } from '../../support/use-engine.ts';
import { VolumePlugin } from '../../support/volume-plugin.ts';

const engine = useEngine({ flags: ['--live-restore'] });

const folder = mkdtempSync(join(tmpdir(), 'berth-plugin-'));
/** Engines look for plugins at places of the host: the name must be nobody else's. */
const NAME = `berth-test-${process.pid}`;
const SOCKET = `/run/docker/plugins/${NAME}.sock`;
const plugin = new VolumePlugin(join(folder, 'volumes'), 'global');
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

it('a volume is made, shown and removed by its plugin', async () => {
  await docker(engine(), ['volume', 'create', '-d', NAME, '-o', 'a=b', '--label', 'l=1', 'remote/one']);
  assert.deepEqual(plugin.volumes.get('remote/one'), { a: 'b' });
  const [shown] = JSON.parse(await docker(engine(), ['volume', 'inspect', 'remote/one'])) as [
    Record<string, unknown>,
  ];
  assert.deepEqual(
    { ...shown, CreatedAt: '' },
    {
      CreatedAt: '',
      Driver: NAME,
      Labels: { l: '1' },
      Mountpoint: plugin.pathOf('remote/one'),
      Name: 'remote/one',
      Options: { a: 'b' },
      Scope: 'global',
      Status: { kind: 'test' },
    },
  );
  assert.equal(await docker(engine(), ['info', '-f', '{{json .Plugins.Volume}}']), `["${NAME}","local"]`);
  plugin.volumes.set('theirs', {});
  const listed = await docker(engine(), ['volume', 'ls', '-q', '-f', `driver=${NAME}`]);
  assert.deepEqual(listed.split('\n').toSorted(), ['remote/one', 'theirs']);
  await docker(engine(), ['volume', 'rm', 'remote/one']);
  assert.ok(!plugin.volumes.has('remote/one'));
  plugin.volumes.delete('theirs');
});

it('a container uses what the plugin mounts for it, as long as it runs', async () => {
  const mount = `type=volume,src=data,dst=/v,volume-driver=${NAME}`;
  const id = await docker(engine(), ['run', '-d', '--mount', mount, 'busybox', 'sleep', '600']);
  assert.equal(plugin.mounts.size, 1);
  await docker(engine(), ['exec', id, 'sh', '-c', 'echo written > /v/f']);
  assert.equal(readFileSync(join(plugin.pathOf('data'), 'f'), 'utf8'), 'written\n');
  await docker(engine(), ['stop', '-t', '0', id]);
  assert.equal(plugin.mounts.size, 0);
  await docker(engine(), ['start', id]);
  assert.equal(plugin.mounts.size, 1);
  assert.match(
    await refusal(['volume', 'rm', '-f', 'data']),
    /remove data: volume is in use - \[[0-9a-f]{64}\]/,
  );
  await docker(engine(), ['rm', '-f', id]);
  assert.equal(plugin.mounts.size, 0);
  await docker(engine(), ['volume', 'rm', 'data']);
});

it('what the plugin refuses is told in its own words', async () => {
  plugin.trouble.set('Create', { refuse: 'no room for you' });
  assert.match(
    await refusal(['volume', 'create', '-d', NAME, 'refused']),
    /response from daemon: create refused: (VolumeDriver\.Create: )?no room for you\n/,
  );
  plugin.trouble.set('Create', { status: 500, text: '{"Err":"broken inside"}' });
  assert.match(
    await refusal(['volume', 'create', '-d', NAME, 'refused']),
    /response from daemon: create refused: VolumeDriver\.Create: broken inside\n/,
  );
  plugin.trouble.clear();
  await docker(engine(), ['volume', 'create', '-d', NAME, 'taken']);
  assert.match(
    await refusal(['volume', 'create', 'taken']),
    /create taken: driver 'berth-test-\d+' already has volume 'taken': volume name must be unique/,
  );
  plugin.trouble.set('Mount', { refuse: 'the disk is away' });
  assert.match(
    await refusal(['run', '--rm', '-v', 'taken:/v', 'busybox', 'true']),
    /error while mounting volume '.*': (VolumeDriver\.Mount: )?the disk is away\n/,
  );
  plugin.trouble.clear();
  assert.equal(plugin.mounts.size, 0);
  plugin.trouble.set('Remove', { refuse: 'never' });
  assert.match(await refusal(['volume', 'rm', 'taken']), /remove taken: (VolumeDriver\.Remove: )?never\n/);
  await docker(engine(), ['volume', 'rm', '-f', 'taken']);
  plugin.trouble.clear();
  plugin.volumes.clear();
});

it('a driver that is none is told', async () => {
  assert.match(
    await refusal(['volume', 'create', '-d', 'berth-none', 'x1']),
    /create x1: error looking up volume plugin berth-none: plugin "berth-none" not found\n/,
  );
});

it('the daemon restarts, the plugin restarts, and its volumes are known and in use', async () => {
  const mount = `type=volume,src=lasting,dst=/v,volume-driver=${NAME}`;
  const id = await docker(engine(), ['run', '-d', '--mount', mount, 'busybox', 'sleep', '600']);
  await engine().end('SIGKILL');
  await plugin[Symbol.asyncDispose]();
  await plugin.listen(SOCKET);
  await engine().start();
  assert.equal(await docker(engine(), ['volume', 'inspect', '-f', '{{.Driver}}', 'lasting']), NAME);
  assert.equal(plugin.mounts.size, 1);
  await docker(engine(), ['rm', '-f', id]);
  assert.equal(plugin.mounts.size, 0);
  await docker(engine(), ['volume', 'rm', 'lasting']);
});

it('a plugin that hangs keeps nobody else from volumes', async () => {
  await docker(engine(), ['volume', 'create', '-d', NAME, 'stuck']);
  plugin.trouble.set('Mount', 'hang');
  const stuck = engine().docker(['run', '--rm', '-v', 'stuck:/v', 'busybox', 'true']);
  await docker(engine(), ['volume', 'create', 'quick']);
  assert.equal(await docker(engine(), ['run', '--rm', '-v', 'quick:/v', 'busybox', 'echo', 'on']), 'on');
  plugin.trouble.set('List', 'hang');
  assert.match(await docker(engine(), ['volume', 'ls', '-q']), /quick/);
  plugin.trouble.clear();
  await plugin[Symbol.asyncDispose]();
  await plugin.listen(SOCKET);
  assert.notEqual((await stuck).code, 0);
  await dockerUntil(engine(), ['ps', '-aq'], '');
  await docker(engine(), ['volume', 'rm', 'stuck', 'quick']);
});

it('a plugin is found by a document that says where it listens', async () => {
  const name = `${NAME}-by-spec`;
  const document = `/etc/docker/plugins/${name}.spec`;
  mkdirSync('/etc/docker/plugins', { recursive: true });
  writeFileSync(document, `unix://${SOCKET}\n`);
  try {
    await docker(engine(), ['volume', 'create', '-d', name, 'described']);
    assert.ok(plugin.volumes.has('described'));
    await docker(engine(), ['volume', 'rm', 'described']);
  } finally {
    rmSync(document);
  }
});
