// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { readdirSync, renameSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { docker, useEngine } from '../../support/use-engine.ts';

const engine = useEngine({ flags: ['--live-restore'] });

it('a rename that was cut short is finished at boot, under a running container', async () => {
  const volumes = join(engine().dataRoot, 'volumes');
  await docker(engine(), ['volume', 'create', 'old']);
  const running = await docker(engine(), ['run', '-d', '-v', 'old:/v', 'busybox', 'sleep', '600']);
  await engine().end('SIGKILL');
  // What stands on the disk between the exchange of the names and the first container's record.
  renameSync(join(volumes, 'old'), join(volumes, 'new'));
  symlinkSync('new', join(volumes, 'old'));
  // And of one that did not come so far.
  symlinkSync('never', join(volumes, 'never'));
  await engine().start();
  assert.equal(await docker(engine(), ['inspect', '-f', '{{.HostConfig.Binds}}', running]), '[new:/v]');
  assert.deepEqual(readdirSync(volumes), ['new']);
  const { code, stderr } = await engine().docker(['volume', 'rm', 'new']);
  assert.equal(code, 1);
  assert.match(stderr, /remove new: volume is in use/);
  await docker(engine(), ['restart', '-t', '0', running]);
  await docker(engine(), ['exec', running, 'touch', '/v/f']);
  assert.deepEqual(readdirSync(join(volumes, 'new/_data')), ['f']);
  await docker(engine(), ['rm', '-f', running]);
  await docker(engine(), ['volume', 'rm', 'new']);
});
