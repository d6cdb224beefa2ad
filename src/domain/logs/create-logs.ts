// SPDX-License-Identifier: Apache-2.0
import type { ConfigSource } from '../../base/config-source.ts';
import { EngineError, messageOf } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import type { LogConfig } from '../../spec/host-config.ts';
import type { LogDriver } from './driver.ts';
import { createDrivers, type DriverDeps } from './drivers.ts';
import { LONGEST_MESSAGE } from './line-cutter.ts';
import type { Logs, LogSink, LogSubject } from './logs.ts';
import { noneDriver } from './none.ts';
import { checkCommonOptions } from './options.ts';
import { createSink } from './sink.ts';

/** The daemon's `log-driver` and `log-opts`. */
export interface LogsConfig {
  readonly driver: string;
  readonly options: Readonly<Record<string, string>>;
}

export interface LogsDeps extends DriverDeps {
  readonly config: ConfigSource<LogsConfig>;
  readonly log: Log;
  /** The host's name, for tags. */
  readonly hostname: string;
}

const merge = (config: LogConfig, defaults: LogsConfig): LogConfig => {
  if (config.type !== '' && config.type !== defaults.driver) return config;
  return { type: defaults.driver, config: { ...defaults.options, ...config.config } };
};

/** Values of options are looked at here, not at create: as in dockerd a bad one fails the start. */
const openLog = async (deps: LogsDeps, driver: LogDriver, subject: LogSubject): Promise<LogSink> => {
  const report = (error: unknown, count?: number): void =>
    deps.log.warn('output of a container is lost', {
      container: subject.id,
      driver: driver.name,
      error: messageOf(error),
      ...(count === undefined ? {} : { messages: count }),
    });
  try {
    const target = await driver.open(subject, { hostname: deps.hostname, report });
    return createSink(target, driver.longestMessage ?? LONGEST_MESSAGE);
  } catch (cause) {
    throw new EngineError('internal', messageOf(cause), { cause });
  }
};

/** The logs of all containers, by the drivers that are built in. */
export const createLogs = (deps: LogsDeps): Logs => {
  const drivers = createDrivers(deps);
  return {
    drivers: drivers.names,
    validate: ({ type, config }) => {
      if (type === noneDriver.name) return;
      const own = checkCommonOptions(config ?? {});
      drivers.find(type).validate(own);
    },
    withDefaults: (config) => merge(config, deps.config.current),
    open: async (subject) => openLog(deps, drivers.find(subject.config.type), subject),
    path: (subject) => drivers.find(subject.config.type).path?.(subject) ?? '',
    read: (subject, query, signals) => {
      const driver = drivers.find(subject.config.type);
      if (driver.read) return driver.read(subject, query, signals);
      throw new EngineError('not-implemented', 'configured logging driver does not support reading');
    },
  };
};
