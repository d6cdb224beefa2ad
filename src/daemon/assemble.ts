// SPDX-License-Identifier: Apache-2.0
import { type Api, createApi, type Listener } from '../api/index.ts';
import type { ConfigSource } from '../base/config-source.ts';
import type { Log } from '../base/log.ts';
import type { Platform } from '../spec/platform.ts';
import { buildFacts } from './build-info.ts';
import { type Adapters, composeAdapters } from './compose-adapters.ts';
import { composeDomain, platformOf, type Rooms } from './compose-domain.ts';
import type { Config } from './config.ts';
import type { Environment } from './environment.ts';
import { findOpenListeners } from './listeners.ts';
import { oldestApiOf } from './oldest-api.ts';
import type { Paths } from './paths.ts';
import type { IdMaps } from '../spec/id-maps.ts';
import { BERTH } from './version.ts';

export interface AssemblyOptions {
  readonly config: ConfigSource<Config>;
  readonly env: Environment;
  readonly paths: Paths;
  /** The daemon's id. */
  readonly id: string;
  readonly listeners: readonly Listener[];
  readonly log: Log;
  readonly lifetime: AbortSignal;
  /** The containers' user namespace, when they have one. */
  readonly idMaps?: IdMaps;
}

/** What a daemon consists of. */
export interface Parts {
  readonly adapters: Adapters;
  readonly rooms: Rooms;
  readonly api: Api;
  /** What this machine runs. */
  readonly platform: Platform;
}

const assembleApi = ({ config, env, listeners, log }: AssemblyOptions): Api => {
  const oldestApi = oldestApiOf(env);
  return createApi({
    listeners,
    identity: { version: buildFacts().version, experimental: config.current.experimental },
    log: log.with({ module: 'api' }),
    ...(oldestApi === undefined ? {} : { oldestApi }),
  });
};

/**
 * Makes adapters, rooms and the API; `stack` lets go of them. Only files are opened: nothing is started, nobody listens.
 * @throws unavailable where this machine cannot run containers
 */
export const assemble = (options: AssemblyOptions, stack: AsyncDisposableStack): Parts => {
  const { config, env, paths, id, listeners, log, lifetime, idMaps } = options;
  const userAgent = `berth/${BERTH.version}`;
  const adapters = composeAdapters(
    { config: config.current, env, paths, userAgent, log, ...(idMaps && { idMaps }) },
    stack,
  );
  const api = stack.use(assembleApi(options));
  const rooms = composeDomain({
    adapters,
    config,
    paths,
    id,
    listeners: findOpenListeners(listeners, config.current, log),
    log,
    lifetime,
    env,
    userAgent,
    ...(idMaps && { idMaps }),
  });
  stack.use(rooms.events);
  return { adapters, rooms, api, platform: platformOf(adapters.host) };
};
