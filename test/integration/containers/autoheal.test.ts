// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { docker, dockerUntil, useEngine } from '../../support/use-engine.ts';

const LIVE = ['--live-restore'];
const engine = useEngine({ flags: LIVE });

/** Well until the file is gone; each run begins with it. */
const patient = (name: string, ...more: readonly string[]): Promise<string> =>
  docker(engine(), [
    'run',
    '-d',
    '--name',
    name,
    '--stop-timeout',
    '1',
    '--health-cmd',
    'test -e /dev/shm/well',
    '--health-interval',
    '300ms',
    '--health-retries',
    '2',
    ...more,
    'busybox',
    'sh',
    '-c',
    'touch /dev/shm/well; exec sleep 3600',
  ]);

const HEAL = ['--label', 'berth.autoheal=true'];

const healthOf = (name: string): readonly string[] => ['inspect', '-f', '{{.State.Health.Status}}', name];
const runOf = (name: string): readonly string[] => [
  'inspect',
  '-f',
  '{{.State.Status}} {{.State.Health.Status}} {{.RestartCount}}',
  name,
];

const fall = async (name: string): Promise<void> => {
  await dockerUntil(engine(), healthOf(name), 'healthy', 30_000);
  await docker(engine(), ['exec', name, 'rm', '/dev/shm/well']);
};

const actionsOf = async (name: string): Promise<readonly string[]> => {
  const until = (Date.now() / 1000).toFixed(3);
  const filters = encodeURIComponent(JSON.stringify({ container: [name] }));
  const { text } = await engine().request('GET', `/v1.51/events?since=1&until=${until}&filters=${filters}`);
  return [...text.matchAll(/"Action":"([^"]+)"/g)]
    .map((match) => match[1] ?? '')
    .filter((action) => /^(autoheal|die|start|health_status: unhealthy)/.test(action));
};

it('an unhealthy container that asks for it is restarted, with an event; one that does not ask is not', async () => {
  await patient('asks', ...HEAL);
  await patient('silent');
  await fall('silent');
  await fall('asks');
  await dockerUntil(engine(), runOf('asks'), 'running healthy 1', 60_000);
  assert.deepEqual(await actionsOf('asks'), [
    'start',
    'health_status: unhealthy',
    'autoheal',
    'die',
    'start',
  ]);
  await dockerUntil(engine(), runOf('silent'), 'running unhealthy 0', 30_000);
});

it('a second illness waits for its turn; a stop meanwhile is a stop', async () => {
  await fall('asks');
  await dockerUntil(engine(), healthOf('asks'), 'unhealthy', 30_000);
  await docker(engine(), ['stop', '-t', '0', 'asks']);
  const actions = await actionsOf('asks');
  assert.ok(
    actions.includes('autoheal_held_back') || actions.filter((each) => each === 'autoheal').length === 2,
  );
  assert.match(await docker(engine(), ['inspect', '-f', '{{.State.Status}}', 'asks']), /^exited$/);
  await docker(engine(), ['rm', '-f', 'asks', 'silent']);
});

it('the wish outlives the daemon, and the daemon can wish it for all', async () => {
  await patient('asks', ...HEAL);
  await patient('silent');
  await patient('refuses', '--label', 'berth.autoheal=false');
  await engine().end('SIGKILL');
  await engine().start([...LIVE, '--autoheal']);
  for (const name of ['asks', 'silent', 'refuses']) await fall(name);
  for (const name of ['asks', 'silent'])
    await dockerUntil(engine(), runOf(name), 'running healthy 1', 60_000);
  assert.equal(await docker(engine(), runOf('refuses')), 'running unhealthy 0');
  await docker(engine(), ['rm', '-f', 'asks', 'silent', 'refuses']);
});
