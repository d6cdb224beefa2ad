// SPDX-License-Identifier: Apache-2.0
import { alone, newer, type Step, type StepGroup } from '../step.ts';
import { told, type Body } from './tried.ts';

/** 201, and what inspect tells of the fields. */
const taken = (
  step: Step,
  because: string,
  told: { readonly Config?: object; readonly HostConfig?: object },
): Step =>
  newer(step, because, () => ({ status: 201, Warnings: [], Config: {}, HostConfig: {}, ...told }) as never);

/** 400 with these words, which 20.10 did not know or put otherwise. */
const bad = (step: Step, message: string): Step =>
  newer(step, 'the text of 28.5', () => ({ status: 400, message }));

const LATE = 'a donor is looked for at the start, since 28';

const config = (key: string, name: string, body: Body): Step =>
  told(name, body, { covers: [`Config.${key}`] });

const host = (key: string, name: string, value: unknown, more: object = {}): Step =>
  told(
    name,
    { HostConfig: { [key.split(' ')[0] ?? '']: value, ...more } },
    { covers: [`HostConfig.${key}`] },
  );

const pitfall = (number: number, step: Step): Step => ({
  ...step,
  covers: [...(step.covers ?? []), `pitfall ${number}`],
});

/** What create says to each field, and what inspect tells of it; nothing of this is started. */
export const fieldSteps: StepGroup = {
  noun: 'fields',
  steps: [
    config('AttachStdin', 'attached streams', { AttachStdin: true, AttachStdout: true, AttachStderr: true }),
    config('ArgsEscaped', 'escaped arguments', { ArgsEscaped: true }),
    config('NetworkDisabled', 'no network', { NetworkDisabled: true }),
    config('MacAddress', 'an address of the interface', { MacAddress: '02:42:ac:11:00:99' }),
    config('Shell', 'a shell', { Shell: ['/bin/ash', '-c'] }),
    config('OnBuild', 'triggers of a build', { OnBuild: ['RUN true'] }),
    pitfall(10, config('StopTimeout', 'no time to stop', { StopTimeout: 0 })),
    config('StopTimeout', 'time without end to stop', { StopTimeout: -1 }),
    config('StopSignal', 'a stop signal in small letters', { StopSignal: 'int' }),
    config('StopSignal', 'a stop signal by number', { StopSignal: '2' }),
    config('StopSignal', 'a real-time stop signal', { StopSignal: 'RTMIN+3' }),
    config('Entrypoint', 'an entrypoint of one empty word', { Entrypoint: [''] }),
    pitfall(8, config('Entrypoint', 'an entrypoint without words', { Entrypoint: [] })),
    config('Entrypoint', 'no entrypoint', { Entrypoint: null }),
    config('Entrypoint', 'an entrypoint as a string', { Entrypoint: 'echo a' }),
    bad(
      config('Entrypoint', 'neither entrypoint nor command', { Entrypoint: [''], Cmd: [] }),
      'no command specified',
    ),
    config('Cmd', 'an entrypoint without a command', { Entrypoint: ['echo'], Cmd: null }),
    config('Volumes', 'volumes that are none', { Volumes: null }),
    config('Volumes', 'a volume', { Volumes: { '/data': {} } }),
    config('Volumes', 'a volume by a relative path', { Volumes: { data: {} } }),
    config('Volumes', 'a volume over the root', { Volumes: { '/': {} } }),
    config('Labels', 'labels', { Labels: { a: 'b', c: '' } }),
    config('Labels', 'no labels', { Labels: null }),
    config('Env', 'an environment with a name alone', { Env: ['A', 'B=', 'C=d=e'] }),
    config('Env', 'an empty entry of the environment', { Env: [''] }),
    config('ExposedPorts', 'exposed ports of all protocols', {
      ExposedPorts: { '80/tcp': {}, '81/udp': {}, '82/sctp': {}, '83': {} },
    }),
    config('ExposedPorts', 'an exposed port that is none', { ExposedPorts: { 'x/tcp': {} } }),
    config('ExposedPorts', 'an exposed port of no protocol', { ExposedPorts: { '80/xyz': {} } }),
    config('WorkingDir', 'a working directory to be cleaned', { WorkingDir: '/a/../b//c/' }),
    config('WorkingDir', 'a working directory that is a file', { WorkingDir: '/etc/passwd' }),
    config('Domainname', 'a domain', { Hostname: 'h', Domainname: 'example.org' }),
    config('Hostname', 'a host name that is none', { Hostname: 'a b' }),
    config('Hostname', 'a host name with a dot', { Hostname: 'a.b' }),
    config('User', 'an unknown user', { User: 'nobody-at-all:nor-this' }),
    config('Tty', 'a terminal', { Tty: true, OpenStdin: true, StdinOnce: true }),
    config('Healthcheck', 'a check', {
      Healthcheck: { Test: ['CMD', 'true'], Interval: 5_000_000_000, Retries: 4 },
    }),
    config('Healthcheck', 'a check by shell', { Healthcheck: { Test: ['CMD-SHELL', 'true'] } }),
    config('Healthcheck', 'no check', { Healthcheck: { Test: ['NONE'] } }),
    config('Healthcheck', 'an empty check', { Healthcheck: {} }),
    host('ContainerIDFile', 'a file for the id', '/tmp/id'),
    host('VolumeDriver', 'a volume driver', 'local'),
    alone(
      host('VolumeDriver', 'a volume driver that is none', 'zz', { Binds: ['v1:/v'] }),
      'dockerd looks for a plugin for fifteen seconds',
      { status: 404, message: 'create v1: error looking up volume plugin zz: plugin "zz" not found' },
    ),
    host('Cgroup', 'a cgroup of another', 'container:x'),
    host('Cgroup', 'a cgroup that is none', 'zz'),
    host('CpuCount', 'a count of CPUs', 1),
    host('CpuPercent', 'a part of the CPUs', 2),
    bad(
      host('IOMaximumIOps', 'a maximum of operations', 100),
      'invalid QoS settings: linux does not support configuration of maximum IOPs',
    ),
    bad(
      host('IOMaximumBandwidth', 'a maximum of bytes', 100),
      'invalid QoS settings: linux does not support configuration of maximum bandwidth',
    ),
    host('KernelMemoryTCP', 'memory of the kernel for TCP', 10_000_000),
    host('MaskedPaths', 'no masked paths', []),
    host('MaskedPaths', 'masked paths', ['/proc/acpi']),
    host('ReadonlyPaths', 'no read-only paths', []),
    host('ReadonlyPaths', 'read-only paths', ['/proc/bus']),
    host('CgroupnsMode', 'the cgroups of the host', 'host'),
    host('CgroupnsMode', 'cgroups of its own', 'private'),
    host('CgroupnsMode', 'a cgroup mode that is none', 'zz'),
    host('IpcMode', 'no IPC', 'none'),
    host('IpcMode', 'the IPC of the host', 'host'),
    host('IpcMode', 'IPC to share', 'shareable'),
    taken(host('IpcMode', 'the IPC of nobody', 'container:nobody'), LATE, {
      HostConfig: { IpcMode: 'container:nobody' },
    }),
    host('PidMode', 'the processes of the host', 'host'),
    bad(host('PidMode errors', 'a process mode that is none', 'zz'), 'invalid PID mode: zz'),
    taken(host('PidMode errors', 'the processes of nobody', 'container:nobody'), LATE, {
      HostConfig: { PidMode: 'container:nobody' },
    }),
    host('UTSMode', 'the names of the host', 'host'),
    bad(host('UTSMode', 'a name mode that is none', 'zz'), 'invalid UTS mode: zz'),
    told(
      'the names of the host and a name',
      { Hostname: 'h', HostConfig: { UTSMode: 'host' } },
      { covers: ['HostConfig.UTSMode'] },
    ),
    host('UsernsMode', 'the users of the host', 'host'),
    host('Isolation', 'the default isolation', 'default'),
    bad(
      host('Isolation', 'an isolation of Windows', 'hyperv'),
      "invalid isolation (hyperv): linux only supports 'default'",
    ),
    host('GroupAdd', 'more groups', ['wheel', '7']),
    host('OomKillDisable', 'no OOM killer without a limit', true),
    host('OomKillDisable', 'no OOM killer', true, { Memory: 64_000_000 }),
    pitfall(7, host('OomKillDisable', 'an OOM killer', false)),
    host('PidsLimit', 'no limit of processes, by 0', 0),
    host('PidsLimit', 'no limit of processes, by -1', -1),
    host('BlkioWeight', 'a weight out of range', 5000),
    host('BlkioWeight', 'a weight', 500),
    host('BlkioWeightDevice', 'a weight of a device', [{ Path: '/dev/null', Weight: 200 }]),
    host('BlkioWeightDevice', 'a weight of a device out of range', [{ Path: '/dev/null', Weight: 5 }]),
    host('BlkioDeviceReadBps', 'bytes to read', [{ Path: '/dev/loop0', Rate: 1_000_000 }]),
    host('BlkioDeviceWriteBps', 'bytes to write', [{ Path: '/dev/loop0', Rate: 1_000_000 }]),
    host('BlkioDeviceReadIOps', 'reads', [{ Path: '/dev/loop0', Rate: 1000 }]),
    host('BlkioDeviceWriteIOps', 'writes', [{ Path: '/dev/loop0', Rate: 1000 }]),
    taken(
      told(
        'a restart policy without a name',
        { HostConfig: { RestartPolicy: {} } },
        { covers: ['HostConfig.RestartPolicy', 'rule: restart empty'] },
      ),
      'an empty name is kept as no',
      {
        HostConfig: { RestartPolicy: { Name: 'no', MaximumRetryCount: 0 } },
      },
    ),
    host('RestartPolicy', 'a restart policy of failures', { Name: 'on-failure', MaximumRetryCount: 3 }),
    bad(
      host('RestartPolicy', 'a negative count of tries', { Name: 'on-failure', MaximumRetryCount: -3 }),
      'invalid restart policy: maximum retry count cannot be negative',
    ),
    bad(
      host('RestartPolicy', 'a negative count with another policy', {
        Name: 'always',
        MaximumRetryCount: -3,
      }),
      "invalid restart policy: maximum retry count can only be used with 'on-failure' and cannot be negative",
    ),
    host('Dns', 'name servers', ['9.9.9.9', '::1'], { DnsSearch: ['.'], DnsOptions: ['ndots:2'] }),
    host('Dns', 'a name server that is none', ['zz']),
    host('SecurityOpt no-new-privileges', 'no new privileges', ['no-new-privileges']),
    host('SecurityOpt no-new-privileges', 'no new privileges, false', ['no-new-privileges=false']),
    host('SecurityOpt no-new-privileges', 'no new privileges by colon', ['no-new-privileges:true']),
    host('SecurityOpt errors', 'no new privileges, perhaps', ['no-new-privileges=perhaps']),
    host('SecurityOpt label', 'labels turned off', ['label=disable']),
    host('SecurityOpt label', 'labels', ['label=level:s0', 'label=type:x_t']),
    host('SecurityOpt apparmor', 'a profile', ['apparmor=unconfined']),
    host('SecurityOpt seccomp', 'a filter that is none', ['seccomp=unconfined']),
    host('SecurityOpt errors', 'a security option with a value', ['zz=1']),
    host('Sysctls', 'a kernel setting', { 'net.core.somaxconn': '100' }),
    host('Tmpfs', 'a tmpfs by a relative path', { t: '' }),
    host('Tmpfs', 'a tmpfs over the root', { '/': '' }),
    host('Tmpfs', 'a tmpfs with options that are none', { '/t': 'zz=1' }),
    host('StorageOpt', 'a size of the root', { size: '10G' }),
    host('StorageOpt', 'a storage option that is none', { zz: '1' }),
    host('Init', 'an init', true),
    host('Init', 'no init', false),
    host('Ulimits', 'ulimits', [{ Name: 'nofile', Soft: 10, Hard: 20 }]),
    host('DeviceCgroupRules', 'rules of devices', ['c 1:3 mr']),
    host('DeviceRequests', 'devices to be found', [{ Driver: 'zz', Count: 1, Capabilities: [['gpu']] }]),
    host('CgroupParent', 'a parent of its cgroup', '/berth-test'),
    host('ShmSize', 'no size of shared memory', 0),
    host('LogConfig', 'logs by default', {}),
    host('LogConfig', 'logs with bad values', { Type: 'json-file', Config: { 'max-size': 'zz' } }),
    host('ExtraHosts', 'the gateway of the host', ['h:host-gateway', 'six:::1']),
    bad(
      host('CpuShares', 'shares below zero', -1),
      'invalid CPU shares (-1): value must be a positive integer',
    ),
    host('CpuRealtimePeriod', 'a real-time period', 1_000_000),
    host('CpuRealtimeRuntime', 'a real-time part', 950_000),
    bad(
      host('CpuRealtimeRuntime', 'a real-time part above the period', 2_000_000, {
        CpuRealtimePeriod: 1_000_000,
      }),
      'cpu real-time runtime cannot be higher than cpu real-time period',
    ),
    host('CpusetCpus', 'a set of CPUs that is none', 'z'),
    host('CpusetMems', 'a set of memory nodes that is none', 'z'),
    host('CpusetMems', 'memory nodes that are not there', '9'),
    host('CpusetMems', 'memory nodes', '0'),
    host('NanoCpus', 'CPUs beside a period', 1_000_000_000, { CpuPeriod: 100_000 }),
    host('CpuPeriod', 'a period and a quota', 50_000, { CpuQuota: 25_000 }),
    host('Memory', 'a limit of memory', 64_000_000),
    host('MemorySwap', 'no limit of swap', -1, { Memory: 64_000_000 }),
    host('MemoryReservation', 'less reserved than 6 MB', 1000),
    host('MemoryReservation', 'more reserved than allowed', 90_000_000, { Memory: 64_000_000 }),
    host('MemoryReservation', 'a reservation', 32_000_000, { Memory: 64_000_000 }),
    host('MemorySwappiness', 'no swappiness', -1),
    host('MemorySwappiness', 'a swappiness', 60),
    host('OomScoreAdj', 'a score', -500),
    host('Runtime', 'the default runtime', ''),
    host('Runtime', 'a runtime by name', 'runc'),
    taken(host('ConsoleSize', 'a size of the terminal', [20, 30]), 'it is heeded since 1.42 alone', {
      HostConfig: { ConsoleSize: [0, 0] },
    }),
    host('Links', 'a link of too many parts', ['a:b:c:d']),
    host('VolumesFrom', 'the volumes of nobody', ['nobody']),
    host('PortBindings', 'ports', {
      '80/tcp': [{ HostPort: '' }],
      '81/udp': [{ HostIp: '127.0.0.1', HostPort: '9000-9010' }],
    }),
    host('PortBindings', 'an address to bind to that is none', { '80/tcp': [{ HostIp: 'zz' }] }),
    host('PortBindings', 'a port to publish that is none', { zz: [{ HostPort: '80' }] }),
    host('CapAdd', 'capabilities in any form', ['net_admin', 'CAP_SYS_TIME', 'all'], {
      CapDrop: ['CHOWN', 'cap_kill'],
    }),
    host('CapDrop', 'a capability to drop that is none', ['ZZ']),
    host('AutoRemove', 'removal', true),
    host('ReadonlyRootfs', 'a read-only root', true),
    host('PublishAllPorts', 'all ports', true),
  ],
};
