// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { docker, useEngine } from '../../support/use-engine.ts';

const engine = useEngine({}, async (started) => {
  await docker(started, ['run', '-d', '--name', 'idle', '-m', '64m', 'busybox', 'sleep', '600']);
  await docker(started, ['create', '--name', 'off', 'busybox', 'true']);
});

const FORMAT = '{{.Name}} {{.MemUsage}} {{.PIDs}} {{.NetIO}}';

it('docker stats tells what runs', async () => {
  const told = await docker(engine(), ['stats', '--no-stream', '--format', FORMAT]);
  assert.match(told, /^idle [\d.]+[KM]iB \/ 64MiB 1 [\d.]+k?B \/ [\d.]+k?B$/);
});

it('docker stats tells of what does not run that it uses nothing', async () => {
  const told = await docker(engine(), ['stats', '--no-stream', '--format', FORMAT, 'off']);
  assert.equal(told, 'off 0B / 0B 0 0B / 0B');
});

it('one shot has no earlier sample, a single answer has one', async () => {
  interface Told {
    readonly preread: string;
    readonly precpu_stats: { readonly cpu_usage: { readonly total_usage: number } };
  }
  const ask = async (query: string): Promise<Told> =>
    (await engine().request('GET', `/v1.51/containers/idle/stats?${query}`)).json as Told;
  const shot = await ask('stream=0&one-shot=1');
  assert.deepEqual([shot.preread, shot.precpu_stats.cpu_usage.total_usage], ['0001-01-01T00:00:00Z', 0]);
  const single = await ask('stream=0');
  assert.ok(single.precpu_stats.cpu_usage.total_usage > 0);
});

it('docker top tells the processes, docker prune removes what does not run', async () => {
  assert.match(await docker(engine(), ['top', 'idle', '-o', 'pid,cmd']), /\d+ +sleep 600$/);
  const { json } = await engine().request('POST', '/v1.51/containers/prune');
  assert.equal((json as { ContainersDeleted: readonly string[] }).ContainersDeleted.length, 1);
  assert.equal(await docker(engine(), ['ps', '-a', '--format', '{{.Names}}']), 'idle');
});
