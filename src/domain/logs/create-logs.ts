// SPDX-License-Identifier: Apache-2.0
import type { LogFiles } from '../../adapters/logfiles/index.ts';
import type { ConfigSource } from '../../base/config-source.ts';
import { EngineError } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import type { LogConfig } from '../../spec/host-config.ts';
import type { LogDriver } from './driver.ts';
import { createJsonFileDriver } from './json-file/driver.ts';
import type { Logs } from './logs.ts';
import { noneDriver } from './none.ts';

/** The daemon's `log-driver` and `log-opts`. */
export interface LogsConfig {
  readonly driver: string;
  readonly options: Readonly<Record<string, string>>;
}

export interface LogsDeps {
  readonly files: LogFiles;
  readonly config: ConfigSource<LogsConfig>;
  readonly log: Log;
  /** The host's name, for tags. */
  readonly hostname: string;
}

/** Drivers that Docker has and Berth does not yet: refused by name, never taken for another. */
const NOT_YET = new Set(['awslogs', 'fluentd', 'gcplogs', 'gelf', 'journald', 'local', 'splunk', 'syslog']);

/** Docker lists what can be chosen, not that nothing can. */
const isListed = (name: string): boolean => name !== noneDriver.name;

const find = (drivers: ReadonlyMap<string, LogDriver>, name: string): LogDriver => {
  const driver = drivers.get(name);
  if (driver) return driver;
  if (NOT_YET.has(name))
    throw new EngineError('not-implemented', `the log driver "${name}" is not supported yet`);
  throw new EngineError(
    'invalid-argument',
    `error looking up logging plugin ${name}: plugin "${name}" not found`,
  );
};

const merge = (config: LogConfig, defaults: LogsConfig): LogConfig => {
  if (config.type !== '' && config.type !== defaults.driver) return config;
  return { type: defaults.driver, config: { ...defaults.options, ...config.config } };
};

/** The logs of all containers, by the drivers that are built in. */
export const createLogs = (deps: LogsDeps): Logs => {
  const all = [createJsonFileDriver(deps), noneDriver];
  const drivers = new Map(all.map((driver) => [driver.name, driver]));
  return {
    drivers: [...drivers.keys()].filter(isListed).toSorted(),
    validate: ({ type, config }) => find(drivers, type).validate(config ?? {}),
    withDefaults: (config) => merge(config, deps.config.current),
    open: (subject) => find(drivers, subject.config.type).open(subject),
    path: (subject) => drivers.get(subject.config.type)?.path?.(subject) ?? '',
    read: (subject, query, signals) => {
      const driver = find(drivers, subject.config.type);
      if (driver.read) return driver.read(subject, query, signals);
      throw new EngineError('not-implemented', 'configured logging driver does not support reading');
    },
  };
};
