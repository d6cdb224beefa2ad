// SPDX-License-Identifier: Apache-2.0
import type { ConfigSource } from '../../base/config-source.ts';
import { EngineError, messageOf } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import type { LogConfig } from '../../spec/host-config.ts';
import type { EventPublisher } from '../events/index.ts';
import { LogCache } from './cache.ts';
import type { LogDriver } from './driver.ts';
import { createDrivers, type DriverDeps, type Drivers } from './drivers.ts';
import type { Logs, LogSubject } from './logs.ts';
import { noneDriver } from './none.ts';
import { readMoment } from './moment.ts';
import { openLog, type OpenLogDeps, reopenLog } from './open-log.ts';
import { OpenLogs } from './open-logs.ts';
import { checkCommonOptions, isCacheOption } from './options.ts';

/** The daemon's `log-driver` and `log-opts`. */
export interface LogsConfig {
  readonly driver: string;
  readonly options: Readonly<Record<string, string>>;
}

export interface LogsDeps extends DriverDeps {
  readonly config: ConfigSource<LogsConfig>;
  readonly events: EventPublisher;
  readonly log: Log;
  /** The host's name, for tags. */
  readonly hostname: string;
}

/** What the daemon says holds for containers of its own driver; of the cache's options, for all. */
const merge = ({ type, config }: LogConfig, defaults: LogsConfig): LogConfig => {
  const chosen = type === '' ? defaults.driver : type;
  const options = Object.entries(defaults.options).filter(
    ([name]) => chosen === defaults.driver || isCacheOption(name),
  );
  return { type: chosen, config: { ...Object.fromEntries(options), ...config } };
};

const validate = (drivers: Drivers, { type, config }: LogConfig): void => {
  if (type === noneDriver.name) return;
  const own = checkCommonOptions(config ?? {});
  drivers.find(type).validate(own);
};

/** An unknown driver alone stops no daemon: it is told when a container is made. */
const validateDefaults = (drivers: Drivers, { driver, options }: LogsConfig): void => {
  if (Object.keys(options).length === 0) return;
  try {
    validate(drivers, { type: driver, config: options });
  } catch (cause) {
    throw new EngineError('invalid-argument', `failed to set log opts: ${messageOf(cause)}`, { cause });
  }
};

type Readable = Required<Pick<LogDriver, 'read' | 'past'>>;

const canRead = (driver: LogDriver): driver is LogDriver & Readable =>
  driver.read !== undefined && driver.past !== undefined;

/** The container's driver, or the copy that is kept beside one that can't read. @throws not-implemented */
const findReadable = (drivers: Drivers, cache: LogCache, subject: LogSubject): Readable => {
  const driver = drivers.find(subject.config.type);
  if (canRead(driver)) return driver;
  if (driver !== noneDriver && cache.isWanted(subject)) return cache;
  throw new EngineError('not-implemented', 'configured logging driver does not support reading');
};

/** The logs of all containers, by the drivers that are built in. */
export const createLogs = (deps: LogsDeps): Logs => {
  const drivers = createDrivers(deps);
  const cache = new LogCache(deps.files);
  const opening: OpenLogDeps = { ...deps, cache };
  const open = new OpenLogs();
  return {
    drivers: drivers.names,
    validate: (config) => validate(drivers, config),
    validateDefaults: () => validateDefaults(drivers, deps.config.current),
    withDefaults: (config) => merge(config, deps.config.current),
    open: async (subject) => {
      const driver = drivers.find(subject.config.type);
      await open.looked(subject.id);
      return open.add(subject.id, await openLog(opening, driver, subject));
    },
    reopen: async (subject) => {
      const driver = drivers.find(subject.config.type);
      await open.looked(subject.id);
      const sink = await reopenLog(opening, driver, subject);
      return sink && open.add(subject.id, sink);
    },
    path: (subject) => drivers.get(subject.config.type)?.path?.(subject) ?? '',
    read: (subject, query, signals) => findReadable(drivers, cache, subject).read(subject, query, signals),
    past: (subject, streams, { signal }) => {
      const readable = findReadable(drivers, cache, subject);
      return readMoment(
        open.now(subject.id, () => readable.past(subject)),
        streams,
        signal,
      );
    },
  };
};
