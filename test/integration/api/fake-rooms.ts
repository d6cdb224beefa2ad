// SPDX-License-Identifier: Apache-2.0
import type { RoutesDeps } from '../../../src/api/index.ts';
import { EngineError } from '../../../src/base/errors.ts';
import type { ExecId } from '../../../src/base/ids.ts';
import { now, type Timestamp } from '../../../src/base/time.ts';
import type { Container, Containers } from '../../../src/domain/containers/index.ts';
import type { EngineEvent } from '../../../src/domain/events/index.ts';
import type { Image, Images } from '../../../src/domain/images/index.ts';
import type { Info, System, Version } from '../../../src/domain/system/index.ts';
import { containerConfig } from '../../../src/spec/container-config.ts';
import { sampleContainer } from '../../support/sample-container.ts';

/** The parts of the rooms that a test plays. What it leaves out fails when it is called. */
export type PartialRooms = {
  readonly [Room in Exclude<keyof RoutesDeps, 'host'>]?: Partial<RoutesDeps[Room]>;
};

const unplayed = <Room extends object>(room: Partial<Room> | undefined): Room =>
  new Proxy((room ?? {}) as Room, {
    get: (target, name) =>
      Reflect.get(target, name) ??
      ((): never => {
        throw new EngineError('internal', `the test does not play ${String(name)}`);
      }),
  });

export const fakeRooms = (rooms: PartialRooms): RoutesDeps => ({
  containers: unplayed<Containers>(rooms.containers),
  images: unplayed<Images>(rooms.images),
  networks: unplayed(rooms.networks),
  volumes: unplayed(rooms.volumes),
  events: unplayed(rooms.events),
  system: unplayed(rooms.system),
  host: { os: 'linux', architecture: 'amd64' },
});

export const RUNNING = sampleContainer({
  container: {
    name: 'running',
    state: {
      status: 'running',
      pid: 42,
      startedAt: (now() - 300_000_000_000n) as Timestamp,
      oomKilled: false,
    },
  },
});

/** Containers of which only `running` is there. */
export const onlyRunning: Pick<Containers, 'list' | 'inspect' | 'execCreate' | 'execInspect'> = {
  list: async () => [{ container: RUNNING }],
  inspect: async (reference) => {
    if (reference !== 'running' && reference !== RUNNING.id)
      throw new EngineError('not-found', `No such container: ${reference}`);
    return details(RUNNING);
  },
  execCreate: async () => EXEC_ID,
  execInspect: (id) => ({
    id: id as ExecId,
    containerId: RUNNING.id,
    running: false,
    exitCode: 7,
    request: { ...NO_EXEC, cmd: ['cat'] },
    canRemove: false,
    detachKeys: new Uint8Array(),
    pid: 0,
  }),
};

export const EXEC_ID = 'ef'.repeat(32) as ExecId;

const NO_EXEC = {
  attachStdin: true,
  attachStdout: true,
  attachStderr: true,
  tty: false,
  env: [],
  cmd: [],
  privileged: false,
  user: '',
  workingDir: '',
};

const details = (container: Container): Awaited<ReturnType<Containers['inspect']>> => ({
  container,
  resolvConfPath: '/r',
  hostnamePath: '/n',
  hostsPath: '/h',
  logPath: '/l',
  graphDriver: { name: 'overlayfs' },
});

export const BUSYBOX: Image = {
  id: RUNNING.imageId,
  config: containerConfig.zero,
  platform: { os: 'linux', architecture: 'amd64' },
  author: '',
  comment: '',
  dockerVersion: '',
  diffIds: [],
  history: [],
  size: 1_985_834,
  repoTags: ['busybox:latest'],
  repoDigests: [],
};

export const oneImage: Pick<Images, 'resolve' | 'list' | 'holders'> = {
  resolve: () => BUSYBOX,
  list: () => [BUSYBOX],
  holders: () => 1,
};

/** Follows `events`, then waits for the client to leave. */
export async function* followed(
  events: readonly EngineEvent[],
  signal: AbortSignal,
): AsyncGenerator<EngineEvent> {
  yield* events;
  const gone = Promise.withResolvers<void>();
  signal.addEventListener('abort', () => gone.resolve());
  await gone.promise;
}

const VERSION: Version = {
  platformName: 'Berth',
  components: [{ name: 'Engine', version: '0.1.0', details: { ApiVersion: '1.51' } }],
  version: '0.1.0',
  apiVersion: '1.51',
  minApiVersion: '1.24',
  gitCommit: 'abc',
  languageVersion: 'node24',
  os: 'linux',
  arch: 'amd64',
  kernelVersion: '6.1',
  buildTime: '2026-01-01T00:00:00Z',
  experimental: false,
};

const INFO: Info = {
  id: 'id',
  name: 'host',
  serverVersion: '0.1.0',
  containers: { running: 1, paused: 0, stopped: 2 },
  images: 4,
  driver: 'overlayfs',
  driverStatus: [['driver-type', 'io.containerd.snapshotter.v1']],
  plugins: { volume: ['local'], network: ['bridge', 'host', 'null'], log: ['json-file'] },
  limits: {
    memory: true,
    swap: true,
    kernelMemoryTcp: true,
    cpuCfsPeriod: true,
    cpuCfsQuota: true,
    cpuShares: true,
    cpuset: true,
    pids: true,
    oomKillDisable: true,
  },
  ipv4Forwarding: true,
  debug: false,
  openFiles: 20,
  activeResources: 30,
  systemTime: '2026-01-02T03:04:05.6Z',
  loggingDriver: 'json-file',
  cgroupDriver: 'cgroupfs',
  cgroupVersion: '1',
  eventListeners: 0,
  kernelVersion: '6.1',
  operatingSystem: 'Debian GNU/Linux 12 (bookworm)',
  osVersion: '12',
  architecture: 'x86_64',
  registryMirrors: [],
  insecureRegistryCidrs: ['::1/128', '127.0.0.0/8'],
  insecureRegistries: [],
  cpus: 2,
  memory: 8_000_000_000,
  rootDirectory: '/var/lib/docker',
  httpProxy: '',
  httpsProxy: '',
  noProxy: '',
  labels: [],
  experimental: false,
  runtimes: { runc: { path: 'runc', features: '{}' } },
  defaultRuntime: 'runc',
  liveRestore: false,
  initBinary: 'docker-init',
  containerdCommit: 'c',
  runcCommit: 'r',
  initCommit: 'i',
  securityOptions: ['name=seccomp,profile=builtin'],
  firewallDriver: 'nftables',
  cdiSpecDirectories: ['/etc/cdi', '/var/run/cdi'],
  cdiDevices: [],
  containerd: { address: '/run/c.sock', namespace: 'moby', pluginNamespace: 'plugins.moby' },
  warnings: [],
};

export const fakeSystem: System = { version: () => VERSION, info: async () => INFO };
