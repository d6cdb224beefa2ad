// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import type { Engine } from '../../support/engine.ts';
import { docker, dockerUntil, useEngine } from '../../support/use-engine.ts';

const engine = useEngine();

async function inside(of: Engine, flags: readonly string[], script: string): Promise<string> {
  return docker(of, ['run', '--rm', ...flags, 'busybox', 'sh', '-c', script]);
}

it('bind mounts show files of the host and write back unless read-only', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'bt-bind-'));
  await writeFile(join(directory, 'in'), 'from the host');
  assert.equal(
    await inside(engine(), ['-v', `${directory}:/d`], 'cat /d/in; echo back > /d/out'),
    'from the host',
  );
  assert.equal(await readFile(join(directory, 'out'), 'utf8'), 'back\n');
  const refused = await engine().docker([
    'run',
    '--rm',
    '-v',
    `${directory}:/d:ro`,
    'busybox',
    'touch',
    '/d/x',
  ]);
  assert.match(refused.stderr, /Read-only file system/);
  await rm(directory, { recursive: true });
});

it('a bind source that is not there is made', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'bt-bind-'));
  assert.equal(await inside(engine(), ['-v', `${directory}/new/one:/d`], 'touch /d/x; ls /d'), 'x');
  assert.equal(await readFile(join(directory, 'new/one/x'), 'utf8'), '');
  await rm(directory, { recursive: true });
});

it('--read-only, --tmpfs and --shm-size shape the file system', async () => {
  const script =
    'touch /x 2>/dev/null && echo writable; touch /t/x && echo tmpfs; df -k /dev/shm | tail -1 | awk "{print \\$2}"';
  assert.equal(
    await inside(engine(), ['--read-only', '--tmpfs', '/t', '--shm-size', '2m'], script),
    'tmpfs\n2048',
  );
});

it('--init reaps and forwards', async () => {
  assert.match(
    await inside(engine(), ['--init'], 'tr "\\0" " " < /proc/1/cmdline'),
    /^\/sbin\/docker-init -- sh -c/,
  );
  await docker(engine(), [
    'run',
    '-d',
    '--init',
    '--name',
    'reaped',
    'busybox',
    'sh',
    '-c',
    '(sleep 0.1 &) ; exec sleep 600',
  ]);
  await dockerUntil(engine(), ['exec', 'reaped', 'sh', '-c', 'ps | grep -c "[Z]  "'], '0');
  await docker(engine(), ['rm', '-f', 'reaped']);
});

it('--memory holds and an out-of-memory death is told', async () => {
  const result = await engine().docker([
    'run',
    '--name',
    'greedy',
    '-m',
    '16m',
    'busybox',
    'sh',
    '-c',
    'x=a; while :; do x=$x$x; done',
  ]);
  assert.equal(result.code, 137);
  assert.equal(await docker(engine(), ['inspect', '-f', '{{.State.OOMKilled}}', 'greedy']), 'true');
  await docker(engine(), ['rm', 'greedy']);
});

it('--cpus, --pids-limit, --ulimit and --cpuset-cpus reach the process', async () => {
  const script =
    'cat /sys/fs/cgroup/cpu/cpu.cfs_quota_us /sys/fs/cgroup/pids/pids.max /sys/fs/cgroup/cpuset/cpuset.cpus; ulimit -n';
  const flags = ['--cpus', '0.25', '--pids-limit', '33', '--cpuset-cpus', '0', '--ulimit', 'nofile=77:99'];
  assert.equal(await inside(engine(), flags, script), '25000\n33\n0\n77');
});

it('capabilities, seccomp and no-new-privileges are as asked', async () => {
  const script = 'grep -E "CapEff|Seccomp:|NoNewPrivs" /proc/self/status | awk "{print \\$2}"';
  assert.equal(await inside(engine(), [], script), '00000000a80425fb\n0\n2');
  const flags = ['--cap-drop', 'ALL', '--cap-add', 'CHOWN', '--security-opt', 'no-new-privileges'];
  assert.equal(await inside(engine(), flags, script), '0000000000000001\n1\n2');
  assert.equal(
    await inside(engine(), ['--security-opt', 'seccomp=unconfined'], script),
    '00000000a80425fb\n0\n0',
  );
});

it('/proc and /sys hide what they must', async () => {
  assert.equal(
    await inside(
      engine(),
      [],
      'echo x > /proc/sys/kernel/hostname 2>/dev/null || echo no; touch /sys/x 2>/dev/null || echo no; ls /sys/firmware | wc -l',
    ),
    'no\nno\n0',
  );
});

it('each container has its own processes, hostname and network', async () => {
  const script = 'echo $$; hostname | wc -c; ls /sys/class/net | wc -l';
  assert.equal(await inside(engine(), [], script), '1\n13\n2');
});

it('containers can share network and processes of another', async () => {
  await docker(engine(), [
    'run',
    '-d',
    '--name',
    'donor',
    'busybox',
    'sh',
    '-c',
    'echo shared > /tmp/index.html; httpd -f -p 127.0.0.1:80 -h /tmp',
  ]);
  await dockerUntil(
    engine(),
    ['run', '--rm', '--network', 'container:donor', 'busybox', 'wget', '-q', '-O', '-', 'http://127.0.0.1/'],
    'shared',
  );
  assert.equal(await inside(engine(), ['--pid', 'container:donor'], 'ps | grep -c "[h]ttpd -f"'), '1');
  await docker(engine(), ['rm', '-f', 'donor']);
});

it('users, groups and working directories are those asked for', async () => {
  assert.equal(
    await inside(engine(), ['-u', 'nobody', '--group-add', '5', '-w', '/tmp'], 'id -u; id -G; pwd'),
    '65534\n65534 5\n/tmp',
  );
});
