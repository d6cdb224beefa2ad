// SPDX-License-Identifier: Apache-2.0
import type { Nanoseconds } from '../../base/time.ts';

/** What a plugin can be; source: networks-volumes-plugins.md §8.1. */
export type PluginInterface = 'NetworkDriver' | 'IpamDriver';

/** How a call is made. */
export interface PluginCall {
  /** How long the answer may take. */
  readonly patience: Nanoseconds;
  readonly retry: boolean;
}

/** A plugin of this host that has said what it can. */
export interface Plugin {
  readonly name: string;
  /**
   * Calls `NetworkDriver.Join` and the like; gives the answer's JSON. With `retry`, one that can't be reached is tried for
   * some seconds: it may be starting.
   * @throws internal `Method: message` when the plugin answers no 200; unavailable when it is not reached within `patience`
   */
  call(method: string, body: object, options: PluginCall): Promise<unknown>;
}

/** Plugins of the first protocol by what they can. */
export interface Plugins {
  /**
   * The same object as long as it does not move. `undefined` at once when nothing on this host names it: dockerd waits some 15 s for one to appear.
   * @throws internal `legacy plugin: …` for one that can't do that or does not answer
   */
  find(name: string, can: PluginInterface): Promise<Plugin | undefined>;
}
