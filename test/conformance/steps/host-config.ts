// SPDX-License-Identifier: Apache-2.0
import { runCommand } from '../../support/run-command.ts';
import { alone, cli, custom, type Step, type StepGroup } from '../step.ts';
import { type Body, ran, tried, withTaskText } from './tried.ts';

/** A field, or what is told of it after a blank (`IpcMode errors`). */
const row = (key: string): { readonly covers: readonly string[] } => ({ covers: [`HostConfig.${key}`] });

const hostBody = (key: string, value: unknown, more: object = {}): Body => ({
  HostConfig: { [key.split(' ')[0] ?? '']: value, ...more },
});

/** What the start says. */
const start = (key: string, name: string, value: unknown, more: object = {}): Step =>
  tried(name, hostBody(key, value, more), row(key));

/** What is seen from inside. */
const inside = (key: string, name: string, value: unknown, command: string, more: object = {}): Step =>
  ran(name, hostBody(key, value, more), command, row(key));

const device = (path: string, more: object = {}): readonly object[] => [
  { PathOnHost: path, PathInContainer: path, CgroupPermissions: 'rwm', ...more },
];

const RULES = 'cat /sys/fs/cgroup/devices/devices.list | sort';

const seccomp = (syscalls: readonly object[]): readonly string[] => [
  `seccomp=${JSON.stringify({ defaultAction: 'SCMP_ACT_ALLOW', syscalls })}`,
];

const SHARED = 'HostConfig.IpcMode';

/** Fields of the host's side that only a start, or a look from inside, can tell of. */
export const hostConfigSteps: StepGroup = {
  noun: 'host-config',
  steps: [
    start('StorageOpt', 'a size of the layer', { size: '1G' }),
    start('StorageOpt', 'a size of the layer that is none', { size: 'zz' }),
    start('StorageOpt', 'a storage option that is none', { zz: '1' }),

    start('Devices', 'a device that is not there', device('/dev/nope')),
    start('Devices', 'a file as a device', device('/etc/passwd')),
    withTaskText(start('Devices', 'a device for nothing', device('/dev/full', { CgroupPermissions: '' }))),
    withTaskText(
      start(
        'Devices',
        'a device with a right that is none',
        device('/dev/full', { CgroupPermissions: 'zz' }),
      ),
    ),
    inside(
      'Devices',
      'a device under another name, to read',
      device('/dev/loop0', { PathInContainer: '/dev/x', CgroupPermissions: 'r' }),
      `ls -l /dev/x | cut -c1-10; ${RULES}`,
    ),
    inside(
      'Devices',
      'a directory of devices',
      device('/dev/net', { PathInContainer: '/dev/other' }),
      'ls /dev/other',
    ),
    start('DeviceCgroupRules', 'a device rule that is none', ['zz']),
    inside('DeviceCgroupRules', 'device rules', ['c 1:3 mr', 'b *:* r', 'a 7:* rwm'], RULES),
    start('DeviceRequests', 'graphics for whom no driver is', [
      { Driver: '', Count: -1, Capabilities: [['gpu']] },
    ]),
    start('DeviceRequests', 'a driver that is none', [
      { Driver: 'zz', DeviceIDs: ['a'], Capabilities: [['gpu', 'x'], ['y']] },
    ]),
    alone(
      tried(
        'a device that nobody describes',
        hostBody('DeviceRequests', [{ Driver: 'cdi', DeviceIDs: ['nobody.com/x=y'] }]),
        row('DeviceRequests'),
      ),
      'dockerd 20.10 knows no CDI',
      {
        status: 201,
        Warnings: [],
        started: 500,
        message: 'CDI device injection failed: unresolvable CDI devices nobody.com/x=y',
        state: {
          Status: 'created',
          ExitCode: 128,
          Error: 'CDI device injection failed: unresolvable CDI devices nobody.com/x=y',
        },
      },
    ),

    start('BlkioDeviceReadBps', 'a rate of a device that is not there', [{ Path: '/dev/nope', Rate: 1 }]),
    withTaskText(
      start('BlkioDeviceWriteIOps', 'a rate of what has no rates', [{ Path: '/dev/null', Rate: 1 }]),
    ),
    start('BlkioWeight', 'a weight where the kernel has none', 500),
    start('BlkioWeightDevice', 'weights of devices where the kernel has none', [
      { Path: '/dev/nope', Weight: 100 },
    ]),

    withTaskText(start('Sysctls', 'a parameter of no namespace', { 'kernel.foo': '1' })),
    withTaskText(
      start(
        'Sysctls',
        'a parameter of a network that is the host’s',
        { 'net.ipv4.ip_forward': '1' },
        { NetworkMode: 'host' },
      ),
    ),
    withTaskText(start('Ulimits', 'a limit that is none', [{ Name: 'zz', Soft: 1, Hard: 2 }])),
    withTaskText(start('Ulimits', 'a limit above its own end', [{ Name: 'nofile', Soft: 9, Hard: 8 }])),

    start('Cgroup', 'a cgroup of another, which has no effect', 'container:nobody'),
    inside(
      'CgroupParent',
      'a cgroup below others',
      '/berth-conformance/below',
      'grep -E ":(memory|pids):" /proc/self/cgroup | cut -d: -f2- | sed "s/[0-9a-f]\\{64\\}/ID/" | sort',
    ),
    custom('the groups above it are taken away', async () => {
      // Neither engine does: they may be somebody's.
      await runCommand('find', [
        '/sys/fs/cgroup',
        '-depth',
        '-path',
        '*/berth-conformance*',
        '-type',
        'd',
        '-exec',
        'rmdir',
        '{}',
        ';',
      ]);
      return 'gone';
    }),
    inside(
      'CgroupnsMode',
      'a cgroup namespace of its own',
      'private',
      'grep -E ":(memory|pids):" /proc/self/cgroup | cut -d: -f2- | sort',
    ),

    inside(
      'SecurityOpt no-new-privileges',
      'new privileges, with a word for no',
      ['no-new-privileges=false'],
      'grep NoNewPrivs /proc/self/status',
    ),
    inside(
      'SecurityOpt seccomp',
      'a filter of the client’s',
      seccomp([{ names: ['mkdir', 'mkdirat'], action: 'SCMP_ACT_ERRNO', errnoRet: 13 }]),
      'mkdir /x; true',
    ),
    start('SecurityOpt seccomp', 'a filter that is no JSON', ['seccomp={zz']),
    start('SecurityOpt apparmor', 'a profile where there is no AppArmor', ['apparmor=zz']),
    start('SecurityOpt label', 'a label where there is no SELinux', ['label=type:zz_t']),

    inside(
      'MaskedPaths',
      'paths of the client’s that are hidden',
      ['/proc/cpuinfo', '/etc'],
      'wc -c < /proc/cpuinfo; ls /etc',
    ),
    inside('ReadonlyPaths', 'paths of the client’s to read', ['/tmp'], 'touch /tmp/x; true'),

    cli(
      'a donor of memory',
      ['run', '-d', '--name', 'donor', '--ipc', 'shareable', '--shm-size', '2m', 'busybox', 'sleep', '600'],
      { covers: [SHARED] },
    ),
    cli('what it writes', ['exec', 'donor', 'sh', '-c', 'echo shared > /dev/shm/note'], { covers: [SHARED] }),
    cli(
      'is read by who joins',
      [
        'run',
        '--rm',
        '--ipc',
        'container:donor',
        'busybox',
        'sh',
        '-c',
        'cat /dev/shm/note; df -k /dev/shm | tail -1',
      ],
      { covers: [SHARED] },
    ),
    cli(
      'and by who has its processes',
      ['run', '--rm', '--pid', 'container:donor', 'busybox', 'cat', '/proc/1/cmdline'],
      { covers: ['HostConfig.PidMode'] },
    ),
    cli('the donor goes', ['rm', '-f', 'donor'], { covers: [SHARED] }),
  ],
};
