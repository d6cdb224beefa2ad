// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, it } from 'node:test';
import { docker, dockerUntil, useEngine } from '../../support/use-engine.ts';

// Where a criu lies that knows this kernel: Debian 12's 3.17 does not know kernels from 6.16 on (their vDSO).
const named = process.env['BERTH_CRIU_DIRECTORY'];
if (named !== undefined) process.env['PATH'] = `${named}:${process.env['PATH'] ?? ''}`;
const works = spawnSync('criu', ['check']).status === 0;
const skip = works ? false : 'no criu of this machine works with its kernel';

const engine = useEngine({ flags: ['--experimental'] });
const places = await mkdtemp(join(tmpdir(), 'bt-checkpoints-'));
after(() => rm(places, { recursive: true, force: true }));

const COUNTER = ['sh', '-c', 'i=0; while :; do i=$((i+1)); echo count $i; sleep 0.2; done'];

const ask = async (method: string, path: string, body?: object): Promise<string> => {
  const answer = await engine().request(method, path, body === undefined ? {} : { body });
  return `${answer.status} ${answer.text.trim()}`.trim().replaceAll(/[0-9a-f]{64}/g, '<id>');
};

it('what can be told without CRIU is told first', async () => {
  await docker(engine(), ['create', '--name', 'still', 'busybox', 'true']);
  const path = '/containers/still/checkpoints';
  assert.equal(await ask('GET', path), '200 []');
  assert.equal(
    await ask('GET', `${path}?dir=/nope`),
    '500 {"message":"checkpoint  does not exist for container still"}',
  );
  assert.equal(
    await ask('POST', path, { CheckpointID: 'one' }),
    '409 {"message":"container <id> is not running"}',
  );
  assert.equal(
    await ask('POST', '/containers/still/start?checkpoint=one'),
    '500 {"message":"checkpoint one does not exist for container /still"}',
  );
  assert.equal(
    await ask('DELETE', `${path}/one`),
    '500 {"message":"checkpoint one does not exist for container still"}',
  );
  await docker(engine(), ['start', 'still']);
  await docker(engine(), ['wait', 'still']);
  await docker(engine(), ['rm', 'still']);
});

it('a name can not lead out of the directory', async () => {
  await docker(engine(), ['run', '-d', '--name', 'named', 'busybox', 'sleep', '600']);
  const path = '/containers/named/checkpoints';
  for (const name of ['', 'a', '../x', 'a/b', '..'])
    assert.equal(
      await ask('POST', path, { CheckpointID: name, CheckpointDir: places }),
      `500 {"message":"Invalid checkpoint ID (${name}), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed"}`,
    );
  assert.match(await ask('DELETE', `${path}/%2e%2e%2fx?dir=${places}`), /^(500|404|301)\b/);
  assert.ok(existsSync(places));
  await docker(engine(), ['rm', '-f', 'named']);
});

it('a checkpoint that fails leaves nothing and the container as it was', { skip: works }, async () => {
  await docker(engine(), ['run', '-d', '--name', 'fails', 'busybox', ...COUNTER]);
  const answer = await ask('POST', '/containers/fails/checkpoints', { CheckpointID: 'one', Exit: true });
  assert.match(answer, /^500 \{"message":"Cannot checkpoint container fails: /);
  assert.equal(await ask('GET', '/containers/fails/checkpoints'), '200 []');
  assert.equal(await docker(engine(), ['inspect', '-f', '{{.State.Status}}', 'fails']), 'running');
  await docker(engine(), ['rm', '-f', 'fails']);
});

for (const network of ['none', 'bridge'])
  it(`a container on ${network} goes on from its checkpoint`, { skip }, async () => {
    await docker(engine(), ['run', '-d', '--name', 'counter', '--network', network, 'busybox', ...COUNTER]);
    await dockerUntil(engine(), ['logs', 'counter'], /count 3/);
    await docker(engine(), ['checkpoint', 'create', '--leave-running', 'counter', 'first']);
    assert.match(
      await ask('POST', '/containers/counter/checkpoints', { CheckpointID: 'first' }),
      /already exists/,
    );
    await docker(engine(), ['checkpoint', 'create', 'counter', 'last']);
    await dockerUntil(engine(), ['inspect', '-f', '{{.State.Status}}', 'counter'], 'exited');
    assert.equal(
      await ask('GET', '/containers/counter/checkpoints'),
      '200 [{"Name":"first"},{"Name":"last"}]',
    );
    const before = (await docker(engine(), ['logs', 'counter'])).split('\n').length;
    await docker(engine(), ['start', '--checkpoint', 'last', 'counter']);
    await dockerUntil(engine(), ['logs', 'counter'], new RegExp(`count ${before + 3}$`, 'm'));
    const lines = (await docker(engine(), ['logs', 'counter'])).split('\n');
    assert.equal(new Set(lines).size, lines.length, 'it began anew');
    assert.match(await docker(engine(), ['exec', 'counter', 'ps']), /count/);
    await docker(engine(), ['checkpoint', 'rm', 'counter', 'first']);
    assert.equal(await ask('GET', '/containers/counter/checkpoints'), '200 [{"Name":"last"}]');
    await docker(engine(), ['stop', '-t', '0', 'counter']);
    assert.equal(await docker(engine(), ['inspect', '-f', '{{.State.Status}}', 'counter']), 'exited');
    await docker(engine(), ['rm', 'counter']);
  });

it('a checkpoint goes to a directory of one’s own', { skip }, async () => {
  await docker(engine(), ['run', '-d', '--name', 'away', 'busybox', ...COUNTER]);
  await dockerUntil(engine(), ['logs', 'away'], /count 2/);
  await docker(engine(), ['checkpoint', 'create', '--checkpoint-dir', places, 'away', 'saved']);
  assert.deepEqual(await readdir(places), ['saved']);
  assert.equal(await ask('GET', `/containers/away/checkpoints?dir=${places}`), '200 [{"Name":"saved"}]');
  await dockerUntil(engine(), ['inspect', '-f', '{{.State.Status}}', 'away'], 'exited');
  assert.equal(await ask('POST', `/containers/away/start?checkpoint=saved&checkpoint-dir=${places}`), '204');
  await docker(engine(), ['rm', '-f', 'away']);
});

it('without --experimental there are none', async () => {
  await engine().end();
  await engine().start([]);
  await docker(engine(), ['create', '--name', 'plain', 'busybox', 'true']);
  const disabled =
    '501 {"message":"This experimental feature is disabled by default. Start the Docker daemon in experimental mode in order to enable it."}';
  assert.equal(await ask('GET', '/containers/plain/checkpoints'), disabled);
  assert.equal(await ask('POST', '/containers/plain/checkpoints', { CheckpointID: 'one' }), disabled);
  assert.equal(
    await ask('POST', '/containers/plain/start?checkpoint=one'),
    '400 {"message":"checkpoint is only supported in experimental mode"}',
  );
  await docker(engine(), ['rm', 'plain']);
});
