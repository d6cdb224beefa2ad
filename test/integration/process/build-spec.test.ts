// SPDX-License-Identifier: Apache-2.0
// Runs specs with the real runc: needs root and busybox-static.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import {
  cpSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { stringify } from '../../../src/base/json.ts';
import { buildSpec } from '../../../src/domain/containers/oci-spec/build-spec.ts';
import { capabilitiesOfMask } from '../../../src/domain/containers/oci-spec/capability-names.ts';
import type { SpecInput } from '../../../src/domain/containers/oci-spec/oci-spec.ts';
import { resolveDevices } from '../../../src/domain/containers/oci-spec/resolve-devices.ts';
import { type SampleChanges, sampleHost, sampleSpecInput } from '../../support/sample-container.ts';

const BUSYBOX = '/bin/busybox';

const status = readFileSync('/proc/self/status', 'utf8');
const host = sampleHost({ capabilities: capabilitiesOfMask(/^CapEff:\s*(\w+)/m.exec(status)?.[1] ?? '0') });

const CGROUP_PARENT = '/berth-test-spec';

after(() => {
  // runc removes the container's own groups, not their parent.
  for (const directory of globSync(`/sys/fs/cgroup/*${CGROUP_PARENT}`)) rmdirSync(directory);
});

const makeRoot = (bundle: string): void => {
  const root = join(bundle, 'rootfs');
  for (const directory of ['bin', 'sbin', 'etc', 'proc', 'dev', 'sys', 'tmp', 'root'])
    mkdirSync(join(root, directory), { recursive: true });
  cpSync(BUSYBOX, join(root, 'bin/busybox'));
  for (const applet of [
    'sh',
    'cat',
    'id',
    'ls',
    'mount',
    'unshare',
    'touch',
    'env',
    'hostname',
    'ulimit',
    'df',
    'grep',
  ])
    symlinkSync('busybox', join(root, 'bin', applet));
  writeFileSync(join(root, 'etc/passwd'), 'root:x:0:0:root:/root:/bin/sh\nweb:x:7:8::/srv:/bin/sh\n');
};

interface Ran {
  readonly code: number;
  readonly output: string;
}

/** Runs `sh -c script` by the spec of `changes` in a bundle of its own, with runc's state beside it. */
const run = async (
  script: string,
  changes: SampleChanges = {},
  input: Partial<SpecInput> = {},
): Promise<Ran> => {
  const bundle = mkdtempSync(join(tmpdir(), 'berth-spec-'));
  const id = `berth-spec-${process.pid}-${Math.random().toString(16).slice(2)}`;
  try {
    makeRoot(bundle);
    const sample = sampleSpecInput(changes, { host, cgroupParent: CGROUP_PARENT, ...input });
    const container = { ...sample.container, path: 'sh', args: ['-c', script] };
    writeFileSync(join(bundle, 'config.json'), stringify(buildSpec({ ...sample, container })));
    const args = ['--root', join(bundle, 'state'), 'run', '--bundle', bundle, id];
    return await new Promise((resolve) => {
      execFile('runc', args, { timeout: 20_000 }, (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
        resolve({ code, output: `${stdout}${stderr}` });
      });
    });
  } finally {
    rmSync(bundle, { recursive: true, force: true });
  }
};

test('a plain container runs under the default profile and sees its defaults', async () => {
  const { code, output } = await run(
    'id; hostname; env; pwd; grep -E "Seccomp:|NoNewPrivs|CapEff" /proc/self/status; df /dev/shm; cat /proc/sys/net/ipv4/ip_unprivileged_port_start',
    { config: { env: ['A=b', 'PATH=/bin'] } },
  );
  assert.equal(code, 0, output);
  assert.match(output, /uid=0\(root\) gid=0/);
  assert.match(output, /^abababababab$/m);
  assert.match(output, /^PATH=\/bin$/m);
  assert.match(output, /^HOSTNAME=abababababab$/m);
  assert.match(output, /^A=b$/m);
  assert.match(output, /^HOME=\/root$/m);
  assert.match(output, /Seccomp:\s*2/);
  assert.match(output, /CapEff:\s*00000000a80425fb/);
  assert.match(output, /shm\s+65536/);
  assert.match(output, /^0$/m);
});

test('the default profile denies what reaches beyond the container', async () => {
  const { output } = await run(
    'unshare -m true; mount -t tmpfs x /tmp; cat /proc/kcore | wc -c; touch /proc/sys/x',
  );
  assert.match(output, /unshare.*Operation not permitted/);
  assert.match(output, /mount.*(permission denied|Operation not permitted)/i);
});

test('a user, a working directory and dropped capabilities', async () => {
  const { code, output } = await run(
    'id; pwd; cat /proc/self/status',
    {
      config: { workingDir: '/tmp' },
      hostConfig: { capDrop: ['ALL'], securityOpt: ['no-new-privileges'] },
    },
    { user: { uid: 7, gid: 8, additionalGids: [8, 99], home: '/srv' } },
  );
  assert.equal(code, 0, output);
  assert.match(output, /uid=7\(web\) gid=8 groups=8,99/);
  assert.match(output, /^\/tmp$/m);
  assert.match(output, /CapBnd:\s*0000000000000000/);
  assert.match(output, /NoNewPrivs:\s*1/);
});

test('a read-only root keeps /dev/shm writable and tmpfs can be put over it', async () => {
  const { output } = await run('touch /x; touch /dev/shm/y && echo shm; touch /run/z && echo tmp; mount', {
    hostConfig: { readonlyRootfs: true, tmpfs: { '/run': 'size=1m,mode=1777' } },
  });
  assert.match(output, /touch: \/x: Read-only file system/);
  assert.match(output, /^shm$/m);
  assert.match(output, /^tmp$/m);
  assert.match(output, /tmpfs on \/run type tmpfs \(.*size=1024k/);
});

test('binds, read-only with everything beneath, and the three files', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'berth-bind-'));
  try {
    writeFileSync(join(folder, 'hosts'), '1.2.3.4 me\n');
    const point = {
      type: 'bind',
      name: '',
      source: folder,
      driver: '',
      mode: '',
      propagation: 'rprivate',
      createSource: false,
    } as const;
    const { code, output } = await run(
      'cat /etc/hosts; touch /rw/made; touch /ro/x',
      {
        container: {
          mountPoints: [
            { ...point, destination: '/rw', readWrite: true },
            { ...point, destination: '/ro', readWrite: false },
          ],
        },
      },
      { hostsPath: join(folder, 'hosts') },
    );
    assert.equal(code, 1, output);
    assert.match(output, /1\.2\.3\.4 me/);
    assert.match(output, /\/ro\/x: Read-only file system/);
    assert.equal(readFileSync(join(folder, 'made'), 'utf8'), '');
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('limits reach the cgroups and the process', async () => {
  const { code, output } = await run(
    'ulimit -n; cat /sys/fs/cgroup/memory/memory.limit_in_bytes /sys/fs/cgroup/pids/pids.max /sys/fs/cgroup/cpu/cpu.cfs_quota_us; cat /proc/self/cgroup',
    {
      hostConfig: {
        memory: 64 * 1024 * 1024,
        pidsLimit: 33,
        nanoCpus: 500_000_000,
        ulimits: [{ name: 'nofile', soft: 1000, hard: 1_000_000 }],
      },
    },
  );
  assert.equal(code, 0, output);
  assert.match(output, /^1000\n67108864\n33\n50000$/m);
  assert.match(output, new RegExp(`memory:.*${CGROUP_PARENT}/${'ab'.repeat(32)}`));
});

test('a privileged container has all that the daemon has', async () => {
  const changes = { hostConfig: { privileged: true } };
  const devices = resolveDevices(sampleSpecInput(changes).container.hostConfig);
  const { code, output } = await run(
    'grep -E "Seccomp:|CapEff" /proc/self/status; mount -t tmpfs x /tmp && echo mounted; mount | grep "on /sys type"',
    changes,
    { devices },
  );
  assert.equal(code, 0, output);
  assert.match(output, /Seccomp:\s*0/);
  assert.match(output, /^mounted$/m);
  assert.match(output, /sysfs on \/sys type sysfs \(rw/);
});

test('a device is made and allowed', async () => {
  const changes = {
    hostConfig: {
      devices: [{ pathOnHost: '/dev/zero', pathInContainer: '/dev/nothing', cgroupPermissions: 'r' }],
    },
  };
  const devices = resolveDevices(sampleSpecInput(changes).container.hostConfig);
  const { code, output } = await run('ls -l /dev/nothing', changes, { devices });
  assert.equal(code, 0, output);
  assert.match(output, /^c.* 1,\s+5 .*\/dev\/nothing/m);
});
