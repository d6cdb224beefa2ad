// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cgroupsContract } from './contract.ts';
import { createFakeCgroups } from './fake.ts';
import { createCgroups } from './kernel.ts';
import { readMachine } from './machine.ts';

const NOTHING = { rxBytes: 0, rxPackets: 0, rxErrors: 0, rxDropped: 0 };
const NO_COUNTS = { ...NOTHING, txBytes: 0, txPackets: 0, txErrors: 0, txDropped: 0 };
const NO_CPU = { total: 0, kernel: 0, user: 0, periods: 0, throttledPeriods: 0, throttledTime: 0 };

cgroupsContract('fake cgroups', () => {
  const cgroups = createFakeCgroups();
  cgroups.groups.set('/docker/a', { version: '2', cpu: NO_CPU });
  cgroups.processes.set(1, new Map([['lo', NO_COUNTS]]));
  return { cgroups, group: '/docker/a', pid: 1 };
});

const reader = (files: Readonly<Record<string, string>>) => (path: string) => files[path];

const V1 = new Map(['cpu', 'cpuacct', 'memory', 'pids', 'blkio'].map((name) => [name, `/cg/${name}`]));

test('v1: each controller is read below its own root', () => {
  const files = {
    '/cg/cpuacct/docker/a/cpuacct.usage': '20828275\n',
    '/cg/cpuacct/docker/a/cpuacct.usage_percpu': '4739025 16089250 \n',
    '/cg/cpuacct/docker/a/cpuacct.stat': 'user 1\nsystem 2\n',
    '/cg/cpu/docker/a/cpu.stat': 'nr_periods 3\nnr_throttled 2\nthrottled_time 1000\n',
    '/cg/memory/docker/a/memory.usage_in_bytes': '544768\n',
    '/cg/memory/docker/a/memory.max_usage_in_bytes': '3825664\n',
    '/cg/memory/docker/a/memory.limit_in_bytes': '9223372036854771712\n',
    '/cg/memory/docker/a/memory.failcnt': '4\n',
    '/cg/memory/docker/a/memory.stat': 'cache 5\nhierarchical_memory_limit 9223372036854771712\n',
    '/cg/pids/docker/a/pids.current': '1\n',
    '/cg/pids/docker/a/pids.max': 'max\n',
    '/cg/blkio/docker/a/blkio.throttle.io_service_bytes_recursive':
      '8:0 Read 4096\n8:0 Write 1\nTotal 4097\n',
    '/cg/blkio/docker/a/blkio.throttle.io_serviced_recursive': '',
  };
  const cgroups = createCgroups({ version: '1', mounts: V1 }, reader(files));
  assert.deepEqual(cgroups.usage('/docker/a'), {
    version: '1',
    cpu: {
      total: 20_828_275,
      perCpu: [4_739_025, 16_089_250],
      kernel: 20_000_000,
      user: 10_000_000,
      periods: 3,
      throttledPeriods: 2,
      throttledTime: 1000,
    },
    memory: {
      usage: 544_768,
      maxUsage: 3_825_664,
      failures: 4,
      stats: new Map<string, number | bigint>([
        ['cache', 5],
        ['hierarchical_memory_limit', 9_223_372_036_854_771_712n],
      ]),
    },
    pids: { current: 1 },
    blockIo: {
      serviceBytes: [
        { major: 8, minor: 0, op: 'Read', value: 4096 },
        { major: 8, minor: 0, op: 'Write', value: 1 },
      ],
      serviced: [],
    },
  });
  assert.equal(cgroups.usage('/docker/b'), undefined);
});

test('v2: microseconds become nanoseconds, max is no limit', () => {
  const directory = '/sys/fs/cgroup/system.slice/docker-a.scope';
  const files = {
    [`${directory}/cpu.stat`]:
      'usage_usec 30\nuser_usec 10\nsystem_usec 20\nnr_periods 3\nnr_throttled 2\nthrottled_usec 5\n',
    [`${directory}/memory.current`]: '100\n',
    [`${directory}/memory.max`]: '6291456\n',
    [`${directory}/memory.stat`]: 'anon 7\nfile 8\n',
    [`${directory}/memory.events`]: 'low 0\noom 2\noom_kill 1\n',
    [`${directory}/pids.current`]: '4\n',
    [`${directory}/pids.max`]: 'max\n',
    [`${directory}/io.stat`]: '8:0 rbytes=90 wbytes=91 rios=1 wios=2 dbytes=0 dios=0\n',
  };
  const cgroups = createCgroups({ version: '2', mounts: new Map() }, reader(files));
  assert.deepEqual(cgroups.usage('/system.slice/docker-a.scope'), {
    version: '2',
    cpu: {
      total: 30_000,
      kernel: 20_000,
      user: 10_000,
      periods: 3,
      throttledPeriods: 2,
      throttledTime: 5000,
    },
    memory: {
      usage: 100,
      limit: 6_291_456,
      failures: 2,
      stats: new Map([
        ['anon', 7],
        ['file', 8],
      ]),
    },
    pids: { current: 4 },
    blockIo: {
      serviceBytes: [
        { major: 8, minor: 0, op: 'read', value: 90 },
        { major: 8, minor: 0, op: 'write', value: 91 },
      ],
    },
  });
});

test('the machine counts its first seven kinds of time', () => {
  assert.deepEqual(readMachine('cpu  1 2 3 4 5 6 7 80 90 100\ncpu0 1\ncpu1 1\nintr 5\n'), {
    cpuTime: 280_000_000,
    processors: 2,
  });
});

test('an interface has its counts from both halves of its line', () => {
  const dev = 'Inter-|\n face |\n  eth0: 1 2 3 4 0 0 0 0 5 6 7 8 0 0 0 0\n';
  const cgroups = createCgroups({ version: '2', mounts: new Map() }, reader({ '/proc/9/net/dev': dev }));
  assert.deepEqual(cgroups.interfaces(9).get('eth0'), {
    rxBytes: 1,
    rxPackets: 2,
    rxErrors: 3,
    rxDropped: 4,
    txBytes: 5,
    txPackets: 6,
    txErrors: 7,
    txDropped: 8,
  });
});
