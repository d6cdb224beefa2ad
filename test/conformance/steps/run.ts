// SPDX-License-Identifier: Apache-2.0
import type { Json } from '../mask.ts';
import { covering, cli, newer, reworded, type CliOptions, type Step, type StepGroup } from '../step.ts';

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
    ...covering('log driver: json-file', run('prints stdout', ['busybox', 'echo', 'hello'])),
    run('prints stderr', ['busybox', 'sh', '-c', 'echo out; echo err >&2']),
    run('answers the exit code', ['busybox', 'sh', '-c', 'exit 7']),
    run('answers 0', ['busybox', 'true']),
    run('answers 1', ['busybox', 'false']),
    ...covering(
      ['rule: exit 127', 'rule: exit of the CLI', 'rule: runtime text'],
      newer(run('answers 127 for a program that is not there', ['busybox', 'nosuch']), TASK_TEXT, taskText),
    ),
    ...covering(
      ['rule: exit 126', 'rule: exit of the CLI'],
      newer(run('answers 126 for a directory', ['busybox', '/etc']), TASK_TEXT, taskText),
    ),
    ...covering(
      ['rule: exit 126', 'rule: exit of the CLI'],
      newer(
        run('answers 126 for a file that is no program', ['busybox', '/etc/passwd']),
        TASK_TEXT,
        taskText,
      ),
    ),
    run('answers 125 for an unknown flag', ['--nosuch', 'busybox', 'true']),
    ...covering(
      ['rule: exit of the CLI', 'HostConfig.NetworkMode'],
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
    ),
    ...covering(
      'rule: exit by a signal',
      run('answers 137 for a killed one', ['--init', 'busybox', 'sh', '-c', 'kill -9 $$']),
    ),
    ...covering(
      'rule: exit by a signal',
      run('answers 143 for a terminated one', [
        'busybox',
        'sh',
        '-c',
        'trap - TERM; sh -c "kill -TERM \\$\\$"; exit $?',
      ]),
    ),
    ...covering(
      ['Config.OpenStdin', 'Config.StdinOnce', 'Config.AttachStdin'],
      run('reads stdin', ['-i', 'busybox', 'cat'], { input: 'from outside\n' }),
    ),
    ...covering(
      ['Config.StdinOnce', 'attach: end of stdin'],
      run('ends at the end of stdin', ['-i', 'busybox', 'wc', '-c'], { input: 'x'.repeat(100_000) }),
    ),
    ...covering(
      'Config.OpenStdin',
      run('has no stdin without -i', ['busybox', 'cat'], { input: 'nobody reads this' }),
    ),
    ...covering(
      ['Config.Env', 'oci: environment'],
      run('gives the environment', ['-e', 'A=1', '-e', 'B=two words', 'busybox', 'env'], {
        sort: true,
        rules: [[/HOSTNAME=.*/, 'HOSTNAME=<host>']],
      }),
    ),
    ...covering(
      ['Config.Env', 'pitfall 9'],
      run('takes a variable away', ['-e', 'PATH', 'busybox', '/bin/sh', '-c', 'echo "$PATH" | head -c 1']),
    ),
    ...covering('Config.Hostname', run('sets the host name', ['-h', 'myhost', 'busybox', 'hostname'])),
    ...covering(
      'Config.Domainname',
      run('sets host and domain name', [
        '-h',
        'myhost',
        '--domainname',
        'example.org',
        'busybox',
        'hostname',
        '-f',
      ]),
    ),
    ...covering(
      'Config.Hostname',
      run('writes /etc/hostname', ['-h', 'myhost', 'busybox', 'cat', '/etc/hostname']),
    ),
    ...covering(
      'rule: hosts file',
      reworded(
        reworded(
          run('writes /etc/hosts', ['-h', 'myhost', 'busybox', 'cat', '/etc/hosts']),
          'fe00::0',
          'fe00::',
        ),
        'ff00::0',
        'ff00::',
      ),
    ),
    ...covering(
      'HostConfig.ExtraHosts',
      run('adds hosts', ['--add-host', 'x:1.2.3.4', 'busybox', 'grep', '1.2.3.4', '/etc/hosts']),
    ),
    ...covering(
      ['HostConfig.Dns', 'HostConfig.DnsSearch', 'HostConfig.DnsOptions', 'rule: resolv.conf'],
      run(
        'sets name servers',
        ['--dns', '9.9.9.9', '--dns-search', 'a.b', '--dns-opt', 'ndots:3', 'busybox'].concat([
          'sh',
          '-c',
          'grep -v "^#" /etc/resolv.conf | grep . | sort',
        ]),
      ),
    ),
    ...covering(
      'Config.WorkingDir',
      run('starts in the working directory', ['-w', '/tmp', 'busybox', 'sh', '-c', 'pwd']),
    ),
    ...covering(
      'Config.WorkingDir',
      run('makes the working directory', [
        '-w',
        '/new/one',
        'busybox',
        'sh',
        '-c',
        'pwd; stat -c %a /new/one',
      ]),
    ),
    ...covering('Config.User', run('runs as a user by name', ['-u', 'nobody', 'busybox', 'id'])),
    ...covering(
      'Config.User',
      run('runs as a user by number', ['-u', '1234:5678', 'busybox', 'sh', '-c', 'id -u; id -g']),
    ),
    ...covering('HostConfig.GroupAdd', run('adds groups', ['--group-add', '7', 'busybox', 'id', '-G'])),
    ...covering(
      ['Config.User', 'rule: exit 128'],
      run('refuses an unknown user', ['-u', 'nouser', 'busybox', 'true']),
    ),
    ...covering(
      'Config.Entrypoint',
      run('replaces the entrypoint', ['--entrypoint', 'echo', 'busybox', 'a', 'b']),
    ),
    ...covering(
      'HostConfig.ReadonlyRootfs',
      run('has a read-only root', ['--read-only', 'busybox', 'touch', '/x']),
    ),
    ...covering(
      'HostConfig.Tmpfs',
      run('has a writable tmpfs', [
        '--read-only',
        '--tmpfs',
        '/t',
        'busybox',
        'sh',
        '-c',
        'touch /t/x && ls /t',
      ]),
    ),
    ...covering(
      'HostConfig.Tmpfs',
      run(
        'gives tmpfs options',
        ['--tmpfs', '/t:size=64k,mode=700', 'busybox', 'sh', '-c', 'stat -c %a /t; mount | grep " /t "'],
        {
          rules: [[/,inode64/g, '']],
        },
      ),
    ),
    ...covering(
      'HostConfig.Binds',
      run('mounts a directory', ['-v', '{files}:/f', 'busybox', 'cat', '/f/hello']),
    ),
    ...covering(
      'HostConfig.Binds modes',
      run('mounts a directory read-only', ['-v', '{files}:/f:ro', 'busybox', 'touch', '/f/x']),
    ),
    ...covering(
      'HostConfig.Mounts type=bind',
      run('mounts by --mount', [
        '--mount',
        'type=bind,src={files},dst=/f,readonly',
        'busybox',
        'cat',
        '/f/hello',
      ]),
    ),
    ...covering(
      'HostConfig.Mounts type=tmpfs',
      run('mounts a tmpfs by --mount', [
        '--mount',
        'type=tmpfs,dst=/t,tmpfs-size=65536',
        'busybox',
        'sh',
        '-c',
        'mount | grep -c " /t "',
      ]),
    ),
    ...covering(
      'HostConfig.Ulimits',
      run('sets ulimits', ['--ulimit', 'nofile=100:200', 'busybox', 'sh', '-c', 'ulimit -n; ulimit -H -n']),
    ),
    ...covering(
      'HostConfig.Memory',
      run('limits memory', ['-m', '32m', 'busybox', 'cat', '/sys/fs/cgroup/memory/memory.limit_in_bytes']),
    ),
    ...covering(
      'HostConfig.MemorySwap',
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
    ),
    ...covering(
      'HostConfig.NanoCpus',
      run('limits cpus', ['--cpus', '0.5', 'busybox', 'cat', '/sys/fs/cgroup/cpu/cpu.cfs_quota_us']),
    ),
    ...covering(
      'HostConfig.CpuShares',
      run('sets cpu shares', ['-c', '512', 'busybox', 'cat', '/sys/fs/cgroup/cpu/cpu.shares']),
    ),
    ...covering(
      'HostConfig.CpusetCpus',
      run('chooses cpus', ['--cpuset-cpus', '0', 'busybox', 'cat', '/sys/fs/cgroup/cpuset/cpuset.cpus']),
    ),
    ...covering(
      'HostConfig.PidsLimit',
      run('limits pids', ['--pids-limit', '20', 'busybox', 'cat', '/sys/fs/cgroup/pids/pids.max']),
    ),
    run(
      'kills what takes too much memory',
      ['-m', '8m', 'busybox', 'sh', '-c', 'x=a; while true; do x=$x$x; done'],
      {
        ignoreStderr: true,
      },
    ),
    ...covering(
      'oci: capabilities',
      run('has the default capabilities', ['busybox', 'grep', 'Cap', '/proc/self/status']),
    ),
    ...covering(
      'HostConfig.CapDrop',
      run('drops all capabilities', ['--cap-drop', 'ALL', 'busybox', 'grep', 'Cap', '/proc/self/status']),
    ),
    ...covering(
      'HostConfig.CapAdd',
      run('adds a capability', ['--cap-add', 'NET_ADMIN', 'busybox', 'grep', 'CapEff', '/proc/self/status']),
    ),
    ...covering(
      'oci: capabilities',
      run('has no capabilities as a user', ['-u', '1000', 'busybox', 'grep', 'Cap', '/proc/self/status']),
    ),
    ...covering(
      'oci: seccomp default',
      run('filters system calls', ['busybox', 'grep', 'Seccomp', '/proc/self/status']),
    ),
    ...covering(
      'HostConfig.SecurityOpt seccomp',
      run('does not filter them unconfined', [
        '--security-opt',
        'seccomp=unconfined',
        'busybox',
        'grep',
        'Seccomp',
        '/proc/self/status',
      ]),
    ),
    ...covering(
      ['HostConfig.SecurityOpt no-new-privileges', 'oci: no new privileges'],
      run('forbids new privileges', [
        '--security-opt',
        'no-new-privileges',
        'busybox',
        'grep',
        'NoNewPrivs',
        '/proc/self/status',
      ]),
    ),
    ...covering(
      'oci: seccomp capabilities',
      run('may not mount', ['busybox', 'mount', '-t', 'tmpfs', 'x', '/tmp']),
    ),
    ...covering(
      'oci: masked paths',
      run('masks paths', [
        'busybox',
        'sh',
        '-c',
        'cat /proc/kcore | wc -c; ls /proc/acpi 2>/dev/null | wc -l; ls /sys/firmware | wc -l',
      ]),
    ),
    ...covering(
      'oci: read-only paths',
      run('has read-only paths', ['busybox', 'sh', '-c', 'echo 1 > /proc/sys/kernel/hostname']),
    ),
    ...covering('oci: devices', run('has its devices', ['busybox', 'ls', '/dev'], { sort: true })),
    ...covering(
      'HostConfig.Devices',
      run('gives a device', [
        '--device',
        '/dev/null:/dev/mynull',
        'busybox',
        'sh',
        '-c',
        'echo x > /dev/mynull && echo ok',
      ]),
    ),
    ...covering(
      'HostConfig.ShmSize',
      run('has a shm of its size', ['--shm-size', '1m', 'busybox', 'df', '-k', '/dev/shm']),
    ),
    ...covering(
      'HostConfig.Sysctls',
      run('sets a sysctl', [
        '--sysctl',
        'net.ipv4.ip_forward=0',
        'busybox',
        'cat',
        '/proc/sys/net/ipv4/ip_forward',
      ]),
    ),
    run('has process 1', ['busybox', 'sh', '-c', 'echo $$']),
    ...covering(
      'HostConfig.Init',
      run('has an init before it', ['--init', 'busybox', 'sh', '-c', 'tr "\\0" " " < /proc/1/cmdline']),
    ),
    ...covering(
      'HostConfig.NetworkMode',
      run('has no network with none', ['--network', 'none', 'busybox', 'ls', '/sys/class/net'], {
        sort: true,
      }),
    ),
    ...covering(
      'HostConfig.NetworkMode',
      run(
        'has one interface on the bridge',
        ['busybox', 'sh', '-c', 'ip -o link | wc -l; ip -4 route | head -1'],
        {
          rules: [[/172\.\S+/g, '<address>']],
        },
      ),
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
    ...covering(
      'HostConfig.NetworkMode',
      run('shares the network of the host', [
        '--network',
        'host',
        'busybox',
        'sh',
        '-c',
        'ls /sys/class/net | grep -c lo',
      ]),
    ),
    ...covering(
      'HostConfig.PidMode',
      run('shares the pids of the host', [
        '--pid',
        'host',
        'busybox',
        'sh',
        '-c',
        'test $$ -gt 1 && echo more',
      ]),
    ),
    ...covering(
      'HostConfig.OomScoreAdj',
      run('sets an oom score', ['--oom-score-adj', '500', 'busybox', 'cat', '/proc/self/oom_score_adj']),
    ),
    run('has a terminal only when asked', ['busybox', 'sh', '-c', 'test -t 0 || echo none']),
    ...covering(
      'Config.Tty',
      run('allocates a terminal', ['-t', 'busybox', 'sh', '-c', 'test -t 1 && echo tty; echo $TERM']),
    ),
    run('keeps large output whole', ['busybox', 'sh', '-c', 'seq 1 20000 | md5sum']),
    cli('prints 20 000 lines', ['run', '--rm', 'busybox', 'seq', '1', '20000'], {
      rules: [[/^[\s\S]*?(19999\n20000)\n?$/, '$1']],
    }),
    ...covering('rule: rm auto', cli('--rm leaves nothing', ['ps', '-a', '-q'])),
    cli('--cidfile and -d answer an id', ['run', '-d', '--name', 'd1', 'busybox', 'sleep', '60']),
    ...covering(
      'rule: name conflict',
      cli('a taken name is refused', ['run', '--name', 'd1', 'busybox', 'true']),
    ),
    ...covering(
      'HostConfig.NetworkMode',
      cli('shares the network of another', [
        'run',
        '--rm',
        '--network',
        'container:d1',
        'busybox',
        'hostname',
      ]),
    ),
    ...covering(
      'HostConfig.PidMode',
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
    ),
  ],
};
