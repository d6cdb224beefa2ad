// SPDX-License-Identifier: Apache-2.0
import { createCompression } from '../../src/adapters/compression/index.ts';
import { createFakeContainerFiles } from '../../src/adapters/container-files/fake.ts';
import { createFakeCgroups } from '../../src/adapters/cgroups/fake.ts';
import { createFakeMounts } from '../../src/adapters/mounts/fake.ts';
import { createFakeContainerd, type FakeContainerd } from '../../src/adapters/containerd/fake.ts';
import { FakeContainerStore } from '../../src/adapters/store/container-store-fake.ts';
import { fixedConfig } from '../../src/base/config-source.ts';
import { EngineError } from '../../src/base/errors.ts';
import {
  type ContainerId,
  type EndpointId,
  type NetworkId,
  randomId,
  type SandboxId,
} from '../../src/base/ids.ts';
import { silentLog } from '../../src/base/log.ts';
import { now, seconds, ZERO_TIME } from '../../src/base/time.ts';
import type { Core } from '../../src/domain/containers/core.ts';
import { createCore } from '../../src/domain/containers/create-core.ts';
import type { ContainersConfig, ContainersDeps } from '../../src/domain/containers/deps.ts';
import type { Execs } from '../../src/domain/containers/exec/execs.ts';
import type { HostFacts } from '../../src/domain/containers/oci-spec/oci-spec.ts';
import type { NewEvent } from '../../src/domain/events/index.ts';
import type { Image, Images } from '../../src/domain/images/index.ts';
import type { Logs } from '../../src/domain/logs/index.ts';
import type { Networks } from '../../src/domain/networks/index.ts';
import type { Volume, Volumes } from '../../src/domain/volumes/index.ts';
import { containerConfig } from '../../src/spec/container-config.ts';
import type { ImageId } from '../../src/spec/digest.ts';

/** A room of containers over fakes, and what happened to them. */
export interface TestRoom {
  readonly core: Core;
  readonly containerd: FakeContainerd;
  readonly store: FakeContainerStore;
  readonly image: Image;
  /** `type action` of every event, and the whole events. */
  readonly actions: () => readonly string[];
  readonly events: readonly NewEvent[];
  readonly sandboxes: ReadonlySet<string>;
  readonly layers: ReadonlySet<string>;
  readonly heldImages: () => number;
}

const host: HostFacts = {
  cgroupVersion: '1',
  cgroupDriver: 'cgroupfs',
  kernelVersion: [6, 1],
  architecture: 'amd64',
  seccomp: true,
  x32: true,
  appArmor: false,
  appArmorDefault: false,
  throttlePaths: [],
  cpus: 2,
  memory: 8 * 1024 ** 3,
  openFilesLimit: 20_000,
  controllers: new Set(['memory', 'cpu', 'pids', 'cpuset', 'blkio', 'devices']),
  swapAccounting: true,
  ioWeight: true,
  memoryNodes: '0',
  capabilities: ['CAP_CHOWN', 'CAP_NET_ADMIN', 'CAP_KILL'],
};

const config: ContainersConfig = {
  runtimes: { runc: { binary: 'runc' } },
  defaultRuntime: 'runc',
  cgroupParent: '',
  dataRoot: '/var/lib/docker',
  features: {},
  noNewPrivileges: false,
  cdiSpecDirectories: [],
  defaultUlimits: [],
  init: false,
  defaultShmSize: 64 * 1024 * 1024,
  defaultIpcMode: 'private',
  defaultCgroupnsMode: '',
  experimental: true,
  liveRestore: false,
  shutdownTimeout: seconds(15),
  startTimeout: seconds(30),
  autoheal: false,
};

const image: Image = {
  id: `sha256:${'a'.repeat(64)}` as ImageId,
  config: { ...containerConfig.zero, cmd: ['sh'], env: ['PATH=/bin'] },
  platform: { os: 'linux', architecture: 'amd64' },
  author: '',
  comment: '',
  dockerVersion: '',
  diffIds: [],
  history: [],
  size: 1000,
  repoTags: ['busybox:latest'],
  repoDigests: [],
};

const unused = (): never => {
  throw new Error('the test did not expect this call');
};

const fakeImages = (layers: Set<string>, holders: Set<string>): Images => ({
  resolve: (reference) => {
    if (reference === 'busybox') return image;
    throw new EngineError('not-found', `No such image: ${reference}:latest`);
  },
  find: (id) => (id === image.id ? image : undefined),
  list: () => [image],
  count: 1,
  pull: unused,
  load: unused,
  tag: unused,
  commit: unused,
  delete: unused,
  hold: (_, { container }) => {
    holders.add(container);
    return { [Symbol.dispose]: () => void holders.delete(container) };
  },
  holders: () => holders.size,
  prepareRootfs: async (id) => {
    layers.add(id);
    return { mounts: [{ type: 'bind', source: '/nowhere', options: [] }], lowerDirectories: [] };
  },
  rootfs: async () => ({ mounts: [], lowerDirectories: [] }),
  viewLayers: async () => [],
  removeRootfs: async (id) => void layers.delete(id),
  rootfsUsage: async () => 10,
  sweepRootfs: async (isKnown) => {
    const unknown = [...layers].filter((id) => !isKnown(id as ContainerId));
    for (const id of unknown) layers.delete(id);
    return unknown.length;
  },
  driverStatus: async () => ({ name: 'overlay2', status: [] }),
});

const fakeNetworks = (sandboxes: Set<string>, publish: (event: NewEvent) => void): Networks => ({
  list: () => [],
  resolve: (reference) => {
    throw new EngineError('not-found', `network ${reference} not found`);
  },
  create: unused,
  delete: unused,
  prune: unused,
  checkEndpoint: () => [],
  connect: unused,
  disconnect: unused,
  changePorts: unused,
  disconnectStranger: () => false,
  publishDisconnect: unused,
  endpoints: () => [],
  createSandbox: async ({ container, networkMode }) => {
    if (networkMode === 'missing') throw new EngineError('not-found', 'network missing not found');
    sandboxes.add(container);
    const attributes = { container, name: networkMode, type: 'bridge' };
    publish({ type: 'network', action: 'connect', actor: 'net', attributes });
    return {
      id: randomId<SandboxId>(),
      key: '/run/netns/x',
      namespacePath: '/run/netns/x',
      endpoints: [
        {
          id: randomId<EndpointId>(),
          network: 'n'.repeat(64) as NetworkId,
          networkName: networkMode,
          container,
          containerName: 'x',
          macAddress: '',
          ipv4Address: '172.17.0.2',
          ipv4PrefixLength: 16,
          gateway: '172.17.0.1',
          ipv6Address: '',
          ipv6PrefixLength: 0,
          ipv6Gateway: '',
        },
      ],
      ports: [],
      resolvConf: 'nameserver 10.0.0.1\n',
      hostsLines: ['172.17.0.2\tx'],
      attach: () => undefined,
      vacate: async () => undefined,
      [Symbol.asyncDispose]: async () => {
        if (!sandboxes.delete(container)) return;
        publish({ type: 'network', action: 'disconnect', actor: 'net', attributes });
      },
    };
  },
  adoptSandbox: async () => undefined,
  openPorts: () => undefined,
  renameContainer: () => undefined,
  sweep: async (isKnown) => {
    const unknown = [...sandboxes].filter((id) => !isKnown(id as ContainerId));
    for (const id of unknown) sandboxes.delete(id);
    return unknown.length;
  },
  drivers: ['bridge'],
  hostGateway: '172.17.0.1',
});

const fakeVolumes = (): Volumes => {
  const volumes = new Map<string, Volume>();
  return {
    list: () => [...volumes.values()],
    get: (name) => volumes.get(name) ?? unused(),
    create: async ({ name = randomId<string>() }) => {
      const volume = {
        name,
        driver: 'local',
        mountpoint: `/fake/volumes/${name}/_data`,
        created: now(),
        anonymous: name.length === 64,
      };
      volumes.set(name, volume);
      return volume;
    },
    delete: async (name) => void volumes.delete(name),
    keep: async () => undefined,
    hold: () => ({ [Symbol.dispose]: () => undefined }),
    holders: () => [],
    inspect: unused,
    search: unused,
    prune: unused,
    usage: unused,
    isPlain: () => true,
    rename: async () => Promise.reject(new Error('no volumes here')),
    export: async () => Promise.reject(new Error('no volumes here')),
    import: async () => Promise.reject(new Error('no volumes here')),
    clone: async () => Promise.reject(new Error('no volumes here')),
    needsMount: () => false,
    mount: async (name) => volumes.get(name)?.mountpoint ?? '',
    unmount: async () => undefined,
    adopt: async () => undefined,
    pathOf: (name) => volumes.get(name)?.mountpoint ?? '',
    sweep: async () => undefined,
  };
};

const fakeLogs: Logs = {
  validate: () => undefined,
  validateDefaults: () => undefined,
  withDefaults: (asked) => ({ ...asked, type: asked.type || 'json-file', config: asked.config ?? {} }),
  open: async () => ({ write: () => undefined, [Symbol.asyncDispose]: async () => undefined }),
  reopen: async () => ({ write: () => undefined, [Symbol.asyncDispose]: async () => undefined }),
  read: unused,
  past: unused,
  path: ({ id }) => `/fake/${id}-json.log`,
  drivers: ['json-file'],
};

const fakeExecs: Execs = {
  create: unused,
  start: unused,
  startDetached: unused,
  inspect: unused,
  resize: unused,
  run: unused,
  idsOf: () => undefined,
  holdStarts: async () => ({ [Symbol.dispose]: () => undefined }),
  exited: () => undefined,
  containerStopped: () => undefined,
  containerRemoved: () => undefined,
};

/** Makes a room; what is given replaces the fakes' defaults, so that two rooms can share one world (a restart). */
export const createTestRoom = (
  options: Partial<ContainersDeps> & {
    readonly containerd?: FakeContainerd;
    readonly store?: FakeContainerStore;
    readonly settings?: Partial<ContainersConfig>;
    readonly layers?: Set<string>;
    readonly sandboxes?: Set<string>;
  } = {},
): TestRoom => {
  const { settings, layers = new Set<string>(), sandboxes = new Set<string>(), ...given } = options;
  const events: NewEvent[] = [];
  const publish = (event: NewEvent): void => void events.push(event);
  const holders = new Set<string>();
  const containerd = given.containerd ?? createFakeContainerd();
  const store = given.store ?? new FakeContainerStore();
  const core = createCore(
    {
      config: fixedConfig({ ...config, ...settings }),
      runDirectory: '/nonexistent/berth-test-run',
      files: createFakeContainerFiles('/nonexistent/berth-test-files'),
      compression: createCompression(),
      runtimeRoot: '/nonexistent/berth-test-runtime',
      images: fakeImages(layers, holders),
      networks: fakeNetworks(sandboxes, publish),
      volumes: fakeVolumes(),
      mountDirectory: '/nonexistent/berth-test-mounts',
      mounts: createFakeMounts(),
      logs: fakeLogs,
      events: { publish },
      host,
      programs: { find: () => undefined },
      processStatus: { list: unused, beganAt: () => ZERO_TIME },
      cgroups: createFakeCgroups(),
      log: silentLog,
      lifetime: new AbortController().signal,
      ...given,
      containerd,
      store,
    },
    () => fakeExecs,
  );
  return {
    core,
    containerd,
    store,
    image,
    events,
    actions: () => events.map(({ type, action }) => `${type} ${action}`),
    sandboxes,
    layers,
    heldImages: () => holders.size,
  };
};
