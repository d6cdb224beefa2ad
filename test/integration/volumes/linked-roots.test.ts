// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, it } from 'node:test';
import { mountsBelow } from '../../support/host-leaks.ts';
import { docker, useEngine } from '../../support/use-engine.ts';

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'bt-linked-')));
for (const name of ['data', 'exec']) {
  mkdirSync(join(folder, `real-${name}`));
  symlinkSync(`real-${name}`, join(folder, name));
}

// As /var/run is a link, and as people move /var/lib/docker to another disk.
const engine = useEngine({
  flags: [`--data-root=${join(folder, 'data')}`, `--exec-root=${join(folder, 'exec')}`],
});
// After the engine has ended: hooks run in the order in which they are made.
after(async () => {
  assert.deepEqual(await mountsBelow(folder), []);
  rmSync(folder, { recursive: true });
});

const mounted = (place: string): number =>
  readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .filter((line) => line.split(' ')[4]?.startsWith(join(folder, place))).length;

it('roots that are links are as good as any: what is mounted is found again and goes with its last user', async () => {
  assert.equal(await docker(engine(), ['info', '-f', '{{.DockerRootDir}}']), join(folder, 'real-data'));
  await docker(engine(), ['volume', 'create', '-o', 'type=tmpfs', '-o', 'device=tmpfs', 'memory']);
  await docker(engine(), ['volume', 'create', 'plain']);
  const run = ['run', '-d', '--name', 'first', '--ipc', 'shareable', '-v', 'memory:/m'];
  const part = ['--mount', 'type=volume,src=plain,dst=/part,volume-subpath=.'];
  await docker(engine(), [...run, ...part, 'busybox', 'sleep', '600']);
  const second = ['run', '--rm', '-v', 'memory:/m', 'busybox', 'touch', '/m/shared'];
  await docker(engine(), second);
  assert.equal(await docker(engine(), ['exec', 'first', 'ls', '/m']), 'shared');
  assert.equal(mounted('real-data/volumes'), 1);
  assert.equal(await docker(engine(), ['cp', 'first:/m/shared', '-'], 0).then((tar) => tar.length > 0), true);
  await docker(engine(), ['rm', '-f', 'first']);
  for (const place of ['real-data', 'real-exec/mounts', 'real-exec/views']) assert.equal(mounted(place), 0);
  await docker(engine(), ['volume', 'rm', 'memory', 'plain']);
  assert.deepEqual(readdirSync(join(folder, 'data/volumes')), []);
});
