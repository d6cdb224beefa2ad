// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { docker, dockerUntil, useEngine } from '../../support/use-engine.ts';

const FLAGS = ['--icc=false', '--live-restore'];
const engine = useEngine({ flags: FLAGS });

/** Serves /etc on ports 80 and 81; only 80 is exposed. */
const SERVE = 'httpd -p 81 -h /etc; exec httpd -f -p 80 -h /etc';

const address = async (name: string): Promise<string> =>
  docker(engine(), ['inspect', '-f', '{{.NetworkSettings.IPAddress}}', name]);

const reaches = async (from: string, where: string): Promise<boolean> => {
  // busybox's own time-out (wget -T) crashes in its static build.
  const fetching = ['timeout', '4', 'wget', '-q', '-O', '/dev/null', `http://${where}/hostname`];
  const { code } = await engine().docker(['exec', from, ...fetching]);
  return code === 0;
};

/** A server needs a moment, and so does a link that is opened behind a start. */
const reachesInTime = async (from: string, where: string): Promise<boolean> => {
  for (let attempt = 0; attempt < 10; attempt += 1) if (await reaches(from, where)) return true;
  return false;
};

it('containers that are kept apart reach what their links expose, and nothing else', async () => {
  await docker(engine(), ['run', '-d', '--name', 'db', '--expose', '80', 'busybox', 'sh', '-c', SERVE]);
  await docker(engine(), ['run', '-d', '--name', 'web', '--link', 'db:store', 'busybox', 'sleep', '600']);
  await docker(engine(), ['run', '-d', '--name', 'stranger', 'busybox', 'sleep', '600']);
  assert.equal(await reachesInTime('web', 'store'), true);
  assert.equal(await reaches('web', 'store:81'), false);
  assert.equal(await reaches('stranger', await address('db')), false);
  assert.equal(await reaches('db', await address('web')), false);
});

it('a child that comes back with another address is found there, and its old one is nobody’s way in', async () => {
  const before = await address('db');
  await docker(engine(), ['stop', '-t', '0', 'db']);
  await docker(engine(), ['run', '-d', '--name', 'heir', 'busybox', 'sh', '-c', SERVE]);
  await docker(engine(), ['start', 'db']);
  assert.notEqual(await address('db'), before);
  assert.equal(await reachesInTime('web', 'store'), true);
  if ((await address('heir')) === before) assert.equal(await reaches('web', before), false);
  await docker(engine(), ['rm', '-f', 'heir']);
});

it('links go on while the daemon is away, and after it is back', async () => {
  await engine().end('SIGKILL');
  await engine().start();
  await dockerUntil(engine(), ['inspect', '-f', '{{.State.Status}}', 'web'], 'running', 30_000);
  assert.equal(await reachesInTime('web', 'store'), true);
  assert.equal(await reaches('web', 'store:81'), false);
  assert.equal(await docker(engine(), ['inspect', '-f', '{{.HostConfig.Links}}', 'web']), '[/db:/web/store]');
});

it('a link that is removed is a way no more', async () => {
  await docker(engine(), ['rm', '--link', 'web/store']);
  assert.equal(await reaches('web', await address('db')), false);
  assert.equal(await docker(engine(), ['exec', 'web', 'grep', '-c', 'store', '/etc/hosts'], 1), '0');
  await docker(engine(), ['rm', '-f', 'web', 'stranger', 'db']);
});
