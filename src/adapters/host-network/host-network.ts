// SPDX-License-Identifier: Apache-2.0

/** What of the host's network is a file: kernel settings and the resolver's configuration. */
export interface HostNetwork {
  /**
   * A setting of `/proc/sys/net`, by its path below it (`ipv4/ip_forward`), trimmed; `undefined` when this kernel has none.
   * It is the one of the network namespace that the thread is in.
   */
  setting(name: string): string | undefined;
  /** @throws not-found when this kernel has none; forbidden where `/proc/sys` is read-only */
  changeSetting(name: string, value: string): void;
  /** The resolver's configuration with servers that are reachable as they stand, and the file it was read from. */
  resolverConfiguration(): { readonly path: string; readonly text: string };
}
