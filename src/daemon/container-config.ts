// SPDX-License-Identifier: Apache-2.0
import { EngineError } from '../base/errors.ts';
import { type Nanoseconds, seconds } from '../base/time.ts';
import type { UlimitOption } from './options/special-kinds.ts';
import type { Settings } from './options/table.ts';
import { type RuntimeConfig, joinRuntimes } from './runtime-config.ts';

/** What containers get that say nothing else, and how they are run. */
export interface ContainerConfig {
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
  readonly liveRestore: boolean;
  readonly shutdownTimeout: Nanoseconds;
  readonly startTimeout: Nanoseconds;
  /** Containers that become unhealthy are restarted unless their label says otherwise. */
  readonly autoheal: boolean;
}

/** Bytes of /dev/shm. */
const SHM_SIZE = 64 * 1024 * 1024;
/** Seconds a stop of the daemon gives its containers. */
const SHUTDOWN_TIMEOUT = 15;
/** Seconds that a runtime gets to start a container. */
const START_TIMEOUT = 30;

const ulimits = (options: Readonly<Record<string, UlimitOption>> = {}): ContainerConfig['defaultUlimits'] =>
  Object.entries(options).map(([key, option]) => ({
    name: option.name || key,
    soft: option.soft,
    hard: option.hard,
  }));

const cgroupDriver = (options: readonly string[] = []): ContainerConfig['cgroupDriver'] => {
  const value = options.at(-1)?.split('=')[1]?.trim() ?? '';
  if (value === '' || value === 'cgroupfs' || value === 'systemd') return value;
  throw new EngineError('invalid-argument', `exec-opt native.cgroupdriver=${value} is invalid`);
};

/** Where CDI documents are when nobody says. Source: Container Device Interface specification, "Directories". */
const CDI_DIRECTORIES = ['/etc/cdi', '/var/run/cdi'];

/** An empty name alone stands for none. */
const cdiDirectories = (settings: Settings): readonly string[] => {
  if (settings.feature?.['cdi'] === false) return [];
  const given = settings['cdi-spec-dir'] ?? [];
  return given.length === 0 ? CDI_DIRECTORIES : given.filter((directory) => directory !== '');
};

/** @throws invalid-argument, not-implemented for runtimes and drivers that there are none of */
export const containerConfig = (settings: Settings): ContainerConfig => ({
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
  defaultCgroupnsMode: (settings['default-cgroupns-mode'] ?? '') as ContainerConfig['defaultCgroupnsMode'],
  logDriver: settings['log-driver'] || 'json-file',
  logOptions: settings['log-opt'] ?? {},
  liveRestore: settings['live-restore'] ?? false,
  shutdownTimeout: seconds(settings['shutdown-timeout'] ?? SHUTDOWN_TIMEOUT),
  startTimeout: seconds(settings['start-timeout'] ?? START_TIMEOUT),
  autoheal: settings.autoheal ?? false,
});
