// SPDX-License-Identifier: Apache-2.0
import type { Info, Version } from '../../domain/system/index.ts';
import type { ApiVersion } from '../version.ts';

/** Engine API, `SystemVersion`: the same for every API version. */
export const versionBody = (version: Version): object => ({
  Platform: { Name: version.platformName },
  Components: version.components.map(({ name, version: number, details }) => ({
    Name: name,
    Version: number,
    Details: details,
  })),
  Version: version.version,
  ApiVersion: version.apiVersion,
  MinAPIVersion: version.minApiVersion,
  GitCommit: version.gitCommit,
  GoVersion: version.languageVersion,
  Os: version.os,
  Arch: version.arch,
  KernelVersion: version.kernelVersion,
  ...(version.experimental ? { Experimental: true } : {}),
  BuildTime: version.buildTime,
});

/** Names with options (`name=seccomp,profile=builtin`) came with API 1.25; before, there are names alone. */
const securityOptions = (options: readonly string[], api: ApiVersion): readonly string[] =>
  api >= 25 ? options : options.map((option) => option.replace(/^name=/, '').replace(/,.*$/, ''));

const runtimes = (info: Info, api: ApiVersion): object => {
  const entries = Object.entries(info.runtimes).map(([name, { path, args, features }]) => {
    const status =
      features === undefined ? undefined : { 'org.opencontainers.runtime-spec.features': features };
    return [
      name,
      {
        path,
        ...(args === undefined ? {} : { runtimeArgs: args }),
        ...(status && api >= 44 ? { status } : {}),
      },
    ];
  });
  return Object.fromEntries(entries) as object;
};

const registryConfig = (info: Info, api: ApiVersion): object => {
  const index = (name: string, official: boolean): object => ({
    Mirrors: official ? info.registryMirrors : [],
    Name: name,
    Official: official,
    Secure: official,
  });
  const hosts = info.insecureRegistries.map((name) => [name, index(name, false)] as const);
  return {
    ...(api < 47
      ? { AllowNondistributableArtifactsCIDRs: null, AllowNondistributableArtifactsHostnames: null }
      : {}),
    IndexConfigs: Object.fromEntries([['docker.io', index('docker.io', true)] as const, ...hosts]),
    InsecureRegistryCIDRs: info.insecureRegistryCidrs,
    Mirrors: info.registryMirrors.length === 0 ? null : info.registryMirrors,
  };
};

const commit = (id: string, api: ApiVersion): object => (api < 49 ? { ID: id, Expected: id } : { ID: id });

const limits = ({ limits: limit }: Info, api: ApiVersion): object => ({
  MemoryLimit: limit.memory,
  SwapLimit: limit.swap,
  ...(api < 42 && limit.kernelMemoryTcp ? { KernelMemory: true } : {}),
  ...(limit.kernelMemoryTcp ? { KernelMemoryTCP: true } : {}),
  CpuCfsPeriod: limit.cpuCfsPeriod,
  CpuCfsQuota: limit.cpuCfsQuota,
  CPUShares: limit.cpuShares,
  CPUSet: limit.cpuset,
  PidsLimit: limit.pids,
});

const counts = ({ containers, images }: Info): object => ({
  Containers: containers.running + containers.paused + containers.stopped,
  ContainersRunning: containers.running,
  ContainersPaused: containers.paused,
  ContainersStopped: containers.stopped,
  Images: images,
});

const daemonFacts = (info: Info): object => ({
  Debug: info.debug,
  NFd: info.openFiles,
  OomKillDisable: info.limits.oomKillDisable,
  NGoroutines: info.activeResources,
  SystemTime: info.systemTime,
  LoggingDriver: info.loggingDriver,
  CgroupDriver: info.cgroupDriver,
  CgroupVersion: info.cgroupVersion,
  NEventsListener: info.eventListeners,
});

const hostFacts = (info: Info, api: ApiVersion): object => {
  const known = (text: string): string => (text === '' && api < 39 ? '<unknown>' : text);
  return {
    KernelVersion: known(info.kernelVersion),
    OperatingSystem: known(info.operatingSystem),
    OSVersion: info.osVersion,
    OSType: 'linux',
    Architecture: info.architecture,
    IndexServerAddress: 'https://index.docker.io/v1/',
    RegistryConfig: registryConfig(info, api),
    NCPU: info.cpus,
    MemTotal: info.memory,
    GenericResources: null,
    DockerRootDir: info.rootDirectory,
    HttpProxy: info.httpProxy,
    HttpsProxy: info.httpsProxy,
    NoProxy: info.noProxy,
    Name: info.name,
    Labels: info.labels,
    ExperimentalBuild: info.experimental,
    ServerVersion: info.serverVersion,
  };
};

/** A node that belongs to no swarm. */
const NO_SWARM = {
  NodeID: '',
  NodeAddr: '',
  LocalNodeState: 'inactive',
  ControlAvailable: false,
  Error: '',
  RemoteManagers: null,
};

const runtimeFacts = (info: Info, api: ApiVersion): object => ({
  Runtimes: runtimes(info, api),
  DefaultRuntime: info.defaultRuntime,
  Swarm: NO_SWARM,
  LiveRestoreEnabled: info.liveRestore,
  Isolation: '',
  InitBinary: info.initBinary,
  ContainerdCommit: commit(info.containerdCommit, api),
  RuncCommit: commit(info.runcCommit, api),
  InitCommit: commit(info.initCommit, api),
  SecurityOptions: securityOptions(info.securityOptions, api),
});

const lateFacts = (info: Info, api: ApiVersion): object => ({
  ...(api >= 49 ? { FirewallBackend: { Driver: info.firewallDriver } } : {}),
  CDISpecDirs: info.cdiSpecDirectories,
  ...(api >= 50 && info.cdiDevices.length > 0
    ? { DiscoveredDevices: info.cdiDevices.map((name) => ({ Source: 'cdi', ID: name })) }
    : {}),
  ...(api >= 46
    ? {
        Containerd: {
          Address: info.containerd.address,
          Namespaces: { Containers: info.containerd.namespace, Plugins: info.containerd.pluginNamespace },
        },
      }
    : {}),
  Warnings: info.warnings.length === 0 ? null : info.warnings,
  ...(api < 50 ? { BridgeNfIptables: false, BridgeNfIp6tables: false } : {}),
  ...(api < 25 ? { ExecutionDriver: '<not supported>' } : {}),
});

/** Engine API, `SystemInfo`, as the version `api` has it. */
export const infoBody = (info: Info, api: ApiVersion): object => ({
  ID: info.id,
  ...counts(info),
  Driver: info.driver,
  DriverStatus: info.driverStatus,
  Plugins: {
    Volume: info.plugins.volume,
    Network: info.plugins.network,
    Authorization: null,
    Log: info.plugins.log,
  },
  ...limits(info, api),
  IPv4Forwarding: info.ipv4Forwarding,
  ...daemonFacts(info),
  ...hostFacts(info, api),
  ...runtimeFacts(info, api),
  ...lateFacts(info, api),
});
