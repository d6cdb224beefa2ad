// SPDX-License-Identifier: Apache-2.0
import { alone, cli, custom, type Step, type StepGroup } from '../step.ts';
import { failing, ran, tried, withTaskText, type Body } from './tried.ts';

const fails = (row: string | readonly string[], name: string, body: Body): Step =>
  tried(name, body, { covers: [row].flat() });

const sees = (row: string | readonly string[], name: string, body: Body, command: string): Step =>
  ran(name, body, command, { covers: [row].flat() });

const host = (key: string, value: unknown, more: object = {}): Body => ({
  HostConfig: { [key]: value, ...more },
});

const PROFILE = JSON.stringify({
  defaultAction: 'SCMP_ACT_ALLOW',
  syscalls: [{ names: ['mkdir', 'mkdirat'], action: 'SCMP_ACT_ERRNO', errnoRet: 13 }],
});

const CGROUP = 'cat /sys/fs/cgroup';

/** What the runtime makes of the fields, seen from inside; and what can be known to be wrong at a start alone. */
export const startSteps: StepGroup = {
  noun: 'starts',
  steps: [
    cli('one that does not run', ['create', '--name', 'stopped', 'busybox', 'true']),
    cli('one that keeps its IPC', ['run', '-d', '--name', 'mean', 'busybox', 'sleep', '600']),
    cli('one that shares its IPC', [
      'run',
      '-d',
      '--name',
      'giver',
      '--ipc',
      'shareable',
      'busybox',
      'sleep',
      '600',
    ]),
    fails('rule: exit 128', 'an unknown group to add', host('GroupAdd', ['no-such-group'])),
    fails(
      ['HostConfig.Devices', 'rule: exit 128'],
      'a device that is not there',
      host('Devices', [{ PathOnHost: '/dev/nope', PathInContainer: '/dev/nope', CgroupPermissions: 'rwm' }]),
    ),
    failing(
      fails(
        ['HostConfig.LogConfig', 'log driver: options'],
        'a size of logs that is none',
        host('LogConfig', { Type: 'json-file', Config: { 'max-size': 'zz' } }),
      ),
      500,
      "failed to create task for container: failed to initialize logging driver: invalid size: 'zz'",
    ),
    fails('HostConfig.Dns', 'a name server that is none', host('Dns', ['zz'])),
    withTaskText(
      fails('HostConfig.Sysctls', 'a setting of no namespace', host('Sysctls', { 'kernel.foo': '1' })),
    ),
    fails('HostConfig.SecurityOpt seccomp', 'a filter that is no JSON', host('SecurityOpt', ['seccomp={zz'])),
    failing(
      fails(
        'HostConfig.PidMode errors',
        'the processes of one that does not run',
        host('PidMode', 'container:stopped'),
      ),
      500,
      'failed to join PID namespace: container stopped is not running',
    ),
    failing(
      fails(
        'HostConfig.IpcMode errors',
        'the IPC of one that does not run',
        host('IpcMode', 'container:stopped'),
      ),
      409,
      'failed to join IPC namespace: container stopped is not running',
    ),
    failing(
      fails(
        'HostConfig.IpcMode errors',
        'the IPC of one that does not share',
        host('IpcMode', 'container:mean'),
      ),
      400,
      'failed to join IPC namespace: container mean: non-shareable IPC (hint: use IpcMode:shareable for the donor container)',
    ),
    fails('HostConfig.IpcMode', 'the IPC of one that shares', host('IpcMode', 'container:giver')),
    fails(
      'HostConfig.BlkioDeviceReadBps',
      'bytes to read of a device that is not there',
      host('BlkioDeviceReadBps', [{ Path: '/dev/nope', Rate: 1_000_000 }]),
    ),
    withTaskText(
      fails(
        'HostConfig.Ulimits',
        'an ulimit that is none',
        host('Ulimits', [{ Name: 'zz', Soft: 1, Hard: 1 }]),
      ),
    ),
    withTaskText(
      fails(
        'HostConfig.Ulimits',
        'a soft ulimit above the hard one',
        host('Ulimits', [{ Name: 'nofile', Soft: 20, Hard: 10 }]),
      ),
    ),
    withTaskText(
      fails('HostConfig.Tmpfs', 'a tmpfs with options that are none', host('Tmpfs', { '/t': 'zz=1' })),
    ),
    withTaskText(
      fails('rule: exit 127 not a directory', 'a directory over a file', host('Binds', ['/tmp:/etc/passwd'])),
    ),
    withTaskText(
      fails(['rule: exit 127', 'rule: runtime text'], 'a program by a path that is not there', {
        Cmd: ['/no/such'],
      }),
    ),
    withTaskText(fails('rule: exit 126', 'a program that is a directory', { Cmd: ['/etc'] })),
    failing(
      fails(
        'HostConfig.DeviceRequests',
        'devices of a driver that is none',
        host('DeviceRequests', [{ Driver: 'zz', Count: 1, Capabilities: [['gpu']] }]),
      ),
      500,
      'could not select device driver "zz" with capabilities: [[gpu]]',
    ),
    sees(
      'Config.Domainname',
      'the domain',
      { Hostname: 'h', Domainname: 'example.org' },
      'cat /proc/sys/kernel/domainname; grep -c "h.example.org h" /etc/hosts',
    ),
    sees('Config.NetworkDisabled', 'no network', { NetworkDisabled: true }, 'ls /sys/class/net'),
    sees(
      'Config.MacAddress',
      'an address of the interface',
      { MacAddress: '02:42:ac:11:00:99' },
      'cat /sys/class/net/eth0/address | cut -c1-14',
    ),
    sees(
      ['Config.Tty', 'oci: environment'],
      'a terminal',
      { Tty: true, Env: ['A=b'] },
      'env | grep -v HOSTNAME | sort; tty',
    ),
    sees(
      'oci: environment',
      'the environment',
      { Env: ['PATH=/bin:/usr/bin', 'HOME=/x'], User: 'nobody' },
      'env | grep -v HOSTNAME | sort',
    ),
    sees(
      'Config.ExposedPorts',
      'exposed ports of the image and the body',
      { ExposedPorts: { '90/udp': {} } },
      'true',
    ),
    sees(
      'HostConfig.CgroupnsMode',
      'cgroups of the host',
      {},
      'readlink /proc/self/ns/cgroup | cut -d: -f1; grep -c memory: /proc/1/cgroup; cut -d: -f3 /proc/1/cgroup | sort -u | sed "s/[0-9a-f]\\{64\\}/ID/"',
    ),
    sees(
      'HostConfig.CgroupnsMode',
      'cgroups of its own',
      host('CgroupnsMode', 'private'),
      'cut -d: -f3 /proc/1/cgroup | sort -u',
    ),
    sees(
      'HostConfig.CgroupParent',
      'a parent of its cgroup',
      host('CgroupParent', '/berth-conformance'),
      'grep memory: /proc/1/cgroup | cut -d: -f3 | sed "s/[0-9a-f]\\{64\\}/ID/"',
    ),
    sees(
      'HostConfig.IpcMode',
      'no IPC',
      host('IpcMode', 'none'),
      'grep -c " /dev/shm " /proc/mounts; grep -c mqueue /proc/mounts',
    ),
    sees(
      'HostConfig.IpcMode',
      'the IPC of the host',
      host('IpcMode', 'host'),
      'grep " /dev/shm " /proc/mounts | cut -d" " -f2-3; ls /proc/sys/kernel/shmmax',
    ),
    sees('HostConfig.UTSMode', 'the names of the host', host('UTSMode', 'host'), 'hostname'),
    sees('HostConfig.GroupAdd', 'more groups', host('GroupAdd', ['wheel', '77']), 'id -G'),
    sees(
      ['HostConfig.MaskedPaths', 'HostConfig.ReadonlyPaths'],
      'no paths to guard',
      host('MaskedPaths', [], { ReadonlyPaths: [] }),
      'grep -c " /proc/" /proc/mounts',
    ),
    sees(
      ['HostConfig.MaskedPaths', 'HostConfig.ReadonlyPaths'],
      'paths to guard',
      host('MaskedPaths', ['/proc/uptime'], { ReadonlyPaths: ['/proc/sys'] }),
      'wc -c < /proc/uptime; grep " /proc/" /proc/mounts | cut -d" " -f2 | sort',
    ),
    sees(
      ['HostConfig.CpuPeriod', 'HostConfig.CpuQuota'],
      'a period and a quota',
      host('CpuPeriod', 50_000, { CpuQuota: 25_000 }),
      `${CGROUP}/cpu/cpu.cfs_period_us /sys/fs/cgroup/cpu/cpu.cfs_quota_us`,
    ),
    sees(
      'HostConfig.CpusetMems',
      'memory nodes',
      host('CpusetMems', '0', { CpusetCpus: '0' }),
      `${CGROUP}/cpuset/cpuset.mems`,
    ),
    sees(
      ['HostConfig.MemoryReservation', 'HostConfig.MemorySwappiness'],
      'a reservation and a swappiness',
      host('Memory', 67_108_864, { MemoryReservation: 33_554_432, MemorySwappiness: 30 }),
      `${CGROUP}/memory/memory.soft_limit_in_bytes /sys/fs/cgroup/memory/memory.swappiness`,
    ),
    sees(
      'HostConfig.OomKillDisable',
      'no OOM killer',
      host('OomKillDisable', true, { Memory: 67_108_864 }),
      `grep oom_kill_disable /sys/fs/cgroup/memory/memory.oom_control`,
    ),
    sees(
      [
        'HostConfig.BlkioDeviceReadBps',
        'HostConfig.BlkioDeviceWriteBps',
        'HostConfig.BlkioDeviceReadIOps',
        'HostConfig.BlkioDeviceWriteIOps',
      ],
      'rates of a device',
      host('BlkioDeviceReadBps', [{ Path: '/dev/vda', Rate: 1_048_576 }], {
        BlkioDeviceWriteBps: [{ Path: '/dev/vda', Rate: 2_097_152 }],
        BlkioDeviceReadIOps: [{ Path: '/dev/vda', Rate: 100 }],
        BlkioDeviceWriteIOps: [{ Path: '/dev/vda', Rate: 200 }],
      }),
      'cd /sys/fs/cgroup/blkio; cat blkio.throttle.read_bps_device blkio.throttle.write_bps_device blkio.throttle.read_iops_device blkio.throttle.write_iops_device',
    ),
    sees(
      'HostConfig.DeviceCgroupRules',
      'a rule of devices',
      host('DeviceCgroupRules', ['c 10:200 rwm']),
      'grep "10:200" /sys/fs/cgroup/devices/devices.list',
    ),
    sees(
      ['oci: device cgroup', 'oci: devices'],
      'rules of devices',
      {},
      'sort /sys/fs/cgroup/devices/devices.list; mknod /tmp/fuse c 10 229; head -c 1 /tmp/fuse 2>&1 | grep -c "not permitted"',
    ),
    sees(
      'HostConfig.Devices',
      'a directory of devices',
      host('Devices', [{ PathOnHost: '/dev/net', PathInContainer: '/dev/mynet', CgroupPermissions: 'r' }]),
      'ls /dev/mynet',
    ),
    alone(
      sees(
        'HostConfig.Privileged',
        'everything allowed',
        host('Privileged', true),
        'grep -c "^CapEff:.*ff$" /proc/self/status; grep Seccomp: /proc/self/status; grep -c " /proc/" /proc/mounts; grep " /sys " /proc/mounts | cut -d" " -f4 | cut -d, -f1; grep " /sys/fs/cgroup/memory " /proc/mounts | cut -d" " -f4 | cut -d, -f1; cat /sys/fs/cgroup/devices/devices.list; test -b /dev/vda && echo disk',
      ),
      'dockerd asks for capabilities that this machine may not have',
      {
        status: 201,
        Warnings: [],
        code: 0,
        stdout: ['1', 'Seccomp:\t0', '0', 'rw', 'rw', 'a *:* rwm', 'disk'],
        stderr: '',
      },
    ),
    sees(
      'HostConfig.ReadonlyRootfs',
      'a read-only root',
      host('ReadonlyRootfs', true),
      'for d in / /etc /dev /dev/shm /tmp /sys /run; do touch $d/x 2>/dev/null && echo $d; done; echo x > /etc/hosts 2>/dev/null || echo hosts',
    ),
    sees(
      'HostConfig.SecurityOpt seccomp',
      'a filter of ones own',
      host('SecurityOpt', [`seccomp=${PROFILE}`]),
      'mkdir /tmp/x 2>&1; grep Seccomp: /proc/self/status',
    ),
    sees(
      'oci: seccomp custom',
      'a filter that needs a capability',
      host('SecurityOpt', [
        `seccomp=${JSON.stringify({
          defaultAction: 'SCMP_ACT_ALLOW',
          archMap: [{ architecture: 'SCMP_ARCH_X86_64', subArchitectures: ['SCMP_ARCH_X86'] }],
          syscalls: [
            { name: 'mkdir', action: 'SCMP_ACT_ERRNO', args: [], excludes: { caps: ['CAP_SYS_ADMIN'] } },
            { names: ['chmod'], action: 'SCMP_ACT_ERRNO', includes: { caps: ['CAP_SYS_ADMIN'] } },
          ],
        })}`,
      ]),
      'mkdir /tmp/x 2>&1; touch /tmp/y; chmod 600 /tmp/y && echo mode',
    ),
    sees(
      'oci: seccomp capabilities',
      'mounting with the capability',
      host('CapAdd', ['SYS_ADMIN']),
      'mount -t tmpfs x /mnt 2>&1 || mount -t tmpfs x /tmp && echo mounted',
    ),
    sees('oci: seccomp default', 'new user namespaces', {}, 'unshare -U true 2>&1; unshare -m true 2>&1'),
    sees(
      'oci: mounts',
      'mounts',
      {},
      'cut -d" " -f2-4 /proc/mounts | grep -v "^/ \\|^/etc\\|^/proc/\\|^/sys/fs/cgroup/\\|^/sys/firmware" | sed "s/,inode64//;s/size=[0-9]*k/size/" | sort',
    ),
    sees(
      'oci: mounts',
      'cgroups',
      {},
      'grep " /sys/fs/cgroup" /proc/mounts | cut -d" " -f2,4 | cut -d, -f1-4 | sort',
    ),
    sees(
      'oci: read-only paths',
      'guarded paths',
      {},
      'grep " /proc/" /proc/mounts | cut -d" " -f2-4 | sed "s/,inode64//;s/size=[0-9]*k/size/" | sort | grep -v "interrupts\\|sys/fs/cgroup"',
    ),
    sees('oci: namespaces', 'namespaces', {}, 'ls /proc/self/ns | sort; cat /proc/self/uid_map'),
    sees(
      'oci: sysctls',
      'settings',
      {},
      'cat /proc/sys/net/ipv4/ip_unprivileged_port_start /proc/sys/net/ipv4/ping_group_range',
    ),
    sees(
      'oci: sysctls',
      'settings of ones own',
      host('Sysctls', { 'net.ipv4.ip_unprivileged_port_start': '99' }),
      'cat /proc/sys/net/ipv4/ip_unprivileged_port_start',
    ),
    sees(
      'oci: init layer',
      'files of every container',
      {},
      'ls -ld /.dockerenv | cut -c1-10; readlink /etc/mtab; stat -c "%a %u" /dev/pts /dev/shm /proc /sys',
    ),
    sees(
      'oci: bound files',
      'files of the network',
      {},
      'for f in hosts hostname resolv.conf; do grep -c " /etc/$f " /proc/mounts; stat -c %a /etc/$f; done',
    ),
    sees(
      'oci: bound files',
      'a file of ones own',
      host('Binds', ['/etc/passwd:/etc/hosts']),
      'grep -c root /etc/hosts',
    ),
    cli('a container that waits', ['create', '--name', 'waits', 'busybox', 'sleep', '600']),
    custom(
      'rules of hosts',
      async ({ engine }) =>
        (
          await engine.docker([
            'run',
            '--rm',
            '--network',
            'host',
            'busybox',
            'sh',
            '-c',
            'md5sum < /etc/hosts',
          ])
        ).stdout,
      { covers: ['rule: hosts of the host'] },
    ),
    custom(
      'hosts are written at each start',
      async ({ engine }) => {
        const sh = async (script: string): Promise<string> =>
          (await engine.docker(['exec', 'waits', 'sh', '-c', script])).stdout;
        await engine.docker(['start', 'waits']);
        await sh('echo 1.2.3.4 x >> /etc/hosts');
        const kept = await sh('grep -c 1.2.3.4 /etc/hosts');
        await engine.docker(['restart', '-t', '0', 'waits']);
        const after = await sh('grep -c 1.2.3.4 /etc/hosts');
        await engine.docker(['rm', '-f', 'waits']);
        return { kept, after };
      },
      { covers: ['rule: hosts written at start'] },
    ),
  ],
};
