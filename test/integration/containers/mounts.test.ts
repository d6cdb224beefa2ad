// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, it } from 'node:test';
import { mountsBelow } from '../../support/host-leaks.ts';
import { runCommand } from '../../support/run-command.ts';
import { docker, useEngine } from '../../support/use-engine.ts';

const engine = useEngine();

const folder = mkdtempSync(join(tmpdir(), 'berth-mounts-'));

const mounted: string[] = [];
const mountMemory = async (name: string): Promise<string> => {
  const place = join(folder, name);
  mkdirSync(place, { recursive: true });
  await runCommand('mount', ['-t', 'tmpfs', 'tmpfs', place]);
  mounted.push(place);
  return place;
};
after(async () => {
  for (const place of mounted.toReversed()) await runCommand('umount', ['-l', place]);
  rmSync(folder, { recursive: true });
});

const run = async (args: readonly string[], script: string): Promise<string> =>
  docker(engine(), ['run', '--rm', ...args, 'busybox', 'sh', '-c', script]);

const refusal = async (args: readonly string[]): Promise<string> => {
  const { code, stderr } = await engine().docker(['run', '--rm', ...args, 'busybox', 'true']);
  assert.notEqual(code, 0);
  return stderr;
};

const placesOfRuns = async (): Promise<readonly string[]> =>
  (await mountsBelow(engine().directory)).filter((place) => place.includes('/exec/mounts/'));

it('a part of a volume is mounted alone, whether directory or file', async () => {
  await run(['-v', 'parts:/v'], 'mkdir -p /v/a/b && echo deep > /v/a/b/file && echo top > /v/top');
  const part = ['--mount', 'type=volume,src=parts,dst=/part,volume-subpath=a/b'];
  assert.equal(await run(part, 'ls /part; cat /part/file; echo new > /part/new'), 'file\ndeep');
  assert.equal(await run(['-v', 'parts:/v'], 'cat /v/a/b/new'), 'new');
  const file = ['--mount', 'type=volume,src=parts,dst=/file,volume-subpath=top,readonly'];
  assert.equal(await run(file, 'cat /file; echo x > /file || true'), 'top');
  assert.deepEqual(await placesOfRuns(), []);
});

it('inspect shows a part of a volume as the volume', async () => {
  const id = await docker(engine(), [
    'create',
    '--mount',
    'type=volume,src=parts,dst=/part,volume-subpath=a',
    'busybox',
  ]);
  const [point] = JSON.parse(await docker(engine(), ['inspect', '-f', '{{json .Mounts}}', id])) as [
    Record<string, unknown>,
  ];
  assert.equal(point['Source'], join(engine().dataRoot, 'volumes/parts/_data'));
  assert.equal(
    await docker(engine(), ['inspect', '-f', '{{(index .HostConfig.Mounts 0).VolumeOptions.Subpath}}', id]),
    'a',
  );
});

it('a path that a volume does not have is refused at the start, and nothing stays mounted', async () => {
  const source = join(engine().dataRoot, 'volumes/parts/_data/missing');
  assert.match(
    await refusal(['--mount', 'type=volume,src=parts,dst=/part,volume-subpath=missing']),
    new RegExp(`cannot access path ${source}: lstat ${source}: no such file or directory`),
  );
  assert.deepEqual(await placesOfRuns(), []);
});

it('no link in a volume leads out of it', async () => {
  symlinkSync('/etc', join(engine().dataRoot, 'volumes/parts/_data/out'));
  symlinkSync('../../../../../../etc', join(engine().dataRoot, 'volumes/parts/_data/up'));
  for (const name of ['out', 'up']) {
    const text = await refusal(['--mount', `type=volume,src=parts,dst=/part,volume-subpath=${name}`]);
    assert.match(text, /cannot access path .*: no such file or directory/);
  }
});

it('an image is mounted for reading, whole or in part, and while a container runs it stays', async () => {
  const whole = ['--mount', 'type=image,src=busybox,dst=/img'];
  const { code, stdout, stderr } = await engine().docker([
    'run',
    '--rm',
    ...whole,
    'busybox',
    'sh',
    '-c',
    'ls /img/bin/busybox; touch /img/x 2>&1 || true',
  ]);
  assert.equal(code, 0, stderr);
  assert.match(stderr, /WARNING: Image mount is an experimental feature/);
  assert.match(stdout, /^\/img\/bin\/busybox\n.*Read-only file system/);
  const part = ['--mount', 'type=image,src=busybox,dst=/img,image-subpath=bin'];
  assert.equal(await run(part, 'ls /img/busybox'), '/img/busybox');
  assert.deepEqual(await placesOfRuns(), []);

  await docker(engine(), ['run', '-d', '--name', 'reader', ...whole, 'busybox', 'sleep', '600']);
  assert.equal((await placesOfRuns()).length, 1);
  await docker(engine(), ['cp', 'reader:/img/etc/passwd', join(folder, 'running')]);
  await docker(engine(), ['stop', '-t', '0', 'reader']);
  assert.deepEqual(await placesOfRuns(), []);
  await docker(engine(), ['cp', 'reader:/img/etc/passwd', join(folder, 'stopped')]);
  assert.deepEqual(await placesOfRuns(), []);
  assert.equal(readFileSync(join(folder, 'running'), 'utf8'), readFileSync(join(folder, 'stopped'), 'utf8'));
});

it('an image that is not there, or that has no such path, is refused', async () => {
  const made = await engine().docker([
    'create',
    '--pull',
    'never',
    '--mount',
    'type=image,src=nowhere,dst=/img',
    'busybox',
  ]);
  assert.match(made.stderr, /No such image: nowhere:latest/);
  assert.match(
    await refusal(['--mount', 'type=image,src=busybox,dst=/img,image-subpath=no/where']),
    /cannot access path .*no\/where: no such file or directory/,
  );
});

it('a killed daemon’s mounts are swept with the runs that ended meanwhile', async () => {
  await docker(engine(), ['start', 'reader']);
  assert.equal((await placesOfRuns()).length, 1);
  await engine().end('SIGKILL');
  await engine().start();
  assert.deepEqual(await placesOfRuns(), []);
  await docker(engine(), ['start', 'reader']);
  await docker(engine(), ['rm', '-f', 'reader']);
  assert.deepEqual(await placesOfRuns(), []);
});

it('what is read-only is so with all that is mounted below, unless the client says otherwise', async () => {
  const outer = await mountMemory('outer');
  const inner = await mountMemory('outer/inner');
  writeFileSync(join(inner, 'there'), '');
  const write = 'touch /m/x 2>/dev/null && echo outer; touch /m/inner/x 2>/dev/null && echo inner; true';
  const bind = `type=bind,src=${outer},dst=/m,readonly`;
  assert.equal(await run(['-v', `${outer}:/m:ro`], write), '');
  assert.equal(await run(['--mount', bind], write), '');
  assert.equal(await run(['--mount', `${bind},bind-recursive=writable`], write), 'inner');
  assert.equal(await run(['--mount', `${bind},bind-recursive=disabled`], 'ls /m/inner'), '');
  assert.equal(
    await run(['--mount', `${bind},bind-recursive=readonly,bind-propagation=rprivate`], write),
    '',
  );
});

it('options that contradict each other are refused at the start', async () => {
  const outcome = async (bindOptions: object, readOnly: boolean): Promise<string> => {
    const mount = {
      Type: 'bind',
      Source: folder,
      Target: '/m',
      ReadOnly: readOnly,
      BindOptions: bindOptions,
    };
    const made = await engine().request('POST', '/v1.51/containers/create', {
      body: { Image: 'busybox', HostConfig: { Mounts: [mount] } },
    });
    const { Id } = made.json as { Id: string };
    const started = await engine().request('POST', `/v1.51/containers/${Id}/start`);
    await engine().request('DELETE', `/v1.51/containers/${Id}`);
    return `${started.status} ${(started.json as { message: string } | undefined)?.message}`;
  };
  assert.equal(
    await outcome({ ReadOnlyForceRecursive: true }, false),
    '500 mount options conflict: !ReadOnly && BindOptions.ReadOnlyForceRecursive',
  );
  assert.equal(
    await outcome({ ReadOnlyNonRecursive: true }, false),
    '500 mount options conflict: !ReadOnly && BindOptions.ReadOnlyNonRecursive',
  );
  assert.equal(
    await outcome({ ReadOnlyNonRecursive: true, ReadOnlyForceRecursive: true }, true),
    '500 mount options conflict: ReadOnlyNonRecursive && BindOptions.ReadOnlyForceRecursive',
  );
});

it('mounts come and go with a slave’s master, and a private one can’t be shared', async () => {
  const source = await mountMemory('private');
  await runCommand('mount', ['--make-private', source]);
  assert.match(
    await refusal(['-v', `${source}:/m:rshared`]),
    new RegExp(`path ${source} is mounted on ${source} but it is not a shared mount`),
  );
  assert.match(
    await refusal(['-v', `${source}:/m:rslave`]),
    new RegExp(`path ${source} is mounted on ${source} but it is not a shared or slave mount`),
  );
  await runCommand('mount', ['--make-shared', source]);
  await docker(engine(), [
    'run',
    '-d',
    '--name',
    'slave',
    '-v',
    `${source}:/m:rslave`,
    'busybox',
    'sleep',
    '600',
  ]);
  const later = await mountMemory('private/later');
  writeFileSync(join(later, 'seen'), '');
  assert.equal(await docker(engine(), ['exec', 'slave', 'ls', '/m/later']), 'seen');
  await docker(engine(), ['rm', '-f', 'slave']);
});

it('a bind that holds the engine’s files follows the host, and can’t be told not to', async () => {
  const id = await docker(engine(), ['create', '-v', `${engine().dataRoot}:/m`, 'busybox']);
  const shown = await docker(engine(), ['inspect', '-f', '{{(index .Mounts 0).Propagation}}', id]);
  assert.equal(shown, 'rslave');
  assert.match(
    await refusal(['-v', `${engine().dataRoot}:/m:private`]),
    /must use either propagation mode "rslave" or "rshared" when mount source is within the daemon root/,
  );
  assert.equal(await run(['-v', `${engine().dataRoot}:/m`], 'ls -d /m/containers'), '/m/containers');
});
