// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { it } from 'node:test';
import { mountsBelow } from '../../support/host-leaks.ts';
import { docker, useEngine } from '../../support/use-engine.ts';

const engine = useEngine({ flags: ['--live-restore'] });

const mounted = async (name: string): Promise<number> =>
  (await mountsBelow(join(engine().dataRoot, 'volumes', name, '_data'))).length;

it('after a kill a volume in use stays mounted once, one that nobody uses any more is unmounted', async () => {
  for (const name of ['used', 'left']) {
    await docker(engine(), ['volume', 'create', '-o', 'type=tmpfs', '-o', 'device=tmpfs', name]);
    await docker(engine(), ['run', '-d', '--name', name, '-v', `${name}:/v`, 'busybox', 'sleep', '600']);
  }
  await docker(engine(), ['exec', 'used', 'touch', '/v/mark']);
  const pid = Number(await docker(engine(), ['inspect', '-f', '{{.State.Pid}}', 'left']));
  await engine().end('SIGKILL');
  process.kill(pid, 'SIGKILL');
  assert.equal(await mounted('left'), 1);
  await engine().start();
  assert.deepEqual([await mounted('used'), await mounted('left')], [1, 0]);
  assert.equal(await docker(engine(), ['exec', 'used', 'ls', '/v']), 'mark');
  const second = ['run', '--rm', '-v', 'used:/v', 'busybox', 'ls', '/v'];
  assert.equal(await docker(engine(), second), 'mark');
  assert.equal(await mounted('used'), 1);
  await docker(engine(), ['rm', '-f', 'used', 'left']);
  assert.equal(await mounted('used'), 0);
  await docker(engine(), ['volume', 'rm', 'used', 'left']);
});
