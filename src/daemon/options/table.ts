// SPDX-License-Identifier: Apache-2.0
import { checkDnsSearch, checkExecOption, checkHost, checkIp, checkLabel, checkMirror } from './checks.ts';
import {
  integerKind,
  type Kind,
  listKind,
  mapKind,
  nestedMapKind,
  objectKind,
  sizeKind,
  switchesKind,
  switchKind,
  textKind,
} from './kinds.ts';
import { addressPoolsKind, runtimesKind, ulimitsKind } from './special-kinds.ts';

/** One row of the table from which flags, the keys of daemon.json and `--help` come. */
export interface Option<Value> {
  readonly kind: Kind<Value>;
  readonly help: string;
  readonly short?: string;
  /** The key in daemon.json where it is not the flag's name. */
  readonly key?: string;
  /** `flag`: the command line alone; `file`: daemon.json alone. */
  readonly only?: 'flag' | 'file';
  readonly hidden?: true;
  /** What `--help` shows as the default. */
  readonly shown?: string;
  /** SIGHUP reads it anew; `reset` puts it back to its default when the file does not hold it any more. */
  readonly reload?: 'keep' | 'reset';
  /**
   * What this version does not do yet: `warn` says so in the log when it is set, `refuse` does not start, because going
   * on without it would be less safe than the operator asked for.
   */
  readonly later?: 'warn' | 'refuse';
}

const option = <Value>(
  kind: Kind<Value>,
  help: string,
  more: Omit<Option<Value>, 'kind' | 'help'> = {},
): Option<Value> => ({ kind, help, ...more });

/** Every option of the daemon, by flag name. Names and meanings are dockerd's (Docker Engine 28.5). */
export const OPTIONS = {
  'add-runtime': option(runtimesKind, 'Register an additional OCI runtime (name=path)', {
    key: 'runtimes',
    reload: 'keep',
  }),
  'allow-direct-routing': option(switchKind, 'Let remote hosts reach published ports at container addresses'),
  autoheal: option(switchKind, 'Restart containers that become unhealthy (label berth.autoheal decides)', {
    reload: 'reset',
  }),
  'authorization-plugin': option(listKind(), 'Authorization plugins to load', {
    key: 'authorization-plugins',
    later: 'refuse',
  }),
  bip: option(textKind, 'IPv4 address and prefix of the default bridge (CIDR)'),
  bip6: option(textKind, 'IPv6 address and prefix of the default bridge (CIDR)'),
  bridge: option(textKind, 'Attach containers to this bridge; "none" for no default bridge', { short: 'b' }),
  builder: option(objectKind, '', { only: 'file', later: 'warn' }),
  'cdi-spec-dir': option(listKind(), 'CDI specification directories', { key: 'cdi-spec-dirs' }),
  'cgroup-parent': option(textKind, 'Parent cgroup of all containers'),
  'config-file': option(textKind, 'Daemon configuration file', {
    only: 'flag',
    shown: '/etc/docker/daemon.json',
  }),
  containerd: option(textKind, 'Address of a running containerd; one of its own is started without it'),
  'containerd-namespace': option(textKind, 'containerd namespace of containers', { shown: 'moby' }),
  'containerd-plugins-namespace': option(textKind, 'containerd namespace of plugins', {
    shown: 'plugins.moby',
  }),
  'cpu-rt-period': option(integerKind, 'CPU real-time period of the parent cgroup (microseconds)', {
    later: 'warn',
  }),
  'cpu-rt-runtime': option(integerKind, 'CPU real-time runtime of the parent cgroup (microseconds)', {
    later: 'warn',
  }),
  'cri-containerd': option(switchKind, 'Start containerd with CRI', { later: 'warn' }),
  'data-root': option(textKind, 'Directory of persistent state', { shown: '/var/lib/docker' }),
  debug: option(switchKind, 'Log at debug level', { short: 'D', reload: 'keep' }),
  'default-address-pool': option(addressPoolsKind, 'Address pools of new networks', {
    key: 'default-address-pools',
  }),
  'default-cgroupns-mode': option(textKind, 'Default cgroup namespace mode ("host" or "private")', {
    reload: 'keep',
  }),
  'default-gateway': option(textKind, 'Default IPv4 gateway of the default bridge'),
  'default-gateway-v6': option(textKind, 'Default IPv6 gateway of the default bridge'),
  'default-ipc-mode': option(textKind, 'Default IPC mode ("shareable" or "private")', {
    shown: 'private',
    reload: 'keep',
  }),
  'default-network-opt': option(nestedMapKind, 'Default options of networks (driver=opt=value)', {
    key: 'default-network-opts',
  }),
  'default-runtime': option(textKind, 'Runtime of containers that name none', {
    shown: 'runc',
    reload: 'keep',
  }),
  'default-shm-size': option(sizeKind, 'Default size of /dev/shm', { shown: '64MiB', reload: 'keep' }),
  'default-ulimit': option(ulimitsKind, 'Default ulimits of containers (name=soft:hard)', {
    key: 'default-ulimits',
  }),
  dns: option(listKind(checkIp), 'DNS servers'),
  'dns-opt': option(listKind(), 'DNS options', { key: 'dns-opts' }),
  'dns-search': option(listKind(checkDnsSearch), 'DNS search domains'),
  'exec-opt': option(listKind(checkExecOption), 'Runtime execution options', { key: 'exec-opts' }),
  'exec-root': option(textKind, 'Directory of run-time state', { shown: '/var/run/docker' }),
  experimental: option(switchKind, 'Serve experimental features: checkpoints (they need criu)'),
  feature: option(switchesKind, 'Switch a feature on or off (name=true|false)', {
    key: 'features',
    reload: 'reset',
  }),
  'fixed-cidr': option(textKind, 'IPv4 subnet for addresses on the default bridge'),
  'fixed-cidr-v6': option(textKind, 'IPv6 subnet for addresses on the default bridge'),
  group: option(textKind, 'Group that owns unix sockets', { short: 'G', shown: 'docker' }),
  help: option(switchKind, 'Print usage', { only: 'flag' }),
  host: option(
    listKind((item) => (checkHost(item), item)),
    'Addresses to listen on',
    { short: 'H', key: 'hosts' },
  ),
  'host-gateway-ip': option(listKind(checkIp), 'Address that host-gateway stands for in --add-host', {
    key: 'host-gateway-ips',
    later: 'warn',
  }),
  'http-proxy': option(textKind, 'Proxy of http requests'),
  'https-proxy': option(textKind, 'Proxy of https requests'),
  icc: option(switchKind, 'Let containers on the default bridge talk to each other', { shown: 'true' }),
  init: option(switchKind, 'Run an init in every container'),
  'init-path': option(textKind, 'Path of docker-init'),
  'insecure-registry': option(listKind(), 'Registries reached without verified TLS', {
    key: 'insecure-registries',
    reload: 'keep',
  }),
  ip: option(textKind, 'Host address of ports published without one', { shown: '0.0.0.0' }),
  'ip-forward': option(switchKind, 'Enable IP forwarding', { shown: 'true' }),
  'ip-forward-no-drop': option(
    switchKind,
    'Let the host route for others where forwarding began with the daemon',
  ),
  'ip-masq': option(switchKind, 'Masquerade what leaves the default bridge', { shown: 'true' }),
  ip6tables: option(switchKind, 'Add IPv6 firewall rules', { shown: 'true' }),
  iptables: option(switchKind, 'Add firewall rules', { shown: 'true' }),
  ipv6: option(switchKind, 'IPv6 on the default bridge'),
  label: option(listKind(checkLabel), 'Labels of the daemon (key=value)', { key: 'labels', reload: 'keep' }),
  'live-restore': option(switchKind, 'Keep containers running while the daemon is away', { reload: 'keep' }),
  'log-driver': option(textKind, 'Default log driver of containers', { shown: 'json-file' }),
  'log-format': option(textKind, 'Format of the daemon log ("text" or "json")', { shown: 'text' }),
  'log-level': option(textKind, 'Level of the daemon log (debug, info, warn, error, fatal)', {
    short: 'l',
    shown: 'info',
  }),
  'log-opt': option(mapKind, 'Default log options of containers', { key: 'log-opts' }),
  'max-concurrent-downloads': option(integerKind, 'Layers downloaded at once per pull', {
    shown: '3',
    reload: 'reset',
  }),
  'max-concurrent-uploads': option(integerKind, 'Layers uploaded at once per push', {
    shown: '5',
    reload: 'reset',
  }),
  'max-download-attempts': option(integerKind, 'Attempts per layer', { shown: '5', reload: 'reset' }),
  'metrics-addr': option(textKind, 'Address of the metrics listener', { later: 'warn' }),
  mtu: option(integerKind, 'MTU of the default bridge', { shown: '1500' }),
  'network-control-plane-mtu': option(integerKind, 'MTU of the network control plane', {
    shown: '1500',
    later: 'warn',
  }),
  'network-diagnostic-port': option(integerKind, 'Port of the network diagnostic server', {
    hidden: true,
    later: 'warn',
  }),
  'no-new-privileges': option(switchKind, 'Set no-new-privileges for containers that do not say'),
  'no-proxy': option(textKind, 'Hosts reached without a proxy'),
  'node-generic-resource': option(listKind(), 'Resources that swarm schedules', {
    key: 'node-generic-resources',
    later: 'warn',
  }),
  pidfile: option(textKind, 'File of the process id', { short: 'p', shown: '/var/run/docker.pid' }),
  'published-ports-respect-host-firewall': option(
    switchKind,
    "Have packets to published ports pass the host's own input rules first",
  ),
  'raw-logs': option(switchKind, 'Log without colours'),
  'registry-mirror': option(listKind(checkMirror), 'Mirrors of Docker Hub', {
    key: 'registry-mirrors',
    reload: 'keep',
  }),
  rootless: option(switchKind, 'Run without root', { later: 'refuse' }),
  'seccomp-profile': option(textKind, 'Default seccomp profile ("builtin", "unconfined" or a path)', {
    shown: 'builtin',
  }),
  'selinux-enabled': option(switchKind, 'SELinux labels', { later: 'refuse' }),
  'shutdown-timeout': option(integerKind, 'Seconds that a stop of the daemon gives its containers', {
    shown: '15',
    reload: 'keep',
  }),
  'start-timeout': option(integerKind, 'Seconds that a container may take to start (0 for ever)', {
    shown: '30',
    reload: 'reset',
  }),
  'storage-driver': option(textKind, 'Storage driver', { short: 's', shown: 'overlay2' }),
  'storage-opt': option(listKind(), 'Options of the storage driver', { key: 'storage-opts', later: 'warn' }),
  'swarm-default-advertise-addr': option(textKind, 'Address that a swarm node advertises', { later: 'warn' }),
  tls: option(switchKind, 'TLS; implied by --tlsverify'),
  tlscacert: option(textKind, 'Certificates that sign clients'),
  tlscert: option(textKind, 'Certificate of the server'),
  tlskey: option(textKind, 'Key of the server'),
  tlsverify: option(switchKind, 'TLS with verified clients'),
  'userland-proxy': option(switchKind, 'Reach published ports from this host by a proxy', { shown: 'true' }),
  'userland-proxy-path': option(textKind, 'Path of the userland proxy', { later: 'warn' }),
  'userns-remap': option(
    textKind,
    'Run containers as subordinate ids of a user (default, user[:group], uid[:gid])',
  ),
  validate: option(switchKind, 'Check the configuration and exit', { only: 'flag' }),
  version: option(switchKind, 'Print the version and exit', { short: 'v', only: 'flag' }),
} as const satisfies Record<string, Option<never> | { kind: unknown }>;

export type OptionName = keyof typeof OPTIONS;

/** What was given, by option: flags, the file, or both joined. */
export type Settings = {
  readonly [Name in OptionName]?: (typeof OPTIONS)[Name] extends Option<infer Value> ? Value : never;
};

/** All rows, as pairs of name and row. */
export const optionRows = (): readonly (readonly [OptionName, Option<unknown>])[] =>
  Object.entries(OPTIONS) as unknown as readonly (readonly [OptionName, Option<unknown>])[];

/** An option's key in daemon.json. */
export const keyOf = (name: OptionName): string => (OPTIONS[name] as Option<unknown>).key ?? name;
