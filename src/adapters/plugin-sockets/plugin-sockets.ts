// SPDX-License-Identifier: Apache-2.0
import type { Nanoseconds } from '../../base/time.ts';

/** Certificates by which a plugin and the engine know each other: paths of PEM files, as a `.json` document names them. */
export interface PluginTls {
  readonly insecureSkipVerify: boolean;
  readonly caFile: string;
  readonly certFile: string;
  readonly keyFile: string;
}

/** Where a plugin of the first protocol listens. */
export interface PluginAddress {
  readonly name: string;
  /** `unix:///run/docker/plugins/x.sock`, `tcp://host:port`, `http://…` or `https://…` */
  readonly url: string;
  readonly tls?: PluginTls;
}

/** How a call is made. */
export interface PluginCallOptions {
  /** How long one attempt may take. */
  readonly patience: Nanoseconds;
  /** Whether a plugin that can't be reached is tried again, for some seconds: it may be starting. */
  readonly retry: boolean;
}

/** What a plugin's answer of another status than 200 is thrown as: an EngineError with that status. */
export interface PluginRefusal {
  readonly status: number;
}

/** Plugins of the first protocol: JSON over HTTP on sockets that stand at known places. */
export interface PluginSockets {
  /** `undefined` when nothing on this host names it. */
  find(name: string): Promise<PluginAddress | undefined>;
  /** All plugins that something names, sorted. */
  list(): Promise<readonly PluginAddress[]>;
  /**
   * Calls `VolumeDriver.Mount` and the like; gives the answer's JSON.
   * @throws internal `Method: message`, a PluginRefusal, when the plugin answers no 200; unavailable when it can't be reached or is too slow
   */
  call(address: PluginAddress, method: string, body: object, options: PluginCallOptions): Promise<unknown>;
}
