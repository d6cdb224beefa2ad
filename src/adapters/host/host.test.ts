// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HostFiles } from './files.ts';
import { probeHost } from './host.ts';

/** A host made of the files in `texts`. */
const host = (texts: Readonly<Record<string, string>>): HostFiles => ({
  text: (path) => texts[path],
  exists: (path) => texts[path] !== undefined,
});

const mount = (point: string, type: string, options: string): string =>
  `30 20 0:1 / ${point} rw,relatime shared:1 - ${type} ${type} ${options}\n`;

const V1_MOUNTS =
  mount('/sys/fs/cgroup', 'tmpfs', 'rw,mode=755') +
  mount('/sys/fs/cgroup/cpu,cpuacct', 'cgroup', 'rw,cpu,cpuacct') +
  mount('/sys/fs/cgroup/memory', 'cgroup', 'rw,memory') +
  mount('/sys/fs/cgroup/devices', 'cgroup', 'rw,devices') +
  mount('/sys/fs/cgroup/systemd', 'cgroup', 'rw,xattr,name=systemd');

const BASE = {
  '/proc/sys/kernel/osrelease': '6.1.0-18-amd64\n',
  '/proc/filesystems': 'nodev\toverlay\n\text4\n',
  '/etc/os-release': 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nVERSION_ID="12"\n',
  '/proc/self/status': 'CapEff:\t000001ffffffffff\nSeccomp:\t0\n',
  '/proc/self/limits': 'Max open files            1024                 20000                files     \n',
  '/proc/meminfo': 'MemTotal:        2048 kB\n',
};
const V1 = { ...BASE, '/proc/self/mountinfo': V1_MOUNTS };

test('a v1 host is told with its controllers and limits', () => {
  const found = probeHost(host({ ...V1, '/sys/fs/cgroup/memory/memory.memsw.limit_in_bytes': '1' }));
  assert.equal(found.cgroups.version, '1');
  assert.equal(found.cgroups.hybrid, false);
  assert.deepEqual([...found.cgroups.mounts.keys()], ['cpu', 'cpuacct', 'memory', 'devices']);
  assert.deepEqual([found.limits.memory, found.limits.swap, found.limits.pids], [true, true, false]);
  assert.deepEqual(found.kernelVersion, [6, 1]);
  assert.equal(found.operatingSystem, 'Debian GNU/Linux 12 (bookworm)');
  assert.equal(found.memory, 2_097_152);
  assert.equal(found.openFilesLimit, 20_000);
  assert.equal(found.capabilityMask, 0x1ffffffffffn);
});

test('a hybrid host counts as v1', () => {
  const mounts = V1_MOUNTS + mount('/sys/fs/cgroup/unified', 'cgroup2', 'rw');
  const found = probeHost(host({ ...BASE, '/proc/self/mountinfo': mounts }));
  assert.deepEqual([found.cgroups.version, found.cgroups.hybrid], ['1', true]);
});

test('a v2 host is told with its controllers by their v1 names', () => {
  const found = probeHost(
    host({
      ...BASE,
      '/proc/self/mountinfo': mount('/sys/fs/cgroup', 'cgroup2', 'rw,nsdelegate'),
      '/sys/fs/cgroup/cgroup.controllers': 'cpuset cpu io memory pids\n',
      '/proc/self/cgroup': '0::/system.slice/berth.service\n',
      '/sys/fs/cgroup/system.slice/berth.service/memory.swap.max': 'max\n',
    }),
  );
  assert.equal(found.cgroups.version, '2');
  assert.ok(found.cgroups.mounts.has('blkio'));
  assert.equal(found.limits.swap, true);
  assert.equal(found.limits.oomKillDisable, false);
});

test('a host that cannot run containers is refused with what it lacks', () => {
  const refusal = (files: Readonly<Record<string, string>>): string => {
    try {
      probeHost(host(files));
    } catch (error) {
      return (error as Error).message;
    }
    return '';
  };
  assert.match(refusal({ ...V1, '/proc/sys/kernel/osrelease': '2.6.32' }), /kernel 3\.10 or later is needed/);
  assert.match(refusal({ ...V1, '/proc/filesystems': 'ext4\n' }), /no overlay file system/);
  assert.match(refusal(BASE), /no cgroups are mounted/);
});
