// SPDX-License-Identifier: Apache-2.0
import { EngineError } from '../base/errors.ts';
import { type Nanoseconds, seconds } from '../base/time.ts';
import type { LogLevel } from '../base/log.ts';
import { DEFAULT_HOST } from './options/checks.ts';
import type { AddressPoolOption, RuntimeOption, UlimitOption } from './options/special-kinds.ts';
import type { Settings } from './options/table.ts';

/** One runtime that containers can name. */
export interface RuntimeConfig {
  /** Name or absolute path of the OCI runtime's binary. */
  readonly binary: string;
  readonly args: readonly string[];
}

/** The whole configuration: flags and daemon.json joined, defaults filled in, checked and frozen. Rooms read slices of it. */
export interface Config {
  readonly dataRoot: string;
  readonly execRoot: string;
  readonly pidfile: string;
  /** Where the API listens; none at all when empty. */
  readonly hosts: readonly string[];
  readonly group: string;
  /** Whether the operator named the group; a missing one is then an error, not a warning. */
  readonly groupIsExplicit: boolean;
  readonly tls: {
    readonly enabled: boolean;
    readonly verify: boolean;
    readonly optedOut: boolean;
    readonly ca: string;
    readonly cert: string;
    readonly key: string;
  };
  readonly debug: boolean;
  readonly logLevel: LogLevel;
  readonly logFormat: 'text' | 'json';
  readonly rawLogs: boolean;
  readonly experimental: boolean;
  readonly features: Readonly<Record<string, boolean>>;
  readonly labels: readonly string[];
  readonly liveRestore: boolean;
  readonly shutdownTimeout: Nanoseconds;
  readonly startTimeout: Nanoseconds;
  /** Containers that become unhealthy are restarted unless their label says otherwise. */
  readonly autoheal: boolean;
  /** Address of a containerd that runs already; empty to start one. */
  readonly containerd: string;
  readonly containerdNamespace: string;
  readonly pluginsNamespace: string;
  /** Whose subordinate ids containers get: `default`, `user[:group]`, `uid[:gid]`; empty for no user namespaces. */
  readonly usernsRemap: string;

  readonly runtimes: Readonly<Record<string, RuntimeConfig>>;
  readonly defaultRuntime: string;
  readonly cgroupParent: string;
  readonly cgroupDriver: '' | 'cgroupfs' | 'systemd';
  readonly defaultUlimits: readonly { readonly name: string; readonly soft: number; readonly hard: number }[];
  readonly init: boolean;
  readonly noNewPrivileges: boolean;
  readonly initPath: string;
  /** Directories of CDI documents; none when the feature is off. */
  readonly cdiSpecDirectories: readonly string[];
  readonly defaultShmSize: number;
  readonly defaultIpcMode: 'private' | 'shareable';
  readonly defaultCgroupnsMode: '' | 'host' | 'private';
  readonly logDriver: string;
  readonly logOptions: Readonly<Record<string, string>>;

  readonly registryMirrors: readonly string[];
  readonly insecureRegistries: readonly string[];
  readonly maxConcurrentDownloads: number;
  readonly maxConcurrentUploads: number;
  readonly maxDownloadAttempts: number;
  readonly httpProxy: string;
  readonly httpsProxy: string;
  readonly noProxy: string;

  /** Empty for `docker0`, made when it is missing; `none` for no default bridge; else a device that exists. */
  readonly bridge: string;
  /** CIDR of the default bridge; empty to choose. */
  readonly bip: string;
  /** Part of the bridge's subnet that containers get addresses from; empty for all of it. */
  readonly fixedCidr: string;
  /** Gateway of containers on the default bridge; empty for the bridge itself. */
  readonly defaultGateway: string;
  readonly ipv6: boolean;
  readonly bip6: string;
  readonly fixedCidr6: string;
  readonly defaultGateway6: string;
  /** Options of new networks that say nothing else, by driver. */
  readonly defaultNetworkOptions: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly icc: boolean;
  readonly ipForward: boolean;
  readonly ipMasquerade: boolean;
  readonly ipForwardNoDrop: boolean;
  readonly firewall: boolean;
  readonly firewall6: boolean;
  readonly allowDirectRouting: boolean;
  readonly respectsHostFirewall: boolean;
  readonly userlandProxy: boolean;
  /** Host address of ports published without one. */
  readonly defaultHostAddress: string;
  readonly mtu: number;
  readonly dns: readonly string[];
  readonly dnsOptions: readonly string[];
  readonly dnsSearch: readonly string[];
  readonly addressPools: readonly AddressPoolOption[];
  readonly hostGatewayAddresses: readonly string[];
}

/** What the process's environment adds. */
export type Environment = Readonly<Record<string, string | undefined>>;

const LEVELS: Readonly<Record<string, LogLevel>> = {
  trace: 'trace',
  debug: 'debug',
  info: 'info',
  warn: 'warn',
  warning: 'warn',
  error: 'error',
  fatal: 'fatal',
  panic: 'fatal',
};

/** Bytes of /dev/shm. */
const SHM_SIZE = 64 * 1024 * 1024;
const MTU = 1500;
/** Seconds a stop of the daemon gives its containers. */
const SHUTDOWN_TIMEOUT = 15;
/** Seconds that a runtime gets to start a container. */
const START_TIMEOUT = 30;

const STOCK_RUNTIMES: Readonly<Record<string, RuntimeConfig>> = {
  runc: { binary: 'runc', args: [] },
  'io.containerd.runc.v2': { binary: 'runc', args: [] },
};

const invalid = (message: string): EngineError => new EngineError('invalid-argument', message);

/** containerd's shim for runc and what is called the same way. */
const RUNC_SHIM = 'io.containerd.runc.v2';

/** The shim's own options: the program it calls. */
const shimBinary = (name: string, options: unknown): string => {
  const given = Object.entries(options ?? {});
  const other = given.find(([key, value]) => key !== 'BinaryName' || typeof value !== 'string');
  if (other) throw invalid(`runtime ${name}: option ${other[0]} of ${RUNC_SHIM} is not understood`);
  return String(given[0]?.[1] ?? 'runc');
};

const runtimeConfig = (name: string, option: RuntimeOption): RuntimeConfig => {
  const { path, runtimeArgs = [], runtimeType } = option;
  if (runtimeType === '') return { binary: path, args: runtimeArgs };
  if (path !== '' || runtimeArgs.length > 0)
    throw invalid(`runtime ${name}: path and runtimeArgs cannot be used with runtimeType`);
  if (runtimeType !== RUNC_SHIM)
    throw new EngineError(
      'not-implemented',
      `runtime ${name}: runtimeType ${runtimeType} is not available, only ${RUNC_SHIM}`,
    );
  return { binary: shimBinary(name, option.options), args: [] };
};

const joinRuntimes = (
  options: Readonly<Record<string, RuntimeOption>> = {},
): Readonly<Record<string, RuntimeConfig>> => ({
  ...STOCK_RUNTIMES,
  ...Object.fromEntries(Object.entries(options).map(([name, option]) => [name, runtimeConfig(name, option)])),
});

const ulimits = (options: Readonly<Record<string, UlimitOption>> = {}): Config['defaultUlimits'] =>
  Object.entries(options).map(([key, option]) => ({
    name: option.name || key,
    soft: option.soft,
    hard: option.hard,
  }));

const cgroupDriver = (options: readonly string[] = []): Config['cgroupDriver'] => {
  const value = options.at(-1)?.split('=')[1]?.trim() ?? '';
  if (value === '' || value === 'cgroupfs' || value === 'systemd') return value;
  throw invalid(`exec-opt native.cgroupdriver=${value} is invalid`);
};

/** Where CDI documents are when nobody says. Source: Container Device Interface specification, "Directories". */
const CDI_DIRECTORIES = ['/etc/cdi', '/var/run/cdi'];

/** An empty name alone stands for none. */
const cdiDirectories = (settings: Settings): readonly string[] => {
  if (settings.feature?.['cdi'] === false) return [];
  const given = settings['cdi-spec-dir'] ?? [];
  return given.length === 0 ? CDI_DIRECTORIES : given.filter((directory) => directory !== '');
};

/** 0 stands for the default. */
const count = (given: number | undefined, standard: number): number => given || standard;

const processConfig = (
  settings: Settings,
): Pick<Config, 'dataRoot' | 'execRoot' | 'pidfile' | 'hosts' | 'group' | 'groupIsExplicit' | 'tls'> => ({
  dataRoot: settings['data-root'] ?? '/var/lib/docker',
  execRoot: settings['exec-root'] ?? '/var/run/docker',
  pidfile: settings.pidfile ?? '/var/run/docker.pid',
  hosts: settings.host && settings.host.length > 0 ? settings.host : [DEFAULT_HOST],
  group: settings.group ?? 'docker',
  groupIsExplicit: settings.group !== undefined && settings.group !== 'docker',
  tls: {
    enabled: settings.tls === true || settings.tlsverify === true,
    verify: settings.tlsverify ?? false,
    optedOut: settings.tls === false,
    ca: settings.tlscacert ?? '',
    cert: settings.tlscert ?? '',
    key: settings.tlskey ?? '',
  },
});

const registryConfig = (
  settings: Settings,
  env: Environment,
): Pick<
  Config,
  | 'registryMirrors'
  | 'insecureRegistries'
  | 'maxConcurrentDownloads'
  | 'maxConcurrentUploads'
  | 'maxDownloadAttempts'
  | 'httpProxy'
  | 'httpsProxy'
  | 'noProxy'
> => ({
  registryMirrors: settings['registry-mirror'] ?? [],
  insecureRegistries: settings['insecure-registry'] ?? [],
  maxConcurrentDownloads: count(settings['max-concurrent-downloads'], 3),
  maxConcurrentUploads: count(settings['max-concurrent-uploads'], 5),
  maxDownloadAttempts: count(settings['max-download-attempts'], 5),
  httpProxy: settings['http-proxy'] ?? env['HTTP_PROXY'] ?? env['http_proxy'] ?? '',
  httpsProxy: settings['https-proxy'] ?? env['HTTPS_PROXY'] ?? env['https_proxy'] ?? '',
  noProxy: settings['no-proxy'] ?? env['NO_PROXY'] ?? env['no_proxy'] ?? '',
});

const networkConfig = (
  settings: Settings,
): Pick<
  Config,
  | 'bridge'
  | 'bip'
  | 'fixedCidr'
  | 'defaultGateway'
  | 'ipv6'
  | 'bip6'
  | 'fixedCidr6'
  | 'defaultGateway6'
  | 'defaultNetworkOptions'
  | 'icc'
  | 'ipForward'
  | 'ipMasquerade'
  | 'ipForwardNoDrop'
  | 'firewall'
  | 'firewall6'
  | 'allowDirectRouting'
  | 'respectsHostFirewall'
  | 'userlandProxy'
  | 'defaultHostAddress'
  | 'mtu'
  | 'dns'
  | 'dnsOptions'
  | 'dnsSearch'
  | 'addressPools'
  | 'hostGatewayAddresses'
> => ({
  bridge: settings.bridge ?? '',
  bip: settings.bip ?? '',
  fixedCidr: settings['fixed-cidr'] ?? '',
  defaultGateway: settings['default-gateway'] ?? '',
  ipv6: settings.ipv6 ?? false,
  bip6: settings.bip6 ?? '',
  fixedCidr6: settings['fixed-cidr-v6'] ?? '',
  defaultGateway6: settings['default-gateway-v6'] ?? '',
  defaultNetworkOptions: settings['default-network-opt'] ?? {},
  icc: settings.icc ?? true,
  ipForward: settings['ip-forward'] ?? true,
  ipMasquerade: settings['ip-masq'] ?? true,
  ipForwardNoDrop: settings['ip-forward-no-drop'] ?? false,
  firewall: settings.iptables ?? true,
  firewall6: settings.ip6tables ?? true,
  allowDirectRouting: settings['allow-direct-routing'] ?? false,
  respectsHostFirewall: settings['published-ports-respect-host-firewall'] ?? false,
  userlandProxy: settings['userland-proxy'] ?? true,
  defaultHostAddress: settings.ip ?? '0.0.0.0',
  mtu: count(settings.mtu, MTU),
  dns: settings.dns ?? [],
  dnsOptions: settings['dns-opt'] ?? [],
  dnsSearch: settings['dns-search'] ?? [],
  addressPools: settings['default-address-pool'] ?? [],
  hostGatewayAddresses: settings['host-gateway-ip'] ?? [],
});

const containerConfig = (
  settings: Settings,
): Pick<
  Config,
  | 'runtimes'
  | 'defaultRuntime'
  | 'cgroupParent'
  | 'cgroupDriver'
  | 'defaultUlimits'
  | 'init'
  | 'noNewPrivileges'
  | 'initPath'
  | 'cdiSpecDirectories'
  | 'defaultShmSize'
  | 'defaultIpcMode'
  | 'defaultCgroupnsMode'
  | 'logDriver'
  | 'logOptions'
  | 'liveRestore'
  | 'shutdownTimeout'
  | 'startTimeout'
  | 'autoheal'
> => ({
  runtimes: joinRuntimes(settings['add-runtime']),
  defaultRuntime: settings['default-runtime'] || 'runc',
  cgroupParent: settings['cgroup-parent'] ?? '',
  cgroupDriver: cgroupDriver(settings['exec-opt']),
  defaultUlimits: ulimits(settings['default-ulimit']),
  init: settings.init ?? false,
  noNewPrivileges: settings['no-new-privileges'] ?? false,
  initPath: settings['init-path'] ?? '',
  cdiSpecDirectories: cdiDirectories(settings),
  defaultShmSize: settings['default-shm-size'] || SHM_SIZE,
  defaultIpcMode: (settings['default-ipc-mode'] || 'private') as 'private' | 'shareable',
  defaultCgroupnsMode: (settings['default-cgroupns-mode'] ?? '') as Config['defaultCgroupnsMode'],
  logDriver: settings['log-driver'] || 'json-file',
  logOptions: settings['log-opt'] ?? {},
  liveRestore: settings['live-restore'] ?? false,
  shutdownTimeout: seconds(settings['shutdown-timeout'] ?? SHUTDOWN_TIMEOUT),
  startTimeout: seconds(settings['start-timeout'] ?? START_TIMEOUT),
  autoheal: settings.autoheal ?? false,
});

/** The configuration that joined settings stand for. @throws invalid-argument for what `--validate` lets pass and a start does not */
export const makeConfig = (settings: Settings, env: Environment): Config =>
  Object.freeze({
    ...processConfig(settings),
    ...registryConfig(settings, env),
    ...networkConfig(settings),
    ...containerConfig(settings),
    debug: settings.debug ?? false,
    logLevel: settings.debug === true ? 'debug' : (LEVELS[settings['log-level'] ?? 'info'] ?? 'info'),
    logFormat: (settings['log-format'] ?? 'text') as 'text' | 'json',
    rawLogs: settings['raw-logs'] ?? false,
    experimental: settings.experimental ?? false,
    features: settings.feature ?? {},
    labels: settings.label ?? [],
    containerd: settings.containerd ?? '',
    containerdNamespace: settings['containerd-namespace'] || 'moby',
    pluginsNamespace: settings['containerd-plugins-namespace'] || 'plugins.moby',
    usernsRemap: settings['userns-remap'] ?? '',
  });

/** Whether `level` is a level of the daemon log. */
export const isLogLevel = (level: string): boolean => LEVELS[level] !== undefined;
