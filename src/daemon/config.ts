// SPDX-License-Identifier: Apache-2.0
import type { LogLevel } from '../base/log.ts';
import { type ContainerConfig, containerConfig } from './container-config.ts';
import type { Environment } from './environment.ts';
import { type NetworkConfig, networkConfig } from './network-config.ts';
import type { Settings } from './options/table.ts';
import { type ProcessConfig, processConfig } from './process-config.ts';
import { type RegistryConfig, registryConfig } from './registry-config.ts';

/** The whole configuration: flags and daemon.json joined, defaults filled in, checked and frozen. Rooms read slices of it. */
export interface Config extends ProcessConfig, RegistryConfig, NetworkConfig, ContainerConfig {
  readonly debug: boolean;
  readonly logLevel: LogLevel;
  readonly logFormat: 'text' | 'json';
  readonly rawLogs: boolean;
  readonly experimental: boolean;
  readonly features: Readonly<Record<string, boolean>>;
  readonly labels: readonly string[];
  /** Address of a containerd that runs already; empty to start one. */
  readonly containerd: string;
  readonly containerdNamespace: string;
  readonly pluginsNamespace: string;
  /** Whose subordinate ids containers get: `default`, `user[:group]`, `uid[:gid]`; empty for no user namespaces. */
  readonly usernsRemap: string;
}

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
