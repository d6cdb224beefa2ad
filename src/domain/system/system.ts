// SPDX-License-Identifier: Apache-2.0

export interface Component {
  readonly name: string;
  readonly version: string;
  readonly details: Readonly<Record<string, string>>;
}

export interface Version {
  readonly platformName: string;
  readonly components: readonly Component[];
  readonly version: string;
  readonly apiVersion: string;
  readonly minApiVersion: string;
  readonly gitCommit: string;
  /** What runs the engine, in the place of Go's version: `node24.21.0`. */
  readonly languageVersion: string;
  readonly os: string;
  readonly arch: string;
  readonly kernelVersion: string;
  readonly buildTime: string;
  readonly experimental: boolean;
}

/** Everything `/info` tells, in the domain's names; `api/wire/system.ts` gives it the API's keys and versions. */
export interface Info {
  readonly id: string;
  readonly name: string;
  readonly serverVersion: string;
  readonly containers: { readonly running: number; readonly paused: number; readonly stopped: number };
  readonly images: number;
  readonly driver: string;
  readonly driverStatus: readonly (readonly [string, string])[];
  readonly plugins: {
    readonly volume: readonly string[];
    readonly network: readonly string[];
    readonly log: readonly string[];
  };
  readonly limits: {
    readonly memory: boolean;
    readonly swap: boolean;
    readonly kernelMemoryTcp: boolean;
    readonly cpuCfsPeriod: boolean;
    readonly cpuCfsQuota: boolean;
    readonly cpuShares: boolean;
    readonly cpuset: boolean;
    readonly pids: boolean;
    readonly oomKillDisable: boolean;
  };
  readonly ipv4Forwarding: boolean;
  readonly debug: boolean;
  readonly openFiles: number;
  /** In the place of Go's goroutines: pending asynchronous resources of the process. */
  readonly activeResources: number;
  readonly systemTime: string;
  readonly loggingDriver: string;
  readonly cgroupDriver: string;
  readonly cgroupVersion: string;
  readonly eventListeners: number;
  readonly kernelVersion: string;
  readonly operatingSystem: string;
  readonly osVersion: string;
  readonly architecture: string;
  readonly registryMirrors: readonly string[];
  readonly insecureRegistryCidrs: readonly string[];
  readonly insecureRegistries: readonly string[];
  readonly cpus: number;
  readonly memory: number;
  readonly rootDirectory: string;
  readonly httpProxy: string;
  readonly httpsProxy: string;
  readonly noProxy: string;
  readonly labels: readonly string[];
  readonly experimental: boolean;
  readonly runtimes: Readonly<
    Record<string, { readonly path: string; readonly args?: readonly string[]; readonly features?: string }>
  >;
  readonly defaultRuntime: string;
  readonly liveRestore: boolean;
  readonly initBinary: string;
  readonly containerdCommit: string;
  readonly runcCommit: string;
  readonly initCommit: string;
  readonly securityOptions: readonly string[];
  readonly firewallDriver: string;
  readonly cdiSpecDirectories: readonly string[];
  /** Names of the devices that documents in them describe. */
  readonly cdiDevices: readonly string[];
  readonly containerd: {
    readonly address: string;
    readonly namespace: string;
    readonly pluginNamespace: string;
  };
  readonly warnings: readonly string[];
}

export interface System {
  /** From memory: probes ran when the daemon started. */
  version(): Version;
  info(): Promise<Info>;
}
