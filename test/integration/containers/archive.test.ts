// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import {
  chown,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, it } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { encodeTar } from '../../../src/spec/tar/write.ts';
import { mountsBelow } from '../../support/host-leaks.ts';
import { openHttp } from '../../support/http-request.ts';
import { runCommand } from '../../support/run-command.ts';
import { archiveSparse, SPARSE_FORMS, SPARSE_SIZE } from '../../support/sparse-files.ts';
import { listTar } from '../../support/tar-listing.ts';
import { docker, useEngine } from '../../support/use-engine.ts';

const files = await mkdtemp(join(tmpdir(), 'bt-copy-'));
after(() => rm(files, { recursive: true, force: true }));
const file = (name: string): string => join(files, name);

const BOTH = ['running', 'stopped'] as const;

const engine = useEngine({}, async (started) => {
  const mounts = ['-v', 'data:/data', '-v', `${files}:/bound`, '-v', `${files}:/fixed:ro`];
  await docker(started, ['run', '-d', '--name', 'running', ...mounts, 'busybox', 'sleep', '3600']);
  await docker(started, ['create', '--name', 'stopped', ...mounts, 'busybox', 'true']);
});

const put = async (container: string, path: string, body: Uint8Array): Promise<string> => {
  const answer = await engine().request('PUT', `/containers/${container}/archive?path=${path}`, {
    body: Buffer.from(body),
    headers: { 'Content-Type': 'application/x-tar' },
  });
  return `${answer.status} ${answer.text.trim()}`.trim();
};

const hashOf = async (path: string): Promise<string> => {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest('hex');
};

for (const container of BOTH) {
  it(`a tree comes back from a ${container} container as it went in`, async () => {
    const [from, to] = [file(`in-${container}`), file(`out-${container}`)];
    await mkdir(join(from, 'deep/down'), { recursive: true });
    await writeFile(join(from, 'deep/down/f'), 'text', { mode: 0o640 });
    await symlink('deep/down/f', join(from, 'link'));
    await chown(join(from, 'deep'), 70, 71);
    for (const place of ['/tree', '/data/tree', '/tmp/tree']) {
      await docker(engine(), ['cp', '-a', from, `${container}:${place}`]);
      await rm(to, { recursive: true, force: true });
      await docker(engine(), ['cp', '-a', `${container}:${place}/.`, to]);
      assert.equal(await readFile(join(to, 'deep/down/f'), 'utf8'), 'text');
      assert.equal(await readlink(join(to, 'link')), 'deep/down/f');
      const archive = await engine().request('GET', `/containers/${container}/archive?path=${place}/deep`);
      assert.equal((await listTar(archive.bytes))[0]?.owner, '70:71', place);
      assert.equal((await lstat(join(to, 'deep/down/f'))).mode & 0o7777, 0o640);
    }
  });

  it(`--follow-link copies what a link in a ${container} container leads to`, async () => {
    await writeFile(file('target'), 'behind the link');
    await docker(engine(), ['cp', file('target'), `${container}:/target`]);
    const link = encodeTar([{ entry: { name: 'way', type: 'symlink', linkName: '/target' } }]);
    assert.equal(await put(container, '/', link), '200');
    await docker(engine(), ['cp', '-L', `${container}:/way`, file(`followed-${container}`)]);
    assert.equal(await readFile(file(`followed-${container}`), 'utf8'), 'behind the link');
  });

  it(`what is bound into a ${container} container is the host's`, async () => {
    await writeFile(file('note'), container);
    await docker(engine(), ['cp', file('note'), `${container}:/bound/copied-${container}`]);
    assert.equal(await readFile(file(`copied-${container}`), 'utf8'), container);
    const refused = await engine().docker(['cp', file('note'), `${container}:/fixed/x`]);
    assert.match(refused.stderr, /mounted volume is marked read-only/);
  });

  it(`links of a ${container} container never lead to the host`, async () => {
    const outside = await mkdtemp(join(tmpdir(), 'bt-host-'));
    const link = encodeTar([{ entry: { name: 'escape', type: 'symlink', linkName: outside } }]);
    assert.equal(await put(container, '/', link), '200');
    // The link leads to a place in the container that is not there.
    const body = encodeTar([{ entry: { name: 'escape/x' }, content: 'x' }]);
    assert.match(await put(container, '/', body), /^500 /);
    assert.deepEqual(await readdir(outside), []);
    await rm(outside, { recursive: true });
  });
}

it('what was copied is seen inside at once', async () => {
  await writeFile(file('seen'), 'seen');
  assert.equal((await engine().docker(['exec', 'running', 'cat', '/seen'])).code, 1);
  await docker(engine(), ['cp', file('seen'), 'running:/seen']);
  assert.equal(await docker(engine(), ['exec', 'running', 'cat', '/seen']), 'seen');
});

for (const [program, args] of [
  ['gzip', ['-c']],
  ['bzip2', ['-c']],
  ['xz', ['-c']],
  ['zstd', ['-c']],
] as const) {
  it(`an archive packed by ${program} is unpacked`, async (t) => {
    const plain = file('plain.tar');
    await writeFile(plain, encodeTar([{ entry: { name: program }, content: program }]));
    const packed = file(`packed.${program}`);
    const { code } = await runCommand('sh', ['-c', `${program} ${args.join(' ')} < ${plain} > ${packed}`]);
    if (code !== 0) return t.skip(`${program} is not there`);
    assert.equal(await put('running', '/tmp', await readFile(packed)), '200');
    assert.equal(await docker(engine(), ['exec', 'running', 'cat', `/tmp/${program}`]), program);
  });
}

for (const form of SPARSE_FORMS)
  it(`sparse files of a tar of the form ${form} have their holes`, async () => {
    const archive = await archiveSparse(files, form);
    assert.ok(archive.length < SPARSE_SIZE / 4, 'tar has found holes');
    for (const container of BOTH) {
      const { code, stderr } = await engine().docker(['cp', '-', `${container}:/tmp`], { input: archive });
      assert.equal(code, 0, stderr);
      for (const name of ['some.sparse', 'hole.sparse']) {
        const back = file(`${container}-${form}-${name}`);
        await docker(engine(), ['cp', `${container}:/tmp/${name}`, back]);
        assert.equal(await hashOf(back), await hashOf(file(name)), `${container} ${name}`);
      }
    }
    const blocks = await docker(engine(), ['exec', 'running', 'stat', '-c', '%b', '/tmp/some.sparse']);
    assert.ok(Number(blocks) * 512 < SPARSE_SIZE / 4, blocks);
  });

it('a client that takes gzip gets gzip', async () => {
  const answer = await engine().request('GET', '/containers/running/archive?path=/etc/passwd', {
    headers: { 'Accept-Encoding': 'gzip' },
  });
  assert.equal(answer.headers['content-encoding'], 'gzip');
  const [member] = await listTar(gunzipSync(answer.bytes));
  assert.equal(member?.name, 'passwd');
});

it('100 MB go in and come out unchanged', async () => {
  await runCommand('dd', ['if=/dev/urandom', `of=${file('big')}`, 'bs=1M', 'count=100', 'status=none']);
  await docker(engine(), ['cp', file('big'), 'running:/big']);
  await docker(engine(), ['cp', 'running:/big', file('big-back')]);
  assert.equal(await hashOf(file('big-back')), await hashOf(file('big')));
  await rm(file('big-back'));
});

it('an export has the root file system without volumes', async () => {
  const answer = await engine().request('GET', '/containers/running/export');
  assert.equal(answer.headers['content-type'], 'application/octet-stream');
  const names = (await listTar(answer.bytes)).map(({ name }) => name);
  for (const name of ['bin/', 'bin/busybox', 'etc/passwd', 'data/', 'big'])
    assert.ok(names.includes(name), name);
  assert.ok(!names.some((name) => name.startsWith('data/') && name !== 'data/'));
});

it('copies and exports are told as events', async () => {
  const since = String(Math.floor(Date.now() / 1000));
  await engine().request('GET', '/containers/running/archive?path=/etc/passwd');
  await put('running', '/tmp', new Uint8Array(0));
  await engine().request('GET', '/containers/running/export');
  const until = String(Math.ceil(Date.now() / 1000) + 1);
  const told = await docker(engine(), [
    'events',
    '--since',
    since,
    '--until',
    until,
    '--filter',
    'container=running',
    '--format',
    '{{.Action}}',
  ]);
  const actions = told.split('\n').slice(-3);
  assert.deepEqual(actions, ['archive-path', 'extract-to-dir', 'export']);
});

it('a directory that is exchanged for a link all the time leads nobody out', async () => {
  const outside = await mkdtemp(join(tmpdir(), 'bt-host-'));
  await writeFile(join(outside, 'secret'), 'secret of the host');
  const swap = `mkdir -p /race/d; echo own > /race/d/secret; ln -s ${outside} /race/l; while :; do mv /race/d /race/t; mv /race/l /race/d; mv /race/d /race/l; mv /race/t /race/d; done`;
  await docker(engine(), ['run', '-d', '--name', 'racer', 'busybox', 'sh', '-c', swap]);
  const body = encodeTar([
    { entry: { name: 'd/x' }, content: 'x' },
    { entry: { name: 'd', type: 'file' }, content: '' },
  ]);
  for (let round = 0; round < 20; round += 1) {
    const answer = await engine().request('GET', '/containers/racer/archive?path=/race');
    if (answer.status === 200) assert.ok(!answer.text.includes('secret of the host'));
    await put('racer', '/race', body);
  }
  assert.deepEqual(await readdir(outside), ['secret']);
  await docker(engine(), ['rm', '-f', 'racer']);
  await rm(outside, { recursive: true });
});

it('a client that goes away in the midst leaves nothing mounted or open', async () => {
  const { pid } = engine();
  const before = (await readdir(`/proc/${pid}/fd`)).length;
  for (let round = 0; round < 5; round += 1) {
    const answer = await openHttp(engine().socket, 'GET', '/containers/stopped/archive?path=/bin');
    answer.destroy();
    const big = await openHttp(engine().socket, 'GET', '/containers/running/archive?path=/big');
    big.destroy();
  }
  for (let left = 50; left > 0; left -= 1) {
    if ((await readdir(`/proc/${pid}/fd`)).length <= before) break;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  assert.ok((await readdir(`/proc/${pid}/fd`)).length <= before);
  assert.deepEqual(await mountsBelow(join(engine().execRoot, 'views')), []);
  assert.deepEqual(await readdir(join(engine().execRoot, 'views')), []);
});

it('a daemon killed in the midst of a copy leaves no mount', async () => {
  const answer = await openHttp(engine().socket, 'GET', '/containers/stopped/archive?path=/');
  answer.on('error', () => undefined);
  await engine().end('SIGKILL');
  assert.deepEqual(await mountsBelow(join(engine().execRoot, 'views')), []);
  await engine().start();
  await docker(engine(), ['cp', file('seen'), 'stopped:/after']);
  await docker(engine(), ['start', 'stopped']);
});
