// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { it } from 'node:test';
import { docker, useEngine } from '../../support/use-engine.ts';

const engine = useEngine();

/** One of a container's limits, on whichever kind of cgroups the host has. */
const limitOf = (id: string, v1: string, v2: string): string => {
  for (const path of [
    `/sys/fs/cgroup/${v1.replace('ID', `docker/${id}`)}`,
    `/sys/fs/cgroup/docker/${id}/${v2}`,
  ])
    try {
      return readFileSync(path, 'utf8').trim();
    } catch {
      continue;
    }
  return 'absent';
};

it('docker update changes limits of what runs, at once and for later runs', async () => {
  const id = await docker(engine(), [
    'run',
    '-d',
    '--name',
    'limited',
    '-m',
    '64m',
    'busybox',
    'sleep',
    '600',
  ]);
  await docker(engine(), ['update', '-m', '96m', '--memory-swap', '192m', '--pids-limit', '33', 'limited']);
  const limits = (): readonly string[] => [
    limitOf(id, 'memory/ID/memory.limit_in_bytes', 'memory.max'),
    limitOf(id, 'pids/ID/pids.max', 'pids.max'),
  ];
  assert.deepEqual(limits(), [String(96 * 1024 * 1024), '33']);
  await docker(engine(), ['restart', '-t', '0', 'limited']);
  assert.deepEqual(limits(), [String(96 * 1024 * 1024), '33']);
});

it('docker update changes the restart policy of what runs', async () => {
  await docker(engine(), ['update', '--restart', 'on-failure:3', 'limited']);
  const policy = await docker(engine(), ['inspect', '-f', '{{json .HostConfig.RestartPolicy}}', 'limited']);
  assert.deepEqual(JSON.parse(policy), { Name: 'on-failure', MaximumRetryCount: 3 });
});

it('what contradicts earlier limits is refused', async () => {
  const { code, stderr } = await engine().docker(['update', '-m', '512m', 'limited']);
  assert.equal(code, 1);
  assert.match(
    stderr,
    /Cannot update container [0-9a-f]{64}: Memory limit should be smaller than already set/,
  );
});
