// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sampleHost, sampleSpecInput } from '../../../../test/support/sample-container.ts';
import { buildSpec } from './build-spec.ts';

const mountAt = (spec: ReturnType<typeof buildSpec>, destination: string) =>
  spec.mounts.find((mount) => mount.destination === destination);

test('a plain container has the default mounts, namespaces, protected paths and a filter', () => {
  const spec = buildSpec(sampleSpecInput());
  assert.deepEqual(
    spec.mounts.map((mount) => mount.destination),
    ['/proc', '/dev', '/dev/pts', '/sys', '/sys/fs/cgroup', '/dev/mqueue', '/dev/shm'],
  );
  assert.deepEqual(
    spec.linux.namespaces.map(({ type }) => type),
    ['mount', 'network', 'uts', 'pid', 'ipc'],
  );
  assert.equal(spec.linux.maskedPaths?.length, 12);
  assert.equal(spec.linux.readonlyPaths?.length, 5);
  assert.equal(spec.linux.seccomp?.defaultAction, 'SCMP_ACT_ERRNO');
  assert.equal(spec.linux.cgroupsPath, `/docker/${'ab'.repeat(32)}`);
  assert.equal(spec.linux.resources.memory, undefined);
  assert.deepEqual(spec.process.args, ['sleep', '1']);
  assert.equal(spec.process.cwd, '/');
});

test('the host modes share the host’s namespaces and leave the host’s name alone', () => {
  const spec = buildSpec(
    sampleSpecInput({
      hostConfig: { networkMode: 'host', pidMode: 'host', ipcMode: 'host', utsMode: 'host' },
    }),
  );
  assert.deepEqual(spec.linux.namespaces, [{ type: 'mount' }]);
  assert.equal(spec.hostname, undefined);
  assert.deepEqual(spec.linux.sysctl, {});
  assert.equal(mountAt(spec, '/dev/shm')?.source, '/dev/shm');
});

test('namespaces of others are joined by their paths', () => {
  const spec = buildSpec(
    sampleSpecInput(
      { hostConfig: { cgroupnsMode: 'private' } },
      {
        networkNamespace: '/run/n',
        pidNamespace: '/proc/9/ns/pid',
        ipcNamespace: '/proc/9/ns/ipc',
        shmPath: '/x',
      },
    ),
  );
  assert.deepEqual(spec.linux.namespaces, [
    { type: 'mount' },
    { type: 'network', path: '/run/n' },
    { type: 'uts' },
    { type: 'pid', path: '/proc/9/ns/pid' },
    { type: 'ipc', path: '/proc/9/ns/ipc' },
    { type: 'cgroup' },
  ]);
  assert.equal(mountAt(spec, '/dev/shm')?.source, '/x');
});

test('a client’s mount takes the place of a default one, and of the engine’s file', () => {
  const spec = buildSpec(
    sampleSpecInput(
      { hostConfig: { tmpfs: { '/dev/shm': 'exec', '/etc/hosts': '' } } },
      { hostsPath: '/h', hostnamePath: '/n' },
    ),
  );
  const shm = spec.mounts.filter((mount) => mount.destination === '/dev/shm');
  assert.deepEqual(shm, [
    {
      destination: '/dev/shm',
      type: 'tmpfs',
      source: 'tmpfs',
      options: ['nosuid', 'nodev', 'rprivate', 'exec'],
    },
  ]);
  assert.equal(mountAt(spec, '/etc/hosts')?.type, 'tmpfs');
  assert.deepEqual(mountAt(spec, '/etc/hostname')?.options, ['rbind', 'rprivate']);
});

test('parents are mounted before what is in them', () => {
  const spec = buildSpec(sampleSpecInput({ hostConfig: { tmpfs: { '/a/b/c': '', '/a': '', '/a/b': '' } } }));
  assert.deepEqual(
    spec.mounts.map((mount) => mount.destination).filter((path) => path.startsWith('/a')),
    ['/a', '/a/b', '/a/b/c'],
  );
});

test('a read-only root makes all read-only but what programs need', () => {
  const spec = buildSpec(sampleSpecInput({ hostConfig: { readonlyRootfs: true } }, { hostsPath: '/h' }));
  assert.equal(spec.root.readonly, true);
  assert.deepEqual(mountAt(spec, '/etc/hosts')?.options, ['rbind', 'rprivate', 'ro']);
  assert.ok(!mountAt(spec, '/dev')?.options.includes('ro'));
});

test('docker-init is bound and runs the command', () => {
  const spec = buildSpec(sampleSpecInput({}, { initPath: '/usr/bin/docker-init' }));
  assert.deepEqual(spec.process.args, ['/sbin/docker-init', '--', 'sleep', '1']);
  assert.equal(mountAt(spec, '/sbin/docker-init')?.source, '/usr/bin/docker-init');
});

test('a systemd driver names a slice', () => {
  const spec = buildSpec(sampleSpecInput({}, { host: sampleHost({ cgroupDriver: 'systemd' }) }));
  assert.equal(spec.linux.cgroupsPath, `system.slice:docker:${'ab'.repeat(32)}`);
});

test('limits are given in the runtime’s units', () => {
  const spec = buildSpec(
    sampleSpecInput({
      hostConfig: {
        memory: 10_000_000,
        memorySwap: 20_000_000,
        nanoCpus: 1_500_000_000,
        pidsLimit: 0,
        cpuShares: 5,
        cpusetCpus: '0-1',
      },
    }),
  );
  const { memory, cpu, pids } = spec.linux.resources;
  assert.deepEqual(memory, { limit: 10_000_000, swap: 20_000_000 });
  assert.deepEqual(cpu, { shares: 5, period: 100_000, quota: 150_000, cpus: '0-1' });
  assert.deepEqual(pids, { limit: -1 });
});

test('open files are clamped where the daemon could not raise them, and -1 is no limit', () => {
  const ulimits = [
    { name: 'nofile', soft: -1, hard: 1_000_000 },
    { name: 'memlock', soft: -1, hard: -1 },
  ];
  const host = sampleHost({ capabilities: ['CAP_KILL'] });
  const { rlimits } = buildSpec(sampleSpecInput({ hostConfig: { ulimits } }, { host })).process;
  assert.deepEqual(rlimits, [
    { type: 'RLIMIT_NOFILE', soft: 20_000, hard: 20_000 },
    { type: 'RLIMIT_MEMLOCK', soft: 2n ** 64n - 1n, hard: 2n ** 64n - 1n },
  ]);
});

test('the daemon’s default limits fill what the container leaves open', () => {
  const spec = buildSpec(
    sampleSpecInput(
      { hostConfig: { ulimits: [{ name: 'nproc', soft: 1, hard: 2 }] } },
      {
        defaultUlimits: [
          { name: 'nproc', soft: 8, hard: 8 },
          { name: 'core', soft: 0, hard: 0 },
        ],
      },
    ),
  );
  assert.deepEqual(
    spec.process.rlimits?.map(({ type, soft }) => [type, soft]),
    [
      ['RLIMIT_NPROC', 1],
      ['RLIMIT_CORE', 0],
    ],
  );
});

test('propagation that leaves the container is asked of the root', () => {
  const point = {
    type: 'bind',
    name: '',
    source: '/a',
    destination: '/b',
    driver: '',
    mode: '',
    readWrite: true,
    propagation: 'rslave',
    createSource: false,
  } as const;
  const spec = buildSpec(sampleSpecInput({ container: { mountPoints: [point] } }));
  assert.equal(spec.linux.rootfsPropagation, 'slave');
  assert.deepEqual(mountAt(spec, '/b')?.options, ['rbind', 'rslave']);
});
