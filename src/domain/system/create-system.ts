// SPDX-License-Identifier: Apache-2.0
import { isIP } from 'node:net';
import type { Containerd } from '../../adapters/containerd/index.ts';
import type { Host, LiveHost, Programs } from '../../adapters/host/index.ts';
import type { ConfigSource } from '../../base/config-source.ts';
import { formatRfc3339Nano, now } from '../../base/time.ts';
import type { Containers } from '../containers/index.ts';
import type { Events } from '../events/index.ts';
import type { Images } from '../images/index.ts';
import type { Logs } from '../logs/index.ts';
import type { Networks } from '../networks/index.ts';
import type { Volumes } from '../volumes/index.ts';
import { type ComponentFacts, componentList, probeComponents, UNKNOWN_COMPONENTS } from './components.ts';
import { maskProxy } from './mask-proxy.ts';
import type { Info, System, Version } from './system.ts';
import { hostWarnings, type OpenListener } from './warnings.ts';

/** What the room reads of the daemon's configuration. */
export interface SystemConfig {
  readonly dataRoot: string;
  readonly debug: boolean;
  readonly experimental: boolean;
  readonly labels: readonly string[];
  readonly liveRestore: boolean;
  readonly runtimes: Readonly<Record<string, { readonly binary: string; readonly args?: readonly string[] }>>;
  readonly defaultRuntime: string;
  readonly defaultCgroupnsMode: '' | 'host' | 'private';
  readonly logDriver: string;
  readonly registryMirrors: readonly string[];
  readonly insecureRegistries: readonly string[];
  readonly httpProxy: string;
  readonly httpsProxy: string;
  readonly noProxy: string;
  readonly cdiSpecDirectories: readonly string[];
  readonly containerdNamespace: string;
  readonly pluginsNamespace: string;
}

/** What this build of the engine is. */
export interface BuildFacts {
  readonly platformName: string;
  readonly version: string;
  readonly apiVersion: string;
  readonly minApiVersion: string;
  readonly gitCommit: string;
  /** RFC 3339 */
  readonly buildTime: string;
  readonly languageVersion: string;
}

export interface SystemDeps {
  readonly config: ConfigSource<SystemConfig>;
  readonly build: BuildFacts;
  readonly programs: Programs;
  /** Absolute path of the init for containers; absent when there is none. */
  readonly initPath: string | undefined;
  /** The daemon's own id, a UUID. */
  readonly id: string;
  readonly host: Host;
  readonly live: LiveHost;
  readonly cgroupDriver: 'cgroupfs' | 'systemd';
  /** Whether containers have a user namespace of the daemon's. */
  readonly userNamespace?: boolean;
  readonly containerd: Pick<Containerd, 'address' | 'version'>;
  readonly listeners: readonly OpenListener[];
  readonly containers: Pick<Containers, 'counts' | 'cdiDevices'>;
  readonly images: Pick<Images, 'count' | 'driverStatus'>;
  readonly networks: Pick<Networks, 'drivers'>;
  readonly volumes: Pick<Volumes, 'list'>;
  readonly logs: Pick<Logs, 'drivers'>;
  readonly events: Pick<Events, 'listeners'>;
}

/** What the answers are made from: the parts, and what the programs said of themselves. */
interface Sources extends SystemDeps {
  readonly components: ComponentFacts;
}

/** The room as its builder holds it. */
export interface SystemRoom extends System {
  /** Asks the programs beneath the engine what they are: once, before the first request; containerd when it is `ready`. */
  probe(ready: Promise<unknown>): Promise<void>;
}

/** Registries on the machine itself are reached without TLS, whatever the configuration says. */
const ALWAYS_INSECURE = ['::1/128', '127.0.0.0/8'];

const isCidr = (text: string): boolean => {
  const [address = '', prefix] = text.split('/');
  return prefix !== undefined && isIP(address) !== 0;
};

const versionOf = ({ build, host, components, config }: Sources): Version => {
  const { experimental } = config.current;
  const shared = { os: 'linux', arch: host.architecture, kernelVersion: host.kernelRelease };
  const engine = {
    name: 'Engine',
    version: build.version,
    details: {
      ApiVersion: build.apiVersion,
      Arch: shared.arch,
      BuildTime: build.buildTime,
      Experimental: String(experimental),
      GitCommit: build.gitCommit,
      GoVersion: build.languageVersion,
      KernelVersion: shared.kernelVersion,
      MinAPIVersion: build.minApiVersion,
      Os: shared.os,
    },
  };
  return { ...build, ...shared, experimental, components: [engine, ...componentList(components)] };
};

const securityOptions = (deps: Sources): readonly string[] => {
  const { host, config } = deps;
  const mode = config.current.defaultCgroupnsMode;
  const ownCgroups = mode === '' ? host.cgroups.version === '2' : mode === 'private';
  return [
    ...(host.appArmor ? ['name=apparmor'] : []),
    ...(host.seccomp ? ['name=seccomp,profile=builtin'] : []),
    ...(deps.userNamespace ? ['name=userns'] : []),
    ...(ownCgroups ? ['name=cgroupns'] : []),
  ];
};

const runtimesOf = ({ config, components }: Sources): Info['runtimes'] =>
  Object.fromEntries(
    Object.entries(config.current.runtimes).map(([name, { binary, args = [] }]) => {
      const features = components.runtimeFeatures.get(name);
      return [
        name,
        {
          path: binary,
          ...(args.length > 0 ? { args } : {}),
          ...(features === undefined ? {} : { features }),
        },
      ];
    }),
  );

const registriesOf = ({
  config,
}: Sources): Pick<Info, 'registryMirrors' | 'insecureRegistryCidrs' | 'insecureRegistries'> => {
  const { registryMirrors, insecureRegistries } = config.current;
  return {
    registryMirrors,
    insecureRegistryCidrs: [...ALWAYS_INSECURE, ...insecureRegistries.filter(isCidr)],
    insecureRegistries: insecureRegistries.filter((registry) => !isCidr(registry)),
  };
};

const machineOf = ({
  host,
  cgroupDriver,
}: Sources): Pick<
  Info,
  | 'name'
  | 'kernelVersion'
  | 'operatingSystem'
  | 'osVersion'
  | 'architecture'
  | 'cpus'
  | 'memory'
  | 'cgroupDriver'
  | 'cgroupVersion'
  | 'limits'
> => ({
  name: host.name,
  kernelVersion: host.kernelRelease,
  operatingSystem: host.operatingSystem,
  osVersion: host.osVersion,
  architecture: host.machine,
  cpus: host.cpus,
  memory: host.memory,
  cgroupDriver,
  cgroupVersion: host.cgroups.version,
  limits: host.limits,
});

const programsOf = ({
  components,
  containerd,
  initPath,
  config,
}: Sources): Pick<Info, 'initBinary' | 'containerdCommit' | 'runcCommit' | 'initCommit' | 'containerd'> => ({
  initBinary: initPath?.split('/').at(-1) ?? 'docker-init',
  containerdCommit: components.containerd.commit,
  runcCommit: components.runc.commit,
  initCommit: components.init.commit,
  containerd: {
    address: containerd.address,
    namespace: config.current.containerdNamespace,
    pluginNamespace: config.current.pluginsNamespace,
  },
});

const settingsOf = ({
  config,
}: Sources): Pick<
  Info,
  | 'debug'
  | 'loggingDriver'
  | 'rootDirectory'
  | 'httpProxy'
  | 'httpsProxy'
  | 'noProxy'
  | 'labels'
  | 'experimental'
  | 'defaultRuntime'
  | 'liveRestore'
> => {
  const { current } = config;
  return {
    debug: current.debug,
    loggingDriver: current.logDriver,
    rootDirectory: current.dataRoot,
    httpProxy: maskProxy(current.httpProxy),
    httpsProxy: maskProxy(current.httpsProxy),
    noProxy: current.noProxy,
    labels: current.labels,
    experimental: current.experimental,
    defaultRuntime: current.defaultRuntime,
    liveRestore: current.liveRestore,
  };
};

/** What the kernel's own way of overlaying adds to the driver's rows. */
const overlayRows = (driver: string, { overlay }: Host): Info['driverStatus'] =>
  driver === 'overlay2'
    ? [
        ['Using metacopy', String(overlay.metacopy)],
        ['Native Overlay Diff', String(!overlay.metacopy && !overlay.redirects)],
      ]
    : [];

/** The engine's own driver, and those that volumes have; sorted. */
const volumeDrivers = ({ volumes }: Sources): readonly string[] =>
  [...new Set(['local', ...volumes.list().map(({ driver }) => driver)])].toSorted();

const infoOf = async (deps: Sources): Promise<Info> => {
  const driver = await deps.images.driverStatus();
  const ipv4Forwarding = deps.live.ipv4Forwarding();
  return {
    id: deps.id,
    serverVersion: deps.build.version,
    containers: deps.containers.counts(),
    images: deps.images.count,
    driver: driver.name,
    driverStatus: [...driver.status, ...overlayRows(driver.name, deps.host)],
    plugins: { volume: volumeDrivers(deps), network: deps.networks.drivers, log: deps.logs.drivers },
    ipv4Forwarding,
    openFiles: deps.live.openFiles(),
    activeResources: process.getActiveResourcesInfo().length,
    systemTime: formatRfc3339Nano(now()),
    eventListeners: deps.events.listeners,
    runtimes: runtimesOf(deps),
    securityOptions: securityOptions(deps),
    firewallDriver: 'nftables',
    cdiSpecDirectories: deps.config.current.cdiSpecDirectories,
    cdiDevices: deps.containers.cdiDevices(),
    warnings: hostWarnings(deps.host, ipv4Forwarding, deps.listeners),
    ...machineOf(deps),
    ...programsOf(deps),
    ...registriesOf(deps),
    ...settingsOf(deps),
  };
};

/** What the engine tells of itself and its machine; nothing is executed for an answer. */
class HostSystem implements SystemRoom {
  readonly #deps: SystemDeps;
  #components: ComponentFacts = UNKNOWN_COMPONENTS;

  constructor(deps: SystemDeps) {
    this.#deps = deps;
  }

  async probe(ready: Promise<unknown>): Promise<void> {
    const { programs, containerd, config, initPath } = this.#deps;
    const { runtimes } = config.current;
    this.#components = await probeComponents({ programs, containerd, ready, runtimes, initPath });
  }

  version(): Version {
    return versionOf({ ...this.#deps, components: this.#components });
  }

  async info(): Promise<Info> {
    return infoOf({ ...this.#deps, components: this.#components });
  }
}

/** Tells `N/A` of the programs beneath until `probe` has asked them. */
export const createSystem = (deps: SystemDeps): SystemRoom => new HostSystem(deps);
