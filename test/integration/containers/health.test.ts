// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { docker, dockerUntil, useEngine } from '../../support/use-engine.ts';

const engine = useEngine({ flags: ['--live-restore'] });

const CHECK = ['--health-cmd', 'test -e /well', '--health-interval', '200ms', '--health-retries', '2'];

const statusOf = (name: string): readonly string[] => ['inspect', '-f', '{{.State.Health.Status}}', name];

it('a container starts up, gets well and falls ill as its check says, and tells each change once', async () => {
  await docker(engine(), ['run', '-d', '--name', 'patient', ...CHECK, 'busybox', 'sleep', '600']);
  assert.match(
    await docker(engine(), ['ps', '--format', '{{.Status}}']),
    /\((health: starting|unhealthy)\)$/,
  );
  await docker(engine(), ['exec', 'patient', 'touch', '/well']);
  await dockerUntil(engine(), statusOf('patient'), 'healthy');
  assert.match(
    await docker(engine(), ['ps', '--format', '{{.Status}}', '-f', 'health=healthy']),
    /\(healthy\)$/,
  );
  await docker(engine(), ['exec', 'patient', 'rm', '/well']);
  await dockerUntil(engine(), statusOf('patient'), 'unhealthy');
  const filters = encodeURIComponent(JSON.stringify({ event: ['health_status'] }));
  const query = `since=1&until=${(Date.now() / 1000).toFixed(3)}&filters=${filters}`;
  const events = (await engine().request('GET', `/v1.51/events?${query}`)).text;
  const actions = [...events.matchAll(/"Action":"(health_status: \w+)"/g)].map(([, action]) => action);
  assert.deepEqual(actions.slice(-2), ['health_status: healthy', 'health_status: unhealthy']);
});

it('probes rest while it is paused and after its stop', async () => {
  await docker(engine(), ['exec', 'patient', 'touch', '/well']);
  await dockerUntil(engine(), statusOf('patient'), 'healthy');
  await docker(engine(), ['pause', 'patient']);
  assert.equal(await docker(engine(), statusOf('patient')), 'unhealthy');
  await docker(engine(), ['unpause', 'patient']);
  await dockerUntil(engine(), statusOf('patient'), 'healthy');
  await docker(engine(), ['stop', '-t', '0', 'patient']);
  assert.equal(await docker(engine(), statusOf('patient')), 'unhealthy');
  await docker(engine(), ['start', 'patient']);
  await dockerUntil(engine(), statusOf('patient'), 'healthy');
});

it('a pause waits for the probe that is being started, so that the container can be thawed again', async () => {
  const busy = ['--health-cmd', 'true', '--health-interval', '10ms'];
  await docker(engine(), ['run', '-d', '--name', 'busy', ...busy, 'busybox', 'sleep', '600']);
  for (let count = 0; count < 8; count += 1) {
    await docker(engine(), ['pause', 'busy']);
    await docker(engine(), ['unpause', 'busy']);
    await new Promise((resolve) => setTimeout(resolve, 30 + count * 7));
  }
  await docker(engine(), ['rm', '-f', 'busy']);
});

it('a probe that takes too long is killed', async () => {
  const slow = [
    '--health-cmd',
    'echo part; sleep 600',
    '--health-timeout',
    '100ms',
    '--health-interval',
    '100ms',
  ];
  await docker(engine(), ['run', '-d', '--name', 'slow', ...slow, 'busybox', 'sleep', '600']);
  await dockerUntil(engine(), statusOf('slow'), 'unhealthy');
  const last = await docker(engine(), ['inspect', '-f', '{{json (index .State.Health.Log 0)}}', 'slow']);
  const { ExitCode, Output } = JSON.parse(last) as { ExitCode: number; Output: string };
  assert.equal(ExitCode, -1);
  assert.match(Output, /^Health check exceeded timeout \(100ms\)/);
  await docker(engine(), ['rm', '-f', 'slow']);
});

it('a daemon that comes back probes on', async () => {
  await engine().end();
  await engine().start();
  await dockerUntil(engine(), statusOf('patient'), 'healthy');
  await docker(engine(), ['rm', '-f', 'patient']);
});
