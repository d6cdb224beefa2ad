// SPDX-License-Identifier: Apache-2.0
import type { Json } from '../mask.ts';
import { cli, newer, reworded, type CliOptions, type Step, type StepGroup } from '../step.ts';

function run(name: string, args: readonly string[], options: CliOptions = {}): Step {
  return cli(name, ['run', '--rm', ...args], options);
}

/** 28 puts a sentence before what the shim says. */
function taskText(oracle: Json): Json {
  const text = JSON.stringify(oracle);
  return JSON.parse(
    text.replaceAll(
      'failed to create shim task',
      'failed to create task for container: failed to create shim task',
    ),
  );
}

const TASK_TEXT = 'the text of 28 says what failed before the shim says why';

/** What a container sees, and what docker run answers. */
export const runSteps: StepGroup = {
  noun: 'run',
  steps: [
    run('prints stdout', ['busybox', 'echo', 'hello']),
    run('prints stderr', ['busybox', 'sh', '-c', 'echo out; echo err >&2']),
    run('answers the exit code', ['busybox', 'sh', '-c', 'exit 7']),
    run('answers 0', ['busybox', 'true']),
    run('answers 1', ['busybox', 'false']),
    newer(run('answers 127 for a program that is not there', ['busybox', 'nosuch']), TASK_TEXT, taskText),
    newer(run('answers 126 for a directory', ['busybox', '/etc']), TASK_TEXT, taskText),
    newer(run('answers 126 for a file that is no program', ['busybox', '/etc/passwd']), TASK_TEXT, taskText),
    run('answers 125 for an unknown flag', ['--nosuch', 'busybox', 'true']),
    newer(
      run('answers 125 for an unknown network', ['--network', 'nope', 'busybox', 'true']),
      'the text of 28',
      {
        stderr: [
          'docker: Error response from daemon: failed to set up container networking: network nope not found',
          '',
          "Run 'docker run --help' for more information",
        ],
      },
    ),
    run('answers 137 for a killed one', ['--init', 'busybox', 'sh', '-c', 'kill -9 $$']),
    run('answers 143 for a terminated one', [
      'busybox',
      'sh',
      '-c',
      'trap - TERM; sh -c "kill -TERM \\$\\$"; exit $?',
    ]),
    run('reads stdin', ['-i', 'busybox', 'cat'], { input: 'from outside\n' }),
    run('ends at the end of stdin', ['-i', 'busybox', 'wc', '-c'], { input: 'x'.repeat(100_000) }),
    run('has no stdin without -i', ['busybox', 'cat'], { input: 'nobody reads this' }),
    run('gives the environment', ['-e', 'A=1', '-e', 'B=two words', 'busybox', 'env'], {
      sort: true,
      rules: [[/HOSTNAME=.*/, 'HOSTNAME=<host>']],
    }),
    run('takes a variable away', ['-e', 'PATH', 'busybox', '/bin/sh', '-c', 'echo "$PATH" | head -c 1']),
    run('sets the host name', ['-h', 'myhost', 'busybox', 'hostname']),
    run('sets host and domain name', [
      '-h',
      'myhost',
      '--domainname',
      'example.org',
      'busybox',
      'hostname',
      '-f',
    ]),
    run('writes /etc/hostname', ['-h', 'myhost', 'busybox', 'cat', '/etc/hostname']),
    reworded(
      reworded(
        run('writes /etc/hosts', ['-h', 'myhost', 'busybox', 'cat', '/etc/hosts']),
        'fe00::0',
        'fe00::',
      ),
      'ff00::0',
      'ff00::',
    ),
    run('adds hosts', ['--add-host', 'x:1.2.3.4', 'busybox', 'grep', '1.2.3.4', '/etc/hosts']),
    run(
      'sets name servers',
      ['--dns', '9.9.9.9', '--dns-search', 'a.b', '--dns-opt', 'ndots:3', 'busybox'].concat([
        'sh',
        '-c',
        'grep -v "^#" /etc/resolv.conf | grep . | sort',
      ]),
    ),
    run('starts in the working directory', ['-w', '/tmp', 'busybox', 'sh', '-c', 'pwd']),
    run('makes the working directory', ['-w', '/new/one', 'busybox', 'sh', '-c', 'pwd; stat -c %a /new/one']),
    run('runs as a user by name', ['-u', 'nobody', 'busybox', 'id']),
    run('runs as a user by number', ['-u', '1234:5678', 'busybox', 'sh', '-c', 'id -u; id -g']),
    run('adds groups', ['--group-add', '7', 'busybox', 'id', '-G']),
    run('refuses an unknown user', ['-u', 'nouser', 'busybox', 'true']),
    run('replaces the entrypoint', ['--entrypoint', 'echo', 'busybox', 'a', 'b']),
    run('has a read-only root', ['--read-only', 'busybox', 'touch', '/x']),
    run('has a writable tmpfs', [
      '--read-only',
      '--tmpfs',
      '/t',
      'busybox',
      'sh',
      '-c',
      'touch /t/x && ls /t',
    ]),
    run(
      'gives tmpfs options',
      ['--tmpfs', '/t:size=64k,mode=700', 'busybox', 'sh', '-c', 'stat -c %a /t; mount | grep " /t "'],
      {
        rules: [[/,inode64/g, '']],
      },
    ),
    run('mounts a directory', ['-v', '{files}:/f', 'busybox', 'cat', '/f/hello']),
    run('mounts a directory read-only', ['-v', '{files}:/f:ro', 'busybox', 'touch', '/f/x']),
    run('mounts by --mount', [
      '--mount',
      'type=bind,src={files},dst=/f,readonly',
      'busybox',
      'cat',
      '/f/hello',
    ]),
    run('mounts a tmpfs by --mount', [
      '--mount',
      'type=tmpfs,dst=/t,tmpfs-size=65536',
      'busybox',
      'sh',
      '-c',
      'mount | grep -c " /t "',
    ]),
    run('sets ulimits', ['--ulimit', 'nofile=100:200', 'busybox', 'sh', '-c', 'ulimit -n; ulimit -H -n']),
    run('limits memory', ['-m', '32m', 'busybox', 'cat', '/sys/fs/cgroup/memory/memory.limit_in_bytes']),
    run('limits swap', [
      '-m',
      '32m',
      '--memory-swap',
      '48m',
      'busybox',
      'sh',
      '-c',
      'cat /sys/fs/cgroup/memory/memory.memsw.limit_in_bytes 2>/dev/null || echo none',
    ]),
    run('limits cpus', ['--cpus', '0.5', 'busybox', 'cat', '/sys/fs/cgroup/cpu/cpu.cfs_quota_us']),
    run('sets cpu shares', ['-c', '512', 'busybox', 'cat', '/sys/fs/cgroup/cpu/cpu.shares']),
    run('chooses cpus', ['--cpuset-cpus', '0', 'busybox', 'cat', '/sys/fs/cgroup/cpuset/cpuset.cpus']),
    run('limits pids', ['--pids-limit', '20', 'busybox', 'cat', '/sys/fs/cgroup/pids/pids.max']),
    run(
      'kills what takes too much memory',
      ['-m', '8m', 'busybox', 'sh', '-c', 'x=a; while true; do x=$x$x; done'],
      {
        ignoreStderr: true,
      },
    ),
    run('has the default capabilities', ['busybox', 'grep', 'Cap', '/proc/self/status']),
    run('drops all capabilities', ['--cap-drop', 'ALL', 'busybox', 'grep', 'Cap', '/proc/self/status']),
    run('adds a capability', ['--cap-add', 'NET_ADMIN', 'busybox', 'grep', 'CapEff', '/proc/self/status']),
    run('has no capabilities as a user', ['-u', '1000', 'busybox', 'grep', 'Cap', '/proc/self/status']),
    run('filters system calls', ['busybox', 'grep', 'Seccomp', '/proc/self/status']),
    run('does not filter them unconfined', [
      '--security-opt',
      'seccomp=unconfined',
      'busybox',
      'grep',
      'Seccomp',
      '/proc/self/status',
    ]),
    run('forbids new privileges', [
      '--security-opt',
      'no-new-privileges',
      'busybox',
      'grep',
      'NoNewPrivs',
      '/proc/self/status',
    ]),
    run('may not mount', ['busybox', 'mount', '-t', 'tmpfs', 'x', '/tmp']),
    run('masks paths', [
      'busybox',
      'sh',
      '-c',
      'cat /proc/kcore | wc -c; ls /proc/acpi 2>/dev/null | wc -l; ls /sys/firmware | wc -l',
    ]),
    run('has read-only paths', ['busybox', 'sh', '-c', 'echo 1 > /proc/sys/kernel/hostname']),
    run('has its devices', ['busybox', 'ls', '/dev'], { sort: true }),
    run('gives a device', [
      '--device',
      '/dev/null:/dev/mynull',
      'busybox',
      'sh',
      '-c',
      'echo x > /dev/mynull && echo ok',
    ]),
    run('has a shm of its size', ['--shm-size', '1m', 'busybox', 'df', '-k', '/dev/shm']),
    run('sets a sysctl', [
      '--sysctl',
      'net.ipv4.ip_forward=0',
      'busybox',
      'cat',
      '/proc/sys/net/ipv4/ip_forward',
    ]),
    run('has process 1', ['busybox', 'sh', '-c', 'echo $$']),
    run('has an init before it', ['--init', 'busybox', 'sh', '-c', 'tr "\\0" " " < /proc/1/cmdline']),
    run('has no network with none', ['--network', 'none', 'busybox', 'ls', '/sys/class/net'], { sort: true }),
    run(
      'has one interface on the bridge',
      ['busybox', 'sh', '-c', 'ip -o link | wc -l; ip -4 route | head -1'],
      {
        rules: [[/172\.\S+/g, '<address>']],
      },
    ),
    run('resolves its own name', [
      '-h',
      'myhost',
      'busybox',
      'sh',
      '-c',
      'ping -c 1 -W 2 myhost | grep -c "1 packets received"',
    ]),
    run('reaches the gateway', [
      'busybox',
      'sh',
      '-c',
      'ping -c 1 -W 2 $(ip route | awk "/default/ {print \\$3}") | grep -c "1 packets received"',
    ]),
    run('shares the network of the host', [
      '--network',
      'host',
      'busybox',
      'sh',
      '-c',
      'ls /sys/class/net | grep -c lo',
    ]),
    run('shares the pids of the host', [
      '--pid',
      'host',
      'busybox',
      'sh',
      '-c',
      'test $$ -gt 1 && echo more',
    ]),
    run('sets an oom score', ['--oom-score-adj', '500', 'busybox', 'cat', '/proc/self/oom_score_adj']),
    run('has a terminal only when asked', ['busybox', 'sh', '-c', 'test -t 0 || echo none']),
    run('allocates a terminal', ['-t', 'busybox', 'sh', '-c', 'test -t 1 && echo tty; echo $TERM']),
    run('keeps large output whole', ['busybox', 'sh', '-c', 'seq 1 20000 | md5sum']),
    cli('prints 20 000 lines', ['run', '--rm', 'busybox', 'seq', '1', '20000'], {
      rules: [[/^[\s\S]*?(19999\n20000)\n?$/, '$1']],
    }),
    cli('--rm leaves nothing', ['ps', '-a', '-q']),
    cli('--cidfile and -d answer an id', ['run', '-d', '--name', 'd1', 'busybox', 'sleep', '60']),
    cli('a taken name is refused', ['run', '--name', 'd1', 'busybox', 'true']),
    cli('shares the network of another', ['run', '--rm', '--network', 'container:d1', 'busybox', 'hostname']),
    cli('shares the pids of another', [
      'run',
      '--rm',
      '--pid',
      'container:d1',
      'busybox',
      'sh',
      '-c',
      'ps | grep -c "[s]leep 60"',
    ]),
  ],
};
