// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { NetworkId, SandboxId } from '../../base/ids.ts';
import type { ContainerId, EndpointId } from '../../base/ids.ts';
import { type Timestamp } from '../../base/time.ts';
import type { Container, ContainerDetails, ContainerView } from '../../domain/containers/index.ts';
import type { Endpoint, Sandbox } from '../../domain/networks/index.ts';
import { containerConfig } from '../../spec/container-config.ts';
import type { ImageId } from '../../spec/digest.ts';
import { endpointRequest } from '../../spec/endpoint-settings.ts';
import { hostConfig } from '../../spec/host-config.ts';
import type { ApiVersion } from '../version.ts';
import { containerBody, type ListedAt } from './containers.ts';
import { ListedContainers } from './listed-containers.ts';

const at = (minor: number): ApiVersion => minor as ApiVersion;
const ID = 'ab'.repeat(32) as ContainerId;
const CREATED = 1_767_323_045_697_695_057n as Timestamp;
const NET = '11'.repeat(32) as NetworkId;

const created: Container = {
  schema: 1,
  id: ID,
  name: 'c1',
  created: CREATED,
  path: 'sh',
  args: ['-c', 'sleep 300'],
  config: {
    ...containerConfig.zero,
    hostname: 'abababababab',
    image: 'busybox',
    env: ['PATH=/bin'],
    cmd: ['sh', '-c', 'sleep 300'],
    exposedPorts: { '81/udp': {}, '80/tcp': {} },
    volumes: { '/data': {} },
    labels: {},
  },
  hostConfig: {
    ...hostConfig.zero,
    networkMode: 'bridge',
    portBindings: { '80/tcp': [{ hostIp: '', hostPort: '' }] },
    restartPolicy: { name: 'no', maximumRetryCount: 0 },
    logConfig: { type: 'json-file', config: {} },
    ipcMode: 'private',
    cgroupnsMode: 'host',
    shmSize: 67_108_864,
    runtime: 'runc',
    oomKillDisable: false,
    maskedPaths: ['/proc/asound'],
    readonlyPaths: ['/proc/bus'],
  },
  imageId: `sha256:${'cd'.repeat(32)}` as ImageId,
  platform: 'linux',
  state: { status: 'created' },
  restartCount: 0,
  hasBeenStarted: false,
  manuallyStopped: false,
  mountPoints: [
    {
      type: 'volume',
      name: 'v',
      source: '/root/volumes/v/_data',
      destination: '/data',
      driver: 'local',
      mode: '',
      readWrite: true,
      propagation: '',
      createSource: false,
    },
    {
      type: 'bind',
      name: '',
      source: '/src',
      destination: '/a',
      driver: '',
      mode: 'ro',
      readWrite: false,
      propagation: 'rprivate',
      createSource: true,
    },
  ],
  endpoints: { bridge: endpointRequest.zero },
  networkIds: {},
  appArmorProfile: '',
};

const endpoint: Endpoint = {
  id: '22'.repeat(32) as EndpointId,
  network: NET,
  networkName: 'bridge',
  container: ID,
  containerName: 'c1',
  macAddress: '02:42:ac:11:00:02',
  ipv4Address: '172.17.0.2',
  ipv4PrefixLength: 16,
  gateway: '172.17.0.1',
  ipv6Address: '',
  ipv6PrefixLength: 0,
  ipv6Gateway: '',
};

const sandbox: Sandbox = {
  id: '33'.repeat(32) as SandboxId,
  key: '/var/run/docker/netns/333333333333',
  endpoints: [endpoint],
  ports: [
    {
      port: { number: 80, protocol: 'tcp' },
      bindings: [
        { address: '0.0.0.0', port: 32768 },
        { address: '::', port: 32768 },
      ],
    },
  ],
  resolvConf: '',
  hostsLines: [],
  attach: () => undefined,
  vacate: async () => undefined,
  [Symbol.asyncDispose]: async () => undefined,
};

const running: Container = {
  ...created,
  state: { status: 'running', pid: 77, startedAt: (CREATED + 1_000_000_000n) as Timestamp, oomKilled: false },
};

const details = (container: Container, changes: Partial<ContainerDetails> = {}): ContainerDetails => ({
  container,
  resolvConfPath: '',
  hostnamePath: '',
  hostsPath: '',
  logPath: '',
  graphDriver: { name: 'overlay2', data: { ID } },
  ...changes,
});

type Body = Readonly<Record<string, unknown>>;
const part = (body: object, ...keys: readonly string[]): unknown =>
  keys.reduce<unknown>((value, key) => (value as Body)[key], body);

test('an inspected container has its keys in order', () => {
  const body = containerBody(details(running, { sandbox, sizes: { writable: 0, root: 5 } }), at(51));
  assert.deepEqual(Object.keys(body), [
    'Id',
    'Created',
    'Path',
    'Args',
    'State',
    'Image',
    'ResolvConfPath',
    'HostnamePath',
    'HostsPath',
    'LogPath',
    'Name',
    'RestartCount',
    'Driver',
    'Platform',
    'MountLabel',
    'ProcessLabel',
    'AppArmorProfile',
    'ExecIDs',
    'HostConfig',
    'GraphDriver',
    'SizeRw',
    'SizeRootFs',
    'Mounts',
    'Config',
    'NetworkSettings',
  ]);
  assert.equal(part(body, 'Created'), '2026-01-02T03:04:05.697695057Z');
  assert.equal(part(body, 'Name'), '/c1');
  assert.equal(part(body, 'ExecIDs'), null);
  assert.equal(part(body, 'SizeRw'), 0);
});

test('the state of a running container', () => {
  assert.deepEqual(part(containerBody(details(running, { sandbox }), at(51)), 'State'), {
    Status: 'running',
    Running: true,
    Paused: false,
    Restarting: false,
    OOMKilled: false,
    Dead: false,
    Pid: 77,
    ExitCode: 0,
    Error: '',
    StartedAt: '2026-01-02T03:04:06.697695057Z',
    FinishedAt: '0001-01-01T00:00:00Z',
  });
});

test('what a host configuration leaves out is null, empty or zero, and some of it absent', () => {
  const body = part(containerBody(details(created), at(51)), 'HostConfig') as Body;
  const nulls =
    'Binds VolumesFrom CapAdd CapDrop Dns DnsOptions DnsSearch ExtraHosts GroupAdd Links SecurityOpt BlkioWeightDevice BlkioDeviceReadBps BlkioDeviceWriteBps BlkioDeviceReadIOps BlkioDeviceWriteIOps Devices DeviceCgroupRules DeviceRequests MemorySwappiness PidsLimit Ulimits';
  for (const key of nulls.split(' ')) assert.equal(body[key], null, key);
  const empty =
    'ContainerIDFile VolumeDriver Cgroup PidMode UTSMode UsernsMode Isolation CgroupParent CpusetCpus CpusetMems';
  for (const key of empty.split(' ')) assert.equal(body[key], '', key);
  const zero =
    'OomScoreAdj CpuShares Memory NanoCpus BlkioWeight CpuPeriod CpuQuota CpuRealtimePeriod CpuRealtimeRuntime MemoryReservation MemorySwap CpuCount CpuPercent IOMaximumIOps IOMaximumBandwidth';
  for (const key of zero.split(' ')) assert.equal(body[key], 0, key);
  for (const key of ['AutoRemove', 'Privileged', 'PublishAllPorts', 'ReadonlyRootfs', 'OomKillDisable'])
    assert.equal(body[key], false, key);
  for (const key of [
    'Mounts',
    'Tmpfs',
    'Sysctls',
    'StorageOpt',
    'Annotations',
    'Init',
    'KernelMemory',
    'KernelMemoryTCP',
  ])
    assert.equal(key in body, false, key);
  assert.deepEqual(body['ConsoleSize'], [0, 0]);
  assert.deepEqual(body['PortBindings'], { '80/tcp': [{ HostIp: '', HostPort: '' }] });
});

test('the configuration keeps the nulls that clients know', () => {
  assert.equal(
    JSON.stringify(part(containerBody(details(created), at(51)), 'Config')),
    '{"Hostname":"abababababab","Domainname":"","User":"","AttachStdin":false,"AttachStdout":false,"AttachStderr":false,"ExposedPorts":{"80/tcp":{},"81/udp":{}},"Tty":false,"OpenStdin":false,"StdinOnce":false,"Env":["PATH=/bin"],"Cmd":["sh","-c","sleep 300"],"Image":"busybox","Volumes":{"/data":{}},"WorkingDir":"","Entrypoint":null,"OnBuild":null,"Labels":{}}',
  );
});

test('the network of a running container', () => {
  const body = part(containerBody(details(running, { sandbox }), at(51)), 'NetworkSettings') as Body;
  assert.equal(
    JSON.stringify(body['Ports']),
    '{"80/tcp":[{"HostIp":"0.0.0.0","HostPort":"32768"},{"HostIp":"::","HostPort":"32768"}],"81/udp":null}',
  );
  assert.equal(body['IPAddress'], '172.17.0.2');
  assert.equal(body['SandboxKey'], '/var/run/docker/netns/333333333333');
  assert.equal(
    JSON.stringify(body['Networks']),
    `{"bridge":{"IPAMConfig":null,"Links":null,"Aliases":null,"MacAddress":"02:42:ac:11:00:02","DriverOpts":null,"GwPriority":0,"NetworkID":"${NET}","EndpointID":"${endpoint.id}","Gateway":"172.17.0.1","IPAddress":"172.17.0.2","IPPrefixLen":16,"IPv6Gateway":"","GlobalIPv6Address":"","GlobalIPv6PrefixLen":0,"DNSNames":null}}`,
  );
});

test('a container that does not run has neither ports nor addresses, but its network', () => {
  const body = part(
    containerBody(details({ ...created, networkIds: { bridge: NET } }), at(51)),
    'NetworkSettings',
  ) as Body;
  assert.deepEqual(body['Ports'], {});
  assert.equal(body['SandboxID'], '');
  assert.equal(part(body, 'Networks', 'bridge', 'NetworkID'), NET);
  assert.equal(part(body, 'Networks', 'bridge', 'IPAddress'), '');
});

test('aliases of a user network name the short id up to API 1.44, its names stand apart', () => {
  const web: Container = {
    ...created,
    endpoints: { web: { ...endpointRequest.zero, aliases: ['db', 'db'] } },
    networkIds: { web: NET },
  };
  const aliases = (minor: number): unknown =>
    part(containerBody(details(web), at(minor)), 'NetworkSettings', 'Networks', 'web', 'Aliases');
  assert.deepEqual(aliases(44), ['db', 'db', 'abababababab']);
  assert.deepEqual(aliases(45), ['db', 'db']);
  assert.deepEqual(
    part(containerBody(details(web), at(51)), 'NetworkSettings', 'Networks', 'web', 'DNSNames'),
    ['c1', 'db', 'abababababab'],
  );
});

const listedContainerBody = (view: ContainerView, at: ListedAt): object =>
  (JSON.parse(new ListedContainers().text([view], at)) as object[])[0] ?? {};

test('a row of the list', () => {
  const body = listedContainerBody(
    { container: running, sandbox },
    { api: at(51), moment: (CREATED + 301_000_000_000n) as Timestamp, imageName: () => 'busybox' },
  );
  const { NetworkSettings: _, ...rest } = body as Body;
  assert.deepEqual(rest, {
    Id: ID,
    Names: ['/c1'],
    Image: 'busybox',
    ImageID: running.imageId,
    Command: "sh -c 'sleep 300'",
    Created: 1767323045,
    Ports: [
      { IP: '0.0.0.0', PrivatePort: 80, PublicPort: 32768, Type: 'tcp' },
      { IP: '::', PrivatePort: 80, PublicPort: 32768, Type: 'tcp' },
      { PrivatePort: 81, Type: 'udp' },
    ],
    Labels: {},
    State: 'running',
    Status: 'Up 5 minutes',
    HostConfig: { NetworkMode: 'bridge' },
    Mounts: [
      { Type: 'bind', Source: '/src', Destination: '/a', Mode: 'ro', RW: false, Propagation: 'rprivate' },
      {
        Type: 'volume',
        Name: 'v',
        Source: '',
        Destination: '/data',
        Driver: 'local',
        Mode: '',
        RW: true,
        Propagation: '',
      },
    ],
  });
});

test('the status column of every state', () => {
  const moment = (CREATED + 10_000_000_000n) as Timestamp;
  const ended = {
    exitCode: 3,
    error: '',
    oomKilled: false,
    startedAt: CREATED,
    finishedAt: (CREATED + 7_000_000_000n) as Timestamp,
  };
  const status = (state: Container['state']): unknown =>
    part(
      listedContainerBody({ container: { ...created, state } }, { api: at(51), moment, imageName: () => '' }),
      'Status',
    );
  assert.equal(status({ status: 'created' }), 'Created');
  assert.equal(
    status({ status: 'paused', pid: 1, startedAt: CREATED, oomKilled: false }),
    'Up 10 seconds (Paused)',
  );
  assert.equal(status({ status: 'exited', ...ended }), 'Exited (3) 3 seconds ago');
  assert.equal(status({ status: 'restarting', ...ended }), 'Restarting (3) 3 seconds ago');
  assert.equal(status({ status: 'removing' }), 'Removal In Progress');
  assert.equal(status({ status: 'dead', reason: '' }), 'Dead');
});

test('a row is rendered anew when the container, its network or its image’s name changed', () => {
  const listed = new ListedContainers();
  const row = (view: ContainerView, image = 'busybox'): Body => {
    const text = listed.text([view], { api: at(51), moment: CREATED, imageName: () => image });
    return (JSON.parse(text) as Body[])[0] as Body;
  };
  const view = { container: running, sandbox };
  assert.deepEqual(row(view), row(view));
  assert.equal(row(view, 'sha256:1')['Image'], 'sha256:1');
  assert.deepEqual(row({ ...view, sandbox: { ...sandbox, ports: [] } })['Ports'], [
    { PrivatePort: 80, Type: 'tcp' },
    { PrivatePort: 81, Type: 'udp' },
  ]);
  assert.deepEqual(row({ ...view, names: ['c1', 'p/alias'] })['Names'], ['/c1', '/p/alias']);
  assert.deepEqual(row({ ...view, container: { ...running, name: 'c2' } })['Names'], ['/c2']);
});
