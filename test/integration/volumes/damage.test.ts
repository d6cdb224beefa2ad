// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { mustRun } from '../../support/run-command.ts';
import { docker, useEngine } from '../../support/use-engine.ts';

const engine = useEngine();

const pathOf = (...names: readonly string[]): string => join(engine().dataRoot, 'volumes', ...names);

const listed = async (): Promise<readonly string[]> =>
  (await docker(engine(), ['volume', 'ls', '-q'])).split('\n').filter(Boolean);

/** What the CLI prints of a call that must fail. */
const refusal = async (...args: readonly string[]): Promise<string> => {
  const { code, stderr } = await engine().docker(args);
  assert.notEqual(code, 0);
  return stderr;
};

it('a volume with a file that can not be removed stays whole, and the daemon starts beside what is left', async () => {
  await docker(engine(), ['volume', 'create', '--label', 'a=b', 'fixed']);
  const file = pathOf('fixed/_data/file');
  writeFileSync(file, 'content');
  await mustRun('chattr', ['+i', file]);
  try {
    assert.match(
      await refusal('volume', 'rm', 'fixed'),
      /error removing volume path '.*\/fixed\/_data': unlink .*\/fixed\/_data\/file: operation not permitted/,
    );
    assert.deepEqual(readdirSync(pathOf('fixed')).toSorted(), ['_data', 'opts.json']);
    assert.equal(
      await docker(engine(), ['run', '--rm', '-v', 'fixed:/v', 'busybox', 'cat', '/v/file']),
      'content',
    );
    await engine().end();
    await mustRun('mv', [pathOf('fixed'), pathOf('.removed-x')]);
    await engine().start();
    assert.deepEqual(await listed(), []);
    assert.match(await engine().log(), /what is left of a volume could not be removed/);
  } finally {
    await mustRun('chattr', ['-R', '-i', pathOf()]);
  }
  await engine().end();
  await engine().start();
  assert.equal(existsSync(pathOf('.removed-x')), false);
});

it('what is mounted in a volume by hand does not go with it', async () => {
  await docker(engine(), ['volume', 'create', 'host']);
  const place = pathOf('host/_data/sub');
  mkdirSync(place);
  await mustRun('mount', ['-t', 'tmpfs', 'tmpfs', place]);
  try {
    writeFileSync(join(place, 'file'), '');
    assert.match(await refusal('volume', 'rm', 'host'), /unlinkat .*\/sub: device or resource busy/);
    assert.deepEqual(readdirSync(place), ['file']);
  } finally {
    await mustRun('umount', [place]);
  }
  await docker(engine(), ['volume', 'rm', 'host']);
});

it('a volume whose directory was taken away by hand is told in the words of dockerd', async () => {
  await docker(engine(), ['create', '--name', 'user', '-v', 'lost:/v', 'busybox', 'true']);
  rmSync(pathOf('lost'), { recursive: true });
  const source = pathOf('lost/_data');
  const text = `error evaluating symlinks from mount source "${source}": lstat ${pathOf('lost')}: no such file or directory`;
  assert.ok((await refusal('start', 'user')).includes(text));
  const shown = await docker(engine(), ['inspect', '-f', '{{.State.Status}} {{.State.ExitCode}}', 'user']);
  assert.equal(shown, 'created 128');
  assert.match(
    await refusal('create', '-v', 'lost:/bin', 'busybox'),
    /open .*\/lost\/_data: no such file or directory/,
  );
  await docker(engine(), ['rm', 'user']);
  await docker(engine(), ['volume', 'rm', 'lost']);
  assert.deepEqual(await listed(), []);
});

it('directories that were put there are volumes, damaged documents are told of, and the others are as ever', async () => {
  await docker(engine(), ['volume', 'create', '--label', 'a=b', 'good']);
  await docker(engine(), ['volume', 'create', '--label', 'a=b', 'damaged']);
  await engine().end();
  writeFileSync(pathOf('damaged/opts.json'), '{"Created":"2026-');
  mkdirSync(pathOf('restored/_data'), { recursive: true });
  writeFileSync(pathOf('restored/_data/file'), 'content');
  mkdirSync(pathOf('memory/_data'), { recursive: true });
  writeFileSync(
    pathOf('memory/opts.json'),
    '{"MountType":"tmpfs","MountOpts":"size=1m","MountDevice":"tmpfs","Quota":{"Size":0}}',
  );
  mkdirSync(pathOf('lost+found'));
  await engine().start();
  assert.deepEqual((await listed()).toSorted(), ['good', 'memory', 'restored']);
  assert.match(await engine().log(), /a volume could not be read and is left alone/);
  const format = ['volume', 'inspect', '-f', '{{json .Labels}} {{json .Options}}', 'good', 'memory'];
  assert.equal(
    await docker(engine(), format),
    '{"a":"b"} null\nnull {"device":"tmpfs","o":"size=1m","type":"tmpfs"}',
  );
  assert.equal(
    await docker(engine(), ['run', '--rm', '-v', 'restored:/v', 'busybox', 'cat', '/v/file']),
    'content',
  );
  await docker(engine(), ['volume', 'rm', 'good', 'memory', 'restored']);
});
