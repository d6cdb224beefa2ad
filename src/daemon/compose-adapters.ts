// SPDX-License-Identifier: Apache-2.0
import { type Cgroups, createCgroups } from '../adapters/cgroups/index.ts';
import { createPluginSockets, type PluginSockets } from '../adapters/plugin-sockets/index.ts';
import { type Compression, createCompression } from '../adapters/compression/index.ts';
import { type ContainerFiles, createContainerFiles } from '../adapters/container-files/index.ts';
import { type Containerd, createContainerd } from '../adapters/containerd/index.ts';
import { createDnsSockets, type DnsSockets } from '../adapters/dns-sockets/index.ts';
import { createDisk, type Disk } from '../adapters/disk/index.ts';
import {
  createMounts,
  createVolumeMounts,
  createVolumeQuotas,
  type Mounts,
  type VolumeMounts,
  type VolumeQuotas,
} from '../adapters/mounts/index.ts';
import {
  createLiveHost,
  createProcessStatus,
  createPrograms,
  type Host,
  type LiveHost,
  type ProcessStatus,
  probeHost,
  type Programs,
} from '../adapters/host/index.ts';
import { createHostNetwork, type HostNetwork } from '../adapters/host-network/index.ts';
import { createHostPorts, type HostPorts } from '../adapters/host-ports/index.ts';
import { createLogFiles, type LogFiles } from '../adapters/logfiles/index.ts';
import { createLogTargets, type LogTargets } from '../adapters/log-targets/index.ts';
import { createNetlink, type Netlink } from '../adapters/netlink/index.ts';
import { createNetworkNamespaces, type NetworkNamespaces } from '../adapters/netns/index.ts';
import { createNftables, type Nftables } from '../adapters/nftables/index.ts';
import { createRegistries, type Registries } from '../adapters/registry/index.ts';
import {
  ContainerDirectory,
  type ContainerStore,
  type EventStore,
  type NetworkStore,
  openEventStore,
  openNetworkStore,
  RemoteVolumeDirectory,
  type RemoteVolumeStore,
  VolumeDirectory,
  type VolumeStore,
} from '../adapters/store/index.ts';
import type { Log } from '../base/log.ts';
import { type IdMaps, rootOwner } from '../spec/id-maps.ts';
import type { Config } from './config.ts';
import type { Environment } from './environment.ts';
import type { Paths } from './paths.ts';

/** Everything that the rooms reach the outside by. */
export interface Adapters {
  readonly cgroups: Cgroups;
  readonly compression: Compression;
  readonly containerd: Containerd;
  readonly containerFiles: ContainerFiles;
  readonly containerStore: ContainerStore;
  readonly disk: Disk;
  readonly dnsSockets: DnsSockets;
  readonly mounts: Mounts;
  readonly eventStore: EventStore;
  readonly host: Host;
  readonly hostNetwork: HostNetwork;
  readonly hostPorts: HostPorts;
  readonly live: LiveHost;
  readonly logFiles: LogFiles;
  readonly logTargets: LogTargets;
  readonly namespaces: NetworkNamespaces;
  readonly netlink: Netlink;
  readonly networkStore: NetworkStore;
  readonly nftables: Nftables;
  /** A new access to the packet filter of the network namespace in which it is first used. */
  readonly openNftables: () => Nftables;
  readonly processStatus: ProcessStatus;
  readonly programs: Programs;
  readonly registries: Registries;
  readonly remoteVolumeStore: RemoteVolumeStore;
  readonly pluginSockets: PluginSockets;
  readonly volumeMounts: VolumeMounts;
  readonly volumeQuotas: VolumeQuotas;
  readonly volumeStore: VolumeStore;
}

/** How many events the log reaches back. */
const EVENTS_KEPT = 100_000;
/** Directories of certificates, one a registry. */
const CERTIFICATES = '/etc/docker/certs.d';
/** Where plugins of the first protocol are looked for: the same for all engines of a host. */
const PLUGIN_PLACES = {
  sockets: '/run/docker/plugins',
  documents: ['/etc/docker/plugins', '/usr/lib/docker/plugins'],
};
const SEARCH_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

const proxies = ({ httpProxy, httpsProxy, noProxy }: Config): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries({ HTTP_PROXY: httpProxy, HTTPS_PROXY: httpsProxy, NO_PROXY: noProxy }).filter(
      ([, value]) => value !== '',
    ),
  );

export interface AdapterOptions {
  readonly config: Config;
  readonly env: Environment;
  readonly paths: Paths;
  readonly userAgent: string;
  readonly log: Log;
  /** The containers' user namespace, when they have one. */
  readonly idMaps?: IdMaps;
}

/** Makes all adapters; `stack` lets go of them. @throws unavailable where this machine cannot run containers */
export const composeAdapters = (options: AdapterOptions, stack: AsyncDisposableStack): Adapters => {
  const { config, env, paths, userAgent, log, idMaps } = options;
  const owner = idMaps && rootOwner(idMaps);
  const host = probeHost();
  return {
    host,
    cgroups: createCgroups(host.cgroups),
    live: createLiveHost(),
    processStatus: createProcessStatus(env['PATH'] ?? SEARCH_PATH),
    programs: createPrograms(env['PATH'] ?? SEARCH_PATH),
    containerd: stack.use(
      createContainerd({
        address: paths.containerdSocket,
        namespace: config.containerdNamespace,
        log,
        // The files of a containerd that is not ours may lie elsewhere.
        ...(config.containerd === '' ? { root: paths.containerdRoot, state: paths.containerdState } : {}),
      }),
    ),
    compression: createCompression(),
    disk: createDisk(),
    dnsSockets: createDnsSockets(),
    mounts: createMounts(paths.runDirectory),
    registries: createRegistries({
      userAgent,
      certificateDirectory: CERTIFICATES,
      proxyEnvironment: proxies(config),
    }),
    netlink: createNetlink(),
    namespaces: stack.use(createNetworkNamespaces()),
    nftables: createNftables(),
    openNftables: createNftables,
    hostNetwork: createHostNetwork(),
    hostPorts: createHostPorts(),
    logFiles: createLogFiles(),
    logTargets: createLogTargets({ proxyEnvironment: proxies(config) }),
    containerFiles: createContainerFiles(paths.views),
    containerStore: new ContainerDirectory(paths.containers, owner),
    volumeStore: new VolumeDirectory(paths.volumes, log, owner),
    remoteVolumeStore: new RemoteVolumeDirectory(paths.volumes),
    volumeMounts: createVolumeMounts(),
    volumeQuotas: createVolumeQuotas(),
    pluginSockets: createPluginSockets(PLUGIN_PLACES),
    networkStore: stack.use(openNetworkStore(paths.networkDatabase, log)),
    eventStore: openEventStore(paths.eventDatabase, { keep: EVENTS_KEPT, log }),
  };
};
