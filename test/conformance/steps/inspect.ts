// SPDX-License-Identifier: Apache-2.0
import type { Json } from '../mask.ts';
import { covering, api, cli, newer, rewrite, withEndpointKeys, type StepGroup } from '../step.ts';

type Inspect = {
  readonly Config: object;
  readonly HostConfig: object;
  readonly NetworkSettings: object;
  readonly State: object;
};

const MUCH =
  'run -d --name full -h myhost -e A=1 -l k=v -w /tmp -u 1:1 --init --memory 64m --cpus ' +
  '0.5 --pids-limit 50 --ulimit nofile=64:128 --cap-add NET_ADMIN --cap-drop CHOWN ' +
  '--tmpfs /t:size=1m -v {files}:/f:ro --restart on-failure:3 --dns 9.9.9.9 --add-host ' +
  'x:1.2.3.4 -p 127.0.0.1:18080:80 --expose 90 --stop-timeout 3 --stop-signal INT ' +
  '--shm-size 1m --log-opt max-size=1m --oom-score-adj 10';

/** What inspect tells of a container, field by field. */
export const inspectSteps: StepGroup = {
  noun: 'inspect',
  steps: [
    cli('a container with much to tell', [...MUCH.split(' '), 'busybox', 'sleep', '600']),
    ...covering(
      'inspect: keys',
      api('keys', 'GET', '/containers/full/json', {
        pick: (body: Inspect) => Object.keys(body).toSorted(),
      }),
    ),
    ...covering(
      ['inspect: keys', 'pitfall 22'],
      api('identity', 'GET', '/containers/full/json', {
        pick: (body: Record<string, unknown>) =>
          Object.fromEntries(
            [
              'Id',
              'Created',
              'Path',
              'Args',
              'Image',
              'ResolvConfPath',
              'HostnamePath',
              'HostsPath',
              'LogPath',
              'Name',
            ]
              .concat([
                'RestartCount',
                'Driver',
                'Platform',
                'MountLabel',
                'ProcessLabel',
                'AppArmorProfile',
                'ExecIDs',
              ])
              .map((key) => [key, body[key]]),
          ),
      }),
    ),
    ...covering(
      'inspect: State',
      api('state', 'GET', '/containers/full/json', { pick: (body: Inspect) => body.State }),
    ),
    ...covering(
      [
        'inspect: Config',
        'Config.StopTimeout',
        'Config.StopSignal',
        'Config.Labels',
        'Config.Hostname',
        'Config.ExposedPorts',
      ],
      api('config', 'GET', '/containers/full/json', { pick: (body: Inspect) => body.Config }),
    ),
    ...covering(
      ['inspect: HostConfig', 'HostConfig.CapAdd', 'HostConfig.CapDrop', 'HostConfig.RestartPolicy'],
      newer(
        api('host config', 'GET', '/containers/full/json', { pick: (body: Inspect) => body.HostConfig }),
        'the network mode is normalised, two limits are gone, more paths are masked',
        newerHostConfig,
      ),
    ),
    ...covering(
      ['inspect: NetworkSettings', 'inspect: Ports'],
      withEndpointKeys(
        api('network settings', 'GET', '/containers/full/json', {
          pick: (body: Inspect) => body.NetworkSettings,
        }),
      ),
    ),
    ...covering(
      'inspect: Mounts',
      api('mounts', 'GET', '/containers/full/json', { pick: (body: { Mounts: unknown }) => body.Mounts }),
    ),
    ...covering(
      'inspect: GraphDriver',
      api('graph driver', 'GET', '/containers/full/json', {
        pick: (body: { GraphDriver: { Name: string; Data: object } }) => body.GraphDriver.Name,
      }),
    ),
    ...covering(
      'inspect: size',
      api('sizes are absent', 'GET', '/containers/full/json', {
        pick: (body: object) => ['SizeRw' in body, 'SizeRootFs' in body],
      }),
    ),
    ...covering(
      'inspect: size',
      api('sizes when asked for', 'GET', '/containers/full/json?size=1', {
        pick: (body: object) => ['SizeRw' in body, 'SizeRootFs' in body],
      }),
    ),
    api('of nobody', 'GET', '/containers/nobody/json'),
    cli('a plain one', ['create', '--name', 'plain', 'busybox']),
    ...covering(
      ['inspect: State', 'rule: state created', 'pitfall 20'],
      api('its state', 'GET', '/containers/plain/json', { pick: (body: Inspect) => body.State }),
    ),
    ...covering(
      ['inspect: Config', 'Config: keys left out', 'Config.OnBuild', 'Config.Volumes'],
      api('its config', 'GET', '/containers/plain/json', { pick: (body: Inspect) => body.Config }),
    ),
    ...covering(
      'inspect: HostConfig',
      newer(
        api('its host config', 'GET', '/containers/plain/json', { pick: (body: Inspect) => body.HostConfig }),
        'the network mode is normalised, two limits are gone, more paths are masked',
        newerHostConfig,
      ),
    ),
    ...covering(
      'inspect: NetworkSettings',
      withEndpointKeys(
        api('its network settings', 'GET', '/containers/plain/json', {
          pick: (body: Inspect) => body.NetworkSettings,
        }),
      ),
    ),
    cli('a privileged one', ['create', '--name', 'priv', '--privileged', '--network', 'none', 'busybox']),
    ...covering(
      ['inspect: HostConfig', 'HostConfig.Privileged'],
      newer(
        api('its host config too', 'GET', '/containers/priv/json', {
          pick: (body: Inspect) => body.HostConfig,
        }),
        'the network mode is normalised, two limits are gone, more paths are masked',
        newerHostConfig,
      ),
    ),
    cli('an ended one', ['run', '--name', 'ended', 'busybox', 'sh', '-c', 'exit 4']),
    ...covering(
      ['inspect: State', 'rule: state exited'],
      api('its state at the end', 'GET', '/containers/ended/json', { pick: (body: Inspect) => body.State }),
    ),
    ...covering(
      ['inspect: NetworkSettings', 'inspect: Ports'],
      newer(
        withEndpointKeys(
          api('its network settings at the end', 'GET', '/containers/ended/json', {
            pick: (body: Inspect) => body.NetworkSettings,
          }),
        ),
        'a stopped container has no sandbox, and says so since 28',
        withoutSandbox,
      ),
    ),
    cli('by --type', ['inspect', '--type', 'container', '-f', '{{.Name}}', 'plain']),
    cli('of an image', ['inspect', '-f', '{{.RepoTags}}', 'busybox']),
    ...covering('rule: name lookup', cli('of nothing', ['inspect', 'nothing-at-all'])),
    cli('of two, one of them nobody', ['inspect', '-f', '{{.Name}}', 'plain', 'nothing-at-all']),
    cli('docker port', ['port', 'full']),
    cli('docker port of one', ['port', 'full', '80/tcp']),
    cli('docker port of none', ['port', 'full', '81']),
    cli('docker port of a plain one', ['port', 'plain']),
    cli('docker top', ['top', 'full', '-o', 'comm']),
  ],
};

const MASKED = 'asound acpi interrupts kcore keys latency_stats timer_list timer_stats sched_debug scsi';
const MASKED_PATHS = [
  ...MASKED.split(' ').map((name) => `/proc/${name}`),
  '/sys/firmware',
  '/sys/devices/virtual/powercap',
];

function newerHostConfig(oracle: Json): Json {
  return rewrite(oracle, (record) => {
    if (!('NetworkMode' in record)) return record;
    const { KernelMemory: _, KernelMemoryTCP: _tcp, ...rest } = record;
    const masked = rest['MaskedPaths'] === null ? null : MASKED_PATHS;
    const mode = rest['NetworkMode'] === 'default' ? 'bridge' : (rest['NetworkMode'] ?? null);
    return { ...rest, NetworkMode: mode, MaskedPaths: masked };
  });
}

function withoutSandbox(oracle: Json): Json {
  return rewrite(oracle, (record) =>
    'SandboxKey' in record ? { ...record, SandboxID: '<empty>', SandboxKey: '<empty>' } : record,
  );
}
