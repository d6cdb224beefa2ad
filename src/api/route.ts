// SPDX-License-Identifier: Apache-2.0
import type { Exchange } from './exchange.ts';

export type Method = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE';

/** What a client gets today: the operation, a 501, or the 503 of a node outside any swarm. */
export type Service = 'served' | 'later' | 'no-swarm';

/**
 * One row of the route table. In `path`, `{name:.*}` takes slashes too, `{name:.+}` at least one character, `{name}`
 * one segment. Every row answers under `/v1.NN` and without it.
 */
export interface Route {
  readonly method: Method;
  readonly path: string;
  /** The operation's name in the Engine API: `ContainerStart`. */
  readonly operation: string;
  /** `served` when absent. */
  readonly service?: Service;
  readonly handle: (exchange: Exchange) => void | Promise<void>;
}
