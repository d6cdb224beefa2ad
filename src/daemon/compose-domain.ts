// SPDX-License-Identifier: Apache-2.0
import { randomInt } from 'node:crypto';
import type { Host } from '../adapters/host/index.ts';
import type { ConfigSource } from '../base/config-source.ts';
import type { Log } from '../base/log.ts';
import {
  capabilitiesOfMask,
  type ContainersConfig,
  type ContainersRoom,
  createContainers,
  type HostFacts,
} from '../domain/containers/index.ts';
import { createDns, type DnsRoom } from '../domain/dns/index.ts';
import { createEvents, type EventLog } from '../domain/events/index.ts';
import { createImages, type ImagesConfig, type StartableImages } from '../domain/images/index.ts';
import { createLogs, type Logs, type LogsConfig } from '../domain/logs/index.ts';
import { createNetworks, type NetworksRoom } from '../domain/networks/index.ts';
import { createPlugins } from '../domain/plugins/index.ts';
import { createSystem, findInit, type OpenListener, type SystemRoom } from '../domain/system/index.ts';
import { createVolumes } from '../domain/volumes/index.ts';
import type { IdMaps } from '../spec/id-maps.ts';
import type { Platform } from '../spec/platform.ts';
import { buildFacts } from './build-info.ts';
import type { Adapters } from './compose-adapters.ts';
import type { Config } from './config.ts';
import type { Environment } from './environment.ts';
import type { Paths } from './paths.ts';

/** Every room of the engine. */
export interface Rooms {
  readonly events: EventLog;
  readonly images: StartableImages;
  readonly logs: Logs;
  readonly volumes: ReturnType<typeof createVolumes>;
  readonly dns: DnsRoom;
  readonly networks: NetworksRoom;
  readonly containers: ContainersRoom;
  readonly system: SystemRoom;
}

export interface DomainOptions {
  readonly adapters: Adapters;
  readonly config: ConfigSource<Config>;
  readonly paths: Paths;
  /** The daemon's id. */
  readonly id: string;
  readonly listeners: readonly OpenListener[];
  readonly log: Log;
  readonly lifetime: AbortSignal;
  readonly env: Environment;
  /** What services are told of who calls. */
  readonly userAgent: string;
  /** The containers' user namespace, when they have one. */
  readonly idMaps?: IdMaps;
}

/** A room's slice of the configuration: looked at anew at each use, as the room does. */
const slice = <Slice>(
  config: ConfigSource<Config>,
  pick: (current: Config) => Slice,
): ConfigSource<Slice> => ({
  get current() {
    return pick(config.current);
  },
});

const imagesConfig = (current: Config): ImagesConfig => ({ ...current, mirrors: current.registryMirrors });

const logsConfig = (current: Config): LogsConfig => ({
  driver: current.logDriver,
  options: current.logOptions,
});

const containersConfig =
  (initPath: string | undefined) =>
  (current: Config): ContainersConfig => {
    const { initPath: _configured, ...rest } = current;
    return { ...rest, ...(initPath === undefined ? {} : { initPath }) };
  };

/** The platform that this machine runs. */
export const platformOf = (host: Host): Platform => ({
  os: 'linux',
  architecture: host.architecture,
});

/** Who makes the cgroups of containers: systemd where it runs on cgroup v2, as dockerd chooses. */
const cgroupDriverOf = (host: Host, { cgroupDriver }: Config): HostFacts['cgroupDriver'] => {
  if (cgroupDriver !== '') return cgroupDriver;
  return host.systemd && host.cgroups.version === '2' ? 'systemd' : 'cgroupfs';
};

const hostFacts = (host: Host, config: Config): HostFacts => ({
  ...host,
  cgroupVersion: host.cgroups.version,
  cgroupDriver: cgroupDriverOf(host, config),
  controllers: new Set(host.cgroups.mounts.keys()),
  swapAccounting: host.limits.swap,
  ioWeight: host.limits.ioWeight,
  capabilities: capabilitiesOfMask(host.capabilityMask.toString(16)),
});

/** Makes the rooms, bottom to top. Nothing is read or written before they are started. */
export const composeDomain = (options: DomainOptions): Rooms => {
  const { adapters, config, paths, id, listeners, log, lifetime, idMaps } = options;
  const { containerd, host, programs } = adapters;
  const room = (name: string): Log => log.with({ module: name });
  const initPath = findInit(programs, config.current.initPath);

  const events = createEvents({ store: adapters.eventStore, log: room('events') });
  const images = createImages({
    content: containerd.content,
    snapshots: containerd.snapshots,
    records: containerd.images,
    leases: containerd.leases,
    diffs: containerd.diffs,
    registries: adapters.registries,
    compression: adapters.compression,
    disk: adapters.disk,
    events,
    config: slice(config, imagesConfig),
    host: platformOf(host),
    engineVersion: buildFacts().version,
    log: room('images'),
    lifetime,
    ...(idMaps && { idMaps }),
  });
  const logs = createLogs({
    files: adapters.logFiles,
    config: slice(config, logsConfig),
    events,
    hostname: host.name,
    log: room('logs'),
    remote: {
      targets: adapters.logTargets,
      environment: options.env,
      userAgent: options.userAgent,
      pid: process.pid,
      log: room('logs'),
    },
  });
  const plugins = createPlugins({ sockets: adapters.pluginSockets });
  const volumes = createVolumes({
    store: adapters.volumeStore,
    remoteStore: adapters.remoteVolumeStore,
    root: paths.volumes,
    mounts: adapters.volumeMounts,
    quotas: adapters.volumeQuotas,
    plugins,
    files: adapters.containerFiles,
    compression: adapters.compression,
    disk: adapters.disk,
    events,
    log: room('volumes'),
    ...(idMaps && { idMaps }),
  });
  const dns = createDns({
    sockets: adapters.dnsSockets,
    namespaces: adapters.namespaces,
    openNftables: adapters.openNftables,
    random: (below) => randomInt(below),
  });
  const networks = createNetworks({
    config,
    namespaceDirectory: paths.namespaces,
    netlink: adapters.netlink,
    namespaces: adapters.namespaces,
    nftables: adapters.nftables,
    hostPorts: adapters.hostPorts,
    hostNetwork: adapters.hostNetwork,
    store: adapters.networkStore,
    events,
    resolution: dns,
    plugins,
    log: room('networks'),
  });
  const facts = hostFacts(host, config.current);
  const containers = createContainers({
    config: slice(config, containersConfig(initPath)),
    runDirectory: paths.runDirectory,
    runtimeRoot: paths.runtimeRoot,
    containerd,
    files: adapters.containerFiles,
    compression: adapters.compression,
    store: adapters.containerStore,
    mounts: adapters.mounts,
    mountDirectory: paths.runMounts,
    images,
    networks,
    volumes,
    logs,
    events,
    host: facts,
    processStatus: adapters.processStatus,
    programs,
    cgroups: adapters.cgroups,
    log: room('containers'),
    lifetime,
    ...(idMaps && { idMaps }),
  });
  const system = createSystem({
    config,
    build: buildFacts(),
    id,
    host,
    live: adapters.live,
    programs,
    initPath,
    cgroupDriver: facts.cgroupDriver,
    userNamespace: idMaps !== undefined,
    containerd,
    listeners,
    containers,
    volumes,
    images,
    networks,
    logs,
    events,
  });
  return { events, images, logs, volumes, dns, networks, containers, system };
};
