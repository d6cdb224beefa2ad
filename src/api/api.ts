// SPDX-License-Identifier: Apache-2.0
import type { Log } from '../base/log.ts';
import type { Nanoseconds } from '../base/time.ts';
import type { Listener } from './listeners.ts';
import type { Identity } from './middleware/identity.ts';
import { createRoutes, type RoutesDeps } from './routes/table.ts';
import { ApiServer } from './server.ts';

export interface ApiOptions {
  readonly listeners: readonly Listener[];
  readonly identity: Identity;
  /** The oldest API version that clients may speak (`DOCKER_MIN_API_VERSION`); `1.24` when absent. */
  readonly oldestApi?: string;
  readonly log: Log;
  /** Open connections at a time, over each listener; 8192 when absent. */
  readonly maxConnections?: number;
}

/** The Engine API on its listeners: opened before the engine is there, so that clients wait rather than fail. */
export interface Api extends AsyncDisposable {
  /** Listens on every address, or on none; requests wait. @throws conflict, unavailable when an address is taken */
  open(): Promise<void>;
  /** Lets requests in, those that have been waiting first. */
  serve(deps: RoutesDeps): void;
  /** The ports of tcp listeners, in order: what port 0 became. */
  readonly ports: readonly number[];
  /** Stops listening and waits up to `patience` (5 s when absent) for handlers. Attached clients stay until `cut`. */
  close(patience?: Nanoseconds): Promise<void>;
  /** Ends every connection that is still there. */
  cut(): void;
}

export const createApi = (options: ApiOptions): Api => {
  const server = new ApiServer(options);
  return {
    open: () => server.open(),
    serve: (deps) => server.serve(createRoutes(deps)),
    get ports() {
      return server.ports;
    },
    close: (patience) => server.close(patience),
    cut: () => server.cut(),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
};
