// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, it } from 'node:test';
import { mountsBelow } from '../../support/host-leaks.ts';
import { runCommand } from '../../support/run-command.ts';
import { docker, useEngine } from '../../support/use-engine.ts';

const engine = useEngine();

const folder = mkdtempSync(join(tmpdir(), 'berth-volumes-'));
/** Nothing is here. */
const NOWHERE = join(folder, 'nowhere');
after(() => rmSync(folder, { recursive: true }));

const placeOf = (name: string): string => join(engine().dataRoot, 'volumes', name, '_data');
const mounted = async (name: string): Promise<number> => (await mountsBelow(placeOf(name))).length;

const create = async (name: string, options: Readonly<Record<string, string>>): Promise<void> => {
  const words = Object.entries(options).flatMap(([key, value]) => ['-o', `${key}=${value}`]);
  assert.equal(await docker(engine(), ['volume', 'create', ...words, name]), name);
};

const run = async (name: string, script: string): Promise<string> =>
  docker(engine(), ['run', '--rm', '-v', `${name}:/v`, 'busybox', 'sh', '-c', script]);

/** What the CLI prints when a container with the volume can't be started. */
const refusal = async (name: string): Promise<string> => {
  const { code, stderr } = await engine().docker(['run', '--rm', '-v', `${name}:/v`, 'busybox', 'true']);
  assert.notEqual(code, 0);
  return stderr;
};

it('a tmpfs is mounted for its first user and unmounted after its last', async () => {
  await create('memory', { type: 'tmpfs', device: 'tmpfs', o: 'size=1m,uid=1000,mode=0750' });
  assert.equal(await mounted('memory'), 0);
  for (const name of ['first', 'second'])
    await docker(engine(), ['run', '-d', '--name', name, '-v', 'memory:/v', 'busybox', 'sleep', '600']);
  const shown = await docker(engine(), [
    'exec',
    'first',
    'sh',
    '-c',
    'echo here > /v/f; stat -c "%u %a" /v; df -k /v | tail -1',
  ]);
  assert.match(shown, /^1000 750\ntmpfs +1024 /);
  assert.equal(await docker(engine(), ['exec', 'second', 'cat', '/v/f']), 'here');
  assert.equal(await mounted('memory'), 1);
  await docker(engine(), ['rm', '-f', 'first']);
  assert.equal(await mounted('memory'), 1);
  await docker(engine(), ['kill', 'second']);
  await docker(engine(), ['wait', 'second']);
  assert.equal(await mounted('memory'), 0);
  await docker(engine(), ['start', 'second']);
  assert.equal(await docker(engine(), ['exec', 'second', 'ls', '/v']), '');
  await docker(engine(), ['rm', '-f', 'second']);
  assert.equal(await mounted('memory'), 0);
  await docker(engine(), ['volume', 'rm', 'memory']);
});

it('a bind shows the directory that it names, read-only when asked, and leaves it alone', async () => {
  const source = join(folder, 'source');
  mkdirSync(source);
  writeFileSync(join(source, 'there'), 'content');
  await create('bound', { type: 'none', device: source, o: 'bind' });
  assert.equal(await run('bound', 'cat /v/there; echo new > /v/new'), 'content');
  assert.equal(readFileSync(join(source, 'new'), 'utf8'), 'new\n');
  await create('fixed', { type: 'none', device: source, o: 'bind,ro' });
  assert.match(await run('fixed', 'cat /v/there; touch /v/x || echo refused'), /^content\s*refused$/);
  for (const name of ['bound', 'fixed']) {
    assert.equal(await mounted(name), 0);
    await docker(engine(), ['volume', 'rm', name]);
  }
  assert.equal(readFileSync(join(source, 'there'), 'utf8'), 'content');
});

it('a bind of what is not there fails at the start, in the words of dockerd', async () => {
  await create('nowhere', { type: 'none', device: NOWHERE, o: 'bind' });
  const place = placeOf('nowhere');
  assert.ok(
    (await refusal('nowhere')).includes(
      `error while mounting volume '${place}': failed to mount local volume: ` +
        `mount ${NOWHERE}:${place}, flags: 0x1000: no such file or directory`,
    ),
  );
  await docker(engine(), ['volume', 'rm', 'nowhere']);
});

it('a file system that the kernel lacks, a name that nobody knows and a bad option are told', async () => {
  await create('strange', { type: 'strangefs', device: 'x' });
  assert.match(await refusal('strange'), /mount x:.*: no such device/);
  await create('far', { type: 'nfs', device: ':/export', o: 'addr=nobody.invalid,password=secret' });
  assert.match(
    await refusal('far'),
    /error resolving passed in network volume address: lookup nobody\.invalid/,
  );
  await create('near', { type: 'cifs', device: '//h/s', o: 'addr=127.0.0.1,password=secret' });
  const text = await refusal('near');
  assert.match(text, /mount \/\/h\/s:.*data: addr=127\.0\.0\.1,password=\*{8}: /);
  await create('wrong', { type: 'tmpfs', device: 'tmpfs', o: 'size=zz' });
  assert.match(await refusal('wrong'), /, data: size=zz: invalid argument/);
});

/** Does `work` with a loop device that has a fresh file system; false when this machine can't make one. */
const withImage = async (
  type: string,
  megabytes: number,
  work: (device: string) => Promise<void>,
): Promise<boolean> => {
  const image = join(folder, `${type}.img`);
  writeFileSync(image, '');
  await runCommand('truncate', ['-s', `${megabytes}M`, image]);
  const made = await runCommand(`mkfs.${type}`, ['-q', image]).catch(() => undefined);
  const loop = made?.code === 0 ? await runCommand('losetup', ['-f', '--show', image]) : undefined;
  if (loop?.code !== 0) return false;
  const device = loop.stdout.trim();
  try {
    await work(device);
  } finally {
    await runCommand('losetup', ['-d', device]);
  }
  return true;
};

it('an ext4 image on a loop device keeps what is written', async (t) => {
  const done = await withImage('ext4', 16, async (device) => {
    await create('disk', { type: 'ext4', device, o: 'noatime' });
    assert.equal(await run('disk', 'echo kept > /v/file; ls /v'), 'file\nlost+found');
    assert.equal(await mounted('disk'), 0);
    assert.equal(await run('disk', 'cat /v/file'), 'kept');
    await docker(engine(), ['volume', 'rm', 'disk']);
  });
  if (!done) t.skip('no loop devices here');
});

it('btrfs and xfs images are mounted, too', async (t) => {
  for (const [type, megabytes] of [
    ['btrfs', 128],
    ['xfs', 320],
  ] as const) {
    const done = await withImage(type, megabytes, async (device) => {
      await create(type, { type, device });
      assert.equal(await run(type, 'echo kept > /v/file; cat /v/file'), 'kept');
      // A wrong type is told and nothing stays.
      await create('wrong', { type: 'ext4', device });
      assert.match(await refusal('wrong'), /failed to mount local volume: mount .*: invalid argument/);
      assert.equal(await mounted('wrong'), 0);
      await docker(engine(), ['volume', 'rm', type, 'wrong']);
    });
    if (!done) t.diagnostic(`no mkfs.${type} here`);
  }
});

it('copies in and out of a stopped container go through its volumes, mounted for the time', async () => {
  const source = join(folder, 'copied');
  mkdirSync(source);
  await create('copied', { type: 'none', device: source, o: 'bind' });
  await docker(engine(), ['create', '--name', 'still', '-v', 'copied:/v', 'busybox', 'cat', '/v/file']);
  const file = join(folder, 'file');
  writeFileSync(file, 'through');
  await docker(engine(), ['cp', file, 'still:/v/file']);
  assert.equal(readFileSync(join(source, 'file'), 'utf8'), 'through');
  assert.equal(await mounted('copied'), 0);
  assert.equal(await docker(engine(), ['start', '-a', 'still']), 'through');
  await docker(engine(), ['rm', 'still']);
  await docker(engine(), ['volume', 'rm', 'copied']);
});

it("an image's content fills a mounted volume at the container's creation", async () => {
  const source = join(folder, 'filled');
  mkdirSync(source);
  await create('filled', { type: 'none', device: source, o: 'bind' });
  await docker(engine(), ['create', '--name', 'filler', '-v', 'filled:/bin', 'busybox', 'true']);
  assert.ok(readFileSync(join(source, 'busybox')).length > 0);
  assert.equal(await mounted('filled'), 0);
  await docker(engine(), ['rm', 'filler']);
  await create('hollow', { type: 'none', device: NOWHERE, o: 'bind' });
  const { stderr } = await engine().docker(['create', '-v', 'hollow:/bin', 'busybox', 'true']);
  assert.match(stderr, /failed to populate volume: error while mounting volume/);
  // Nothing to copy: the volume is not looked at before the start.
  await docker(engine(), ['create', '--name', 'later', '-v', 'hollow:/nothing', 'busybox', 'true']);
  await docker(engine(), ['rm', 'later']);
});

it('a subpath of a mounted volume is found in what is mounted', async () => {
  const source = join(folder, 'parts');
  mkdirSync(join(source, 'a'), { recursive: true });
  writeFileSync(join(source, 'a/f'), 'deep');
  await create('parts', { type: 'none', device: source, o: 'bind' });
  const part = 'type=volume,src=parts,dst=/p,volume-subpath=a';
  assert.equal(await docker(engine(), ['run', '--rm', '--mount', part, 'busybox', 'cat', '/p/f']), 'deep');
  assert.equal(await mounted('parts'), 0);
});
