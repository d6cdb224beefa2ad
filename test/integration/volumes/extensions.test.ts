// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { checksumOf } from '../../../src/spec/tar/header.ts';
import { encodeTar } from '../../../src/spec/tar/write.ts';
import { getXattr, setXattr } from '../../../src/sys/xattr.ts';
import { forms } from '../../support/sparse-archive.ts';
import { archiveSparse, SPARSE_FORMS, SPARSE_SIZE } from '../../support/sparse-files.ts';
import { docker, useEngine } from '../../support/use-engine.ts';

const engine = useEngine({ flags: ['--live-restore'] });

const volumes = (): string => join(engine().dataRoot, 'volumes');
const data = (name: string): string => join(volumes(), name, '_data');

const ask = async (
  method: string,
  path: string,
  body?: Buffer,
): Promise<{ status: number; json: unknown; bytes: Buffer }> =>
  engine().request(method, `/v1.51/volumes/${path}`, {
    ...(body && { body, headers: { 'Content-Type': 'application/x-tar' } }),
  });

const refused = async (
  status: number,
  message: RegExp,
  method: string,
  path: string,
  body?: Buffer,
): Promise<void> => {
  const answer = await ask(method, path, body);
  assert.equal(answer.status, status, answer.bytes.toString());
  assert.match((answer.json as { message: string }).message, message);
};

/** What lies in the volumes' directory beside volumes. */
const leftovers = (): readonly string[] => readdirSync(volumes()).filter((name) => name.startsWith('.'));

it('a renamed volume is that of its containers, running or not, before and after a crash', async () => {
  await docker(engine(), ['volume', 'create', 'before']);
  const running = await docker(engine(), ['run', '-d', '-v', 'before:/v', 'busybox', 'sleep', '600']);
  const still = await docker(engine(), [
    'create',
    '--mount',
    'type=volume,src=before,dst=/v',
    'busybox',
    'cat',
    '/v/f',
  ]);
  assert.equal((await ask('POST', 'before/rename?name=behind')).status, 204);
  await docker(engine(), ['exec', running, 'sh', '-c', 'echo written > /v/f']);
  assert.equal(readFileSync(join(data('behind'), 'f'), 'utf8'), 'written\n');
  assert.equal(await docker(engine(), ['start', '-a', still]), 'written');
  const shown = '{{range .Mounts}}{{.Name}} {{.Source}}{{end}} {{.HostConfig.Binds}}';
  assert.equal(
    await docker(engine(), ['inspect', '-f', shown, running]),
    `behind ${data('behind')} [behind:/v]`,
  );
  assert.deepEqual([existsSync(join(volumes(), 'before')), leftovers()], [false, []]);
  await refused(404, /rename before: get before: no such volume/, 'POST', 'before/rename?name=x1');
  await docker(engine(), ['volume', 'create', 'taken']);
  await refused(409, /volume name 'taken' is already in use/, 'POST', 'behind/rename?name=taken');
  await refused(400, /includes invalid characters/, 'POST', 'behind/rename?name=..%2Fx');
  await engine().end('SIGKILL');
  await engine().start();
  assert.equal(await docker(engine(), ['exec', running, 'cat', '/v/f']), 'written');
  await docker(engine(), ['restart', '-t', '0', running]);
  assert.equal(await docker(engine(), ['exec', running, 'cat', '/v/f']), 'written');
  await refused(409, /volume is in use/, 'DELETE', 'behind');
  await docker(engine(), ['rm', '-f', running, still]);
  await docker(engine(), ['volume', 'rm', 'behind', 'taken']);
});

it('a mounted volume is renamed under its container, and unmounted after it', async () => {
  await docker(engine(), ['volume', 'create', '-o', 'type=tmpfs', '-o', 'device=tmpfs', 'memory']);
  const id = await docker(engine(), [
    'run',
    '-d',
    '-v',
    'memory:/v',
    'busybox',
    'sh',
    '-c',
    'echo in > /v/f; sleep 600',
  ]);
  await docker(engine(), ['exec', id, 'sh', '-c', 'until test -s /v/f; do usleep 50000; done']);
  assert.equal((await ask('POST', 'memory/rename?name=remembered')).status, 204);
  assert.equal(readFileSync(join(data('remembered'), 'f'), 'utf8'), 'in\n');
  await docker(engine(), ['rm', '-f', id]);
  assert.deepEqual(readdirSync(data('remembered')), []);
  await docker(engine(), ['volume', 'rm', 'remembered']);
});

it('what is exported comes back by an import: owners, modes, times, attributes, links, devices', async () => {
  const script =
    'mkdir -p /v/d; echo one > /v/d/file; ln /v/d/file /v/twin; ln -s ../../etc/passwd /v/link; mkfifo /v/pipe; ' +
    'mknod /v/null c 1 3; chown 7:8 /v/d/file; chmod 4750 /v/d/file; touch -d 2001-02-03 /v/d; chmod 1777 /v; chown 5:6 /v';
  await docker(engine(), ['run', '--rm', '-v', 'source:/v', 'busybox', 'sh', '-c', script]);
  setXattr(join(data('source'), 'd/file'), 'user.colour', Buffer.from('red'));
  const exported = await ask('GET', 'source/export');
  assert.equal(exported.status, 200);
  const labels = encodeURIComponent('{"l":"1"}');
  const made = await ask('POST', `target/import?labels=${labels}`, exported.bytes);
  assert.equal(made.status, 201, made.bytes.toString());
  const { Name, Labels, Mountpoint, Driver } = made.json as Record<string, unknown>;
  assert.deepEqual(
    { Name, Labels, Mountpoint, Driver },
    {
      Name: 'target',
      Labels: { l: '1' },
      Mountpoint: data('target'),
      Driver: 'local',
    },
  );
  const look = 'cd /v; stat -c "%n %u %g %a %F %Y %h" . d d/file twin pipe null; readlink link; cat twin';
  const told = async (name: string): Promise<string> =>
    docker(engine(), ['run', '--rm', '-v', `${name}:/v`, 'busybox', 'sh', '-c', look]);
  assert.equal(await told('target'), await told('source'));
  assert.equal(getXattr(join(data('target'), 'd/file'), 'user.colour')?.toString(), 'red');
  assert.equal(
    statSync(join(data('target'), 'd/file'), { bigint: true }).mtimeNs,
    statSync(join(data('source'), 'd/file'), { bigint: true }).mtimeNs,
  );
  await refused(409, /volume name 'target' is already in use/, 'POST', 'target/import', exported.bytes);
  const other = gzipSync(encodeTar([{ entry: { name: 'other' }, content: 'x' }]));
  assert.equal((await ask('POST', 'target/import?replace=1', other)).status, 200);
  assert.deepEqual(readdirSync(data('target')), ['other']);
  assert.deepEqual(leftovers(), []);
  await docker(engine(), ['volume', 'rm', 'source', 'target']);
});

it('an archive that is none, that ends early or leads out makes no volume', async () => {
  const tar = Buffer.from(encodeTar([{ entry: { name: 'a' }, content: 'x'.repeat(2000) }]));
  await refused(400, /import bad: /, 'POST', 'bad/import', Buffer.alloc(1024, 'z'));
  await refused(400, /unexpected EOF/, 'POST', 'bad/import', tar.subarray(0, 1024));
  await refused(400, /the archive is empty/, 'POST', 'bad/import');
  const out = Buffer.from(
    encodeTar([
      { entry: { name: 'door', type: 'symlink', linkName: '/etc' } },
      { entry: { name: 'door/berth-was-here' }, content: 'x' },
    ]),
  );
  // The link is read as if the volume were the root: the file lies in the volume's own /etc, or nowhere.
  await ask('POST', 'door/import', out);
  assert.equal(existsSync('/etc/berth-was-here'), false);
  await docker(engine(), ['volume', 'rm', '-f', 'door']);
  const up = Buffer.from(encodeTar([{ entry: { name: '../../up' }, content: 'x' }]));
  await ask('POST', 'up/import', up);
  assert.deepEqual([readdirSync(data('up')), existsSync(join(volumes(), 'up/up'))], [['up'], false]);
  await docker(engine(), ['volume', 'rm', 'up']);
  const lost = Buffer.from(
    encodeTar([{ entry: { name: 'link', type: 'hardlink', linkName: '/etc/passwd' } }]),
  );
  await refused(400, /link \/etc\/passwd: no such file or directory/, 'POST', 'bad/import', lost);
  const long = Buffer.from(encodeTar([{ entry: { name: 'x'.repeat(256) }, content: '' }]));
  await refused(500, /import bad: lstat \/x+: file name too long/, 'POST', 'bad/import', long);
  await refused(400, /invalid labels/, 'POST', 'bad/import?labels=x', tar);
  await refused(404, /no such volume/, 'POST', 'bad/import?replace=1', tar);
  assert.equal(await docker(engine(), ['volume', 'ls', '-q']), '');
  assert.deepEqual(leftovers(), []);
});

it('an archive with what no volume can hold makes none', async () => {
  const unknown = Buffer.from(encodeTar([{ entry: { name: 'odd' }, content: '' }]));
  unknown.write('Z', 156, 'latin1');
  unknown.write(`${checksumOf(unknown.subarray(0, 512)).toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  await refused(
    400,
    /import bad: the archive has an entry of an unknown type: odd/,
    'POST',
    'bad/import',
    unknown,
  );
  for (const owner of [{ uid: 2 ** 32 }, { gid: 2 ** 32 - 1 }]) {
    const archive = Buffer.from(encodeTar([{ entry: { name: 'x', ...owner }, content: '' }]));
    await refused(
      400,
      /import bad: the archive has an entry of an impossible owner: x/,
      'POST',
      'bad/import',
      archive,
    );
  }
  const missing = forms([[0, 600]], 4096, Buffer.alloc(512, 'x'));
  for (const archive of Object.values(missing))
    await refused(
      400,
      /import bad: archive\/tar: sparse file references non-existent data/,
      'POST',
      'bad/import',
      archive,
    );
  assert.equal(await docker(engine(), ['volume', 'ls', '-q']), '');
});

it('sparse files have their holes', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'bt-sparse-'));
  try {
    for (const form of SPARSE_FORMS) {
      const archive = await archiveSparse(folder, form);
      assert.equal((await ask('POST', 'sparse/import', archive)).status, 201, form);
      assert.deepEqual(readdirSync(data('sparse')).toSorted(), ['hole.sparse', 'some.sparse'], form);
      for (const name of ['hole.sparse', 'some.sparse']) {
        const imported = join(data('sparse'), name);
        assert.ok(readFileSync(imported).equals(readFileSync(join(folder, name))), `${form} ${name}`);
        assert.ok(statSync(imported).blocks * 512 < SPARSE_SIZE / 4, `${form} ${name}`);
      }
      await docker(engine(), ['volume', 'rm', 'sparse']);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});

it('a client that hangs up in the middle leaves nothing half-made', async () => {
  const tar = Buffer.from(encodeTar([{ entry: { name: 'a' }, content: Buffer.alloc(5_000_000, 'x') }]));
  const request = http.request({
    socketPath: engine().socket,
    method: 'POST',
    path: '/v1.51/volumes/half/import',
    headers: { 'Content-Length': tar.length },
  });
  request.on('error', () => undefined);
  request.write(tar.subarray(0, 2_000_000));
  while (leftovers().length === 0) await pause(20);
  request.destroy();
  while (leftovers().length > 0) await pause(20);
  assert.equal(await docker(engine(), ['volume', 'ls', '-q']), '');
  // And one that a crash cut short.
  const second = http.request({
    socketPath: engine().socket,
    method: 'POST',
    path: '/v1.51/volumes/half/import',
    headers: { 'Content-Length': tar.length },
  });
  second.on('error', () => undefined);
  second.write(tar.subarray(0, 2_000_000));
  while (leftovers().length === 0) await pause(20);
  await engine().end('SIGKILL');
  second.destroy();
  await engine().start();
  assert.deepEqual(leftovers(), []);
  assert.equal(await docker(engine(), ['volume', 'ls', '-q']), '');
});

it('a clone has the same files, and lives by itself', async () => {
  await docker(engine(), ['volume', 'create', '--label', 'a=b', 'first']);
  const id = await docker(engine(), [
    'run',
    '-d',
    '-v',
    'first:/v',
    'busybox',
    'sh',
    '-c',
    'echo 1 > /v/f; sleep 600',
  ]);
  await docker(engine(), [
    'exec',
    id,
    'sh',
    '-c',
    'until test -s /v/f; do usleep 50000; done; chmod 600 /v/f',
  ]);
  const answer = await ask('POST', 'first/clone?name=second');
  assert.equal(answer.status, 201);
  assert.deepEqual((answer.json as { Labels: unknown }).Labels, { a: 'b' });
  await docker(engine(), ['exec', id, 'sh', '-c', 'echo 2 > /v/f']);
  assert.equal(readFileSync(join(data('second'), 'f'), 'utf8'), '1\n');
  assert.equal(statSync(join(data('second'), 'f')).mode & 0o777, 0o600);
  await refused(409, /volume name 'second' is already in use/, 'POST', 'first/clone?name=second');
  await refused(404, /clone none: get none: no such volume/, 'POST', 'none/clone?name=x1');
  await refused(400, /name of the clone may not be empty/, 'POST', 'first/clone');
  await docker(engine(), ['rm', '-f', id]);
  await docker(engine(), ['volume', 'rm', 'first', 'second']);
  assert.deepEqual(leftovers(), []);
});
