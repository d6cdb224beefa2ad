// SPDX-License-Identifier: Apache-2.0
import { deepEqual, equal, throws } from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createTestRoom } from '../../../test/support/container-room.ts';
import type { ContainerId } from '../../base/ids.ts';
import { type ContainerConfig, containerConfig } from '../../spec/container-config.ts';
import { type EndpointRequest, endpointRequest } from '../../spec/endpoint-settings.ts';
import { type HostConfig, hostConfig, type MountRequest, mountRequest } from '../../spec/host-config.ts';
import { createContainer } from './create.ts';
import { type ContainerPlan, planContainer } from './plan-container.ts';

const { core, image } = createTestRoom();

/** Whom others refer to, by any name. */
const { id } = await createContainer(
  core,
  {
    config: { ...containerConfig.zero, image: 'busybox' },
    hostConfig: { ...hostConfig.zero, binds: ['data:/data', '/host:/shared'] },
    networking: {},
    warnings: [],
  },
  { signal: new AbortController().signal },
);
const donor = core.ledger.resolve(id);

interface Asked {
  readonly config?: Partial<ContainerConfig>;
  readonly host?: Partial<HostConfig>;
  readonly endpoints?: Record<string, EndpointRequest>;
}

const plan = ({ config, host, endpoints }: Asked, machine: typeof core.host = core.host): ContainerPlan =>
  planContainer(
    {
      config: { ...containerConfig.zero, image: 'busybox', ...config },
      hostConfig: { ...hostConfig.zero, ...host },
      networking: endpoints ? { endpointsConfig: endpoints } : {},
      warnings: ['first'],
    },
    {
      id: 'ab'.repeat(32) as ContainerId,
      image,
      config: core.config.current,
      host: machine,
      hostName: 'machine',
      logs: core.logs,
      resolve: (reference) => ({ ...donor, id: `id-of-${reference}` as ContainerId }),
    },
  );

const mount = (part: Partial<MountRequest>): MountRequest => ({ ...mountRequest.zero, ...part });

describe('refusals', () => {
  const cases: readonly (readonly [text: string, asked: Asked, kind?: string])[] = [
    ['invalid environment variable: =x', { config: { env: ['=x'] } }],
    [
      "the working directory 'x' is invalid, it needs to be an absolute path",
      { config: { workingDir: 'x' } },
    ],
    ['invalid signal: FOO', { config: { stopSignal: 'FOO' } }],
    [
      "can't create 'AutoRemove' container with restart policy",
      { host: { autoRemove: true, restartPolicy: { name: 'always', maximumRetryCount: 0 } } },
    ],
    [
      "invalid restart policy: unknown policy 'x'; use one of 'no', 'always', 'on-failure', or 'unless-stopped'",
      { host: { restartPolicy: { name: 'x', maximumRetryCount: 0 } } },
    ],
    [
      "invalid restart policy: maximum retry count can only be used with 'on-failure'",
      { host: { restartPolicy: { name: 'always', maximumRetryCount: 3 } } },
    ],
    ['invalid CapAdd: unknown capability: "CAP_X"', { host: { capAdd: ['x'] } }],
    ['unknown or invalid runtime name: x', { host: { runtime: 'x' } }],
    ['invalid IPC mode: x', { host: { ipcMode: 'x' } }],
    [
      'invalid port specification: "x"',
      { host: { portBindings: { '80/tcp': [{ hostIp: '', hostPort: 'x' }] } } },
    ],
    ['bad format for add-host: "x"', { host: { extraHosts: ['x'] } }],
    ['invalid IP address in add-host: "zz"', { host: { extraHosts: ['x:zz'] } }],
    ['SHM size can not be less than 0', { host: { shmSize: -1 } }],
    ['Minimum memory limit allowed is 6MB', { host: { memory: 1024 } }],
    [
      'You should always set the Memory limit when using Memoryswap limit, see usage',
      { host: { memorySwap: 64 << 20 } },
    ],
    ['range of CPUs is from 0.01 to 2.00, as there are only 2 CPUs available', { host: { nanoCpus: 3e9 } }],
    ['Requested CPUs are not available - requested 7, available: 0-1', { host: { cpusetCpus: '7' } }],
    [
      'conflicting options: hostname and the network mode',
      { config: { hostname: 'x' }, host: { networkMode: 'container:y' } },
    ],
    ['invalid mode: zz', { host: { binds: ['/a:/b:zz'] } }, 'internal'],
    ["invalid volume specification: '/a:/b:ro:x'", { host: { binds: ['/a:/b:ro:x'] } }, 'internal'],
    ['invalid mode: zz', { host: { volumesFrom: ['other:zz'] } }],
    ['invalid mode: ro:x', { host: { volumesFrom: ['other:ro:x'] } }],
    ['invalid name or ID supplied: ""', { host: { volumesFrom: [':ro'] } }],
    ['volumes-from specification cannot be an empty string', { host: { volumesFrom: [''] } }],
    [
      'invalid mount config for type "": field Target must not be empty',
      { host: { mounts: [mount({ type: '' })] } },
    ],
    ['Duplicate mount point: /b', { host: { binds: ['/a:/b', '/c:/b/'] } }],
    [
      'invalid mount config for type "bind": field Target must not be empty',
      { host: { mounts: [mount({ type: 'bind', source: '/a' })] } },
    ],
    [
      'invalid mount config for type "x": mount type unknown',
      { host: { mounts: [mount({ type: 'x', target: '/a' })] } },
    ],
    [
      'invalid config for network bridge: invalid endpoint settings:\nuser specified IP address is supported on user defined networks only',
      {
        endpoints: {
          bridge: {
            ...endpointRequest.zero,
            ipamConfig: { ipv4Address: '172.17.0.9', ipv6Address: '' },
          },
        },
      },
    ],
  ];
  for (const [message, asked, kind = 'invalid-argument'] of cases)
    test(message.split('\n')[0], () => throws(() => plan(asked), { kind, message }));
});

describe('what is filled in', () => {
  test('the values that inspect shows where nothing was asked for', () => {
    const { hostConfig: filled, config, endpoints } = plan({});
    equal(filled.networkMode, 'bridge');
    equal(filled.shmSize, 64 << 20);
    equal(filled.ipcMode, 'private');
    equal(filled.cgroupnsMode, 'host');
    equal(filled.runtime, 'runc');
    equal(filled.oomKillDisable, false);
    deepEqual(filled.restartPolicy, { name: 'no', maximumRetryCount: 0 });
    deepEqual(filled.logConfig, { type: 'json-file', config: {} });
    deepEqual([filled.maskedPaths?.length, filled.readonlyPaths?.length], [12, 5]);
    equal(config.hostname, 'abababababab');
    deepEqual(Object.keys(endpoints), ['bridge']);
  });

  test('a privileged container has no protected paths and no labels', () => {
    const { hostConfig: filled } = plan({ host: { privileged: true } });
    deepEqual(
      [filled.maskedPaths, filled.readonlyPaths, filled.securityOpt],
      [undefined, undefined, ['label=disable']],
    );
  });

  test('swap is twice the memory', () => {
    equal(plan({ host: { memory: 64 << 20 } }).hostConfig.memorySwap, 128 << 20);
  });

  test('a container in the host’s network has the host’s name, one in another’s one of its own till it starts', () => {
    equal(plan({ host: { networkMode: 'host' } }).config.hostname, 'machine');
    const joined = plan({ host: { networkMode: 'container:y' } });
    deepEqual(
      [joined.config.hostname, joined.hostConfig.networkMode],
      [plan({}).config.hostname, 'container:id-of-y'],
    );
    deepEqual(joined.endpoints, {});
  });

  test('a mounted image is told to be an experiment, after what the API has to say', () => {
    const mounts = [mount({ type: 'image', source: 'busybox', target: '/img' })];
    deepEqual(plan({ host: { mounts } }).warnings, ['first', 'Image mount is an experimental feature']);
  });

  test('a limit of the layer’s size is refused, and other storage options are unknown', () => {
    throws(
      () => plan({ host: { storageOpt: { size: '1G' } } }),
      /--storage-opt is supported only for overlay/,
    );
    throws(() => plan({ host: { storageOpt: { zz: '1' } } }), /^EngineError: Unknown option zz$/);
  });

  test('places that slow processors down are hidden where there are any', () => {
    const throttlePaths = ['/sys/devices/system/cpu/cpu0/thermal_throttle'];
    equal(plan({}, { ...core.host, throttlePaths }).hostConfig.maskedPaths?.at(-1), throttlePaths[0]);
  });
});

describe('mounts', () => {
  const mounts = (asked: Asked) =>
    plan(asked).mounts.map(({ type, name, source, destination, readWrite, anonymous, mode }) => ({
      type,
      name,
      source,
      destination,
      readWrite,
      anonymous,
      mode,
    }));

  test('a bind, a named volume and an anonymous one', () => {
    deepEqual(mounts({ host: { binds: ['/a/./b:/b:ro', 'data:/data/', '/only'] } }), [
      {
        type: 'bind',
        name: '',
        source: '/a/b',
        destination: '/b',
        readWrite: false,
        anonymous: false,
        mode: 'ro',
      },
      {
        type: 'volume',
        name: 'data',
        source: '',
        destination: '/data',
        readWrite: true,
        anonymous: false,
        mode: 'z',
      },
      {
        type: 'volume',
        name: '',
        source: '',
        destination: '/only',
        readWrite: true,
        anonymous: true,
        mode: 'z',
      },
    ]);
  });

  test('a path of the image gives way to a bind', () => {
    equal(mounts({ config: { volumes: { '/b': {} } }, host: { binds: ['/a:/b'] } }).length, 1);
    deepEqual(mounts({ config: { volumes: { '/v': {} } } })[0]?.anonymous, true);
  });

  test('what another container has comes along, read-only if so wanted, behind what is asked for itself', () => {
    const planned = mounts({
      config: { volumes: { '/data': {} } },
      host: { volumesFrom: ['other:ro'], binds: ['/own:/shared'] },
    });
    deepEqual(
      planned.map(({ destination, name, source, readWrite }) => [destination, name, source, readWrite]),
      [
        ['/shared', '', '/own', true],
        ['/data', 'data', '/fake/volumes/data/_data', false],
      ],
    );
  });

  test('a tmpfs with a size', () => {
    const { mounts: planned } = plan({
      host: {
        mounts: [mount({ type: 'tmpfs', target: '/t', tmpfsOptions: { sizeBytes: 1024, mode: 0o1777 } })],
      },
    });
    deepEqual(planned[0]?.tmpfsOptions, ['size=1024', 'mode=1777']);
  });
});
