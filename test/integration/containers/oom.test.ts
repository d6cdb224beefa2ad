// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { docker, dockerUntil, useEngine } from '../../support/use-engine.ts';

const engine = useEngine();

/** Fills memory page by page until the kernel has had enough. */
const HUNGRY = ['sh', '-c', 'tail /dev/zero'];
const LIMIT = ['--memory', '12m', '--memory-swap', '12m'];

const actionsOf = async (name: string): Promise<readonly string[]> => {
  const until = (Date.now() / 1000).toFixed(3);
  const filters = encodeURIComponent(JSON.stringify({ container: [name] }));
  const { text } = await engine().request('GET', `/v1.51/events?since=1&until=${until}&filters=${filters}`);
  return [...text.matchAll(/"Action":"([^"]+)"/g)].map((match) => match[1] ?? '');
};

it('a container that is killed for want of memory says so, in its state and in an event', async () => {
  await docker(engine(), ['run', '-d', '--name', 'hungry', ...LIMIT, 'busybox', 'tail', '/dev/zero']);
  const state = ['inspect', '-f', '{{.State.Status}} {{.State.OOMKilled}} {{.State.ExitCode}}', 'hungry'];
  assert.equal(await dockerUntil(engine(), state, /^exited/, 30_000), 'exited true 137');
  const actions = await actionsOf('hungry');
  assert.ok(actions.includes('oom'), actions.join(' '));
  assert.equal(actions.at(-1), 'die');
  await docker(engine(), ['rm', 'hungry']);
});

it('a child that is killed for want of memory is told of while the container goes on', async () => {
  const command = ['sh', '-c', `${HUNGRY[2] ?? ''}; exec sleep 600`];
  await docker(engine(), ['run', '-d', '--name', 'parent', ...LIMIT, 'busybox', ...command]);
  await dockerUntil(
    engine(),
    ['inspect', '-f', '{{.State.Status}} {{.State.OOMKilled}}', 'parent'],
    'running true',
    30_000,
  );
  assert.ok((await actionsOf('parent')).includes('oom'));
  await docker(engine(), ['restart', '-t', '0', 'parent']);
  await docker(engine(), ['rm', '-f', 'parent']);
});
