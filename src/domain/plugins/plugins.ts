// SPDX-License-Identifier: Apache-2.0
import type { Nanoseconds } from '../../base/time.ts';

/** What a plugin can be; source: networks-volumes-plugins.md §8.1. */
export type PluginInterface = 'VolumeDriver' | 'NetworkDriver' | 'IpamDriver';

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
   * The same object as long as it does not move and answers. `undefined` at once when nothing on this host names it: dockerd waits some 15 s for one to appear.
   * @throws internal `legacy plugin: …` for one that can't do that or does not answer
   */
  find(name: string, can: PluginInterface): Promise<Plugin | undefined>;
}

/** A plugin that something on this host names. */
export interface NamedPlugin {
  readonly name: string;
  /**
   * Asks it what it can, unless that is known: it is until the plugin moves, goes or is found not to answer. The same
   * object as long as it is known; `undefined` when the plugin can't do that.
   * @throws as `Plugin.call`
   */
  as(can: PluginInterface, options: PluginCall): Promise<Plugin | undefined>;
}

/** The plugins of this host. */
export interface PluginDirectory {
  /** `undefined` when nothing names it. @throws for a document that can't be read */
  lookUp(name: string): Promise<NamedPlugin | undefined>;
  /** All that something names, sorted. */
  list(): Promise<readonly NamedPlugin[]>;
}
