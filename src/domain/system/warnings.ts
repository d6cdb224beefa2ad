// SPDX-License-Identifier: Apache-2.0
import type { Host } from '../../adapters/host/index.ts';

/** A listener that anybody on the network can reach without a certificate. */
export interface OpenListener {
  /** `host:port` */
  readonly address: string;
  readonly encrypted: boolean;
}

const noticeOf = ({ address, encrypted }: OpenListener): string =>
  `[DEPRECATION NOTICE]: API is accessible on ${encrypted ? 'https' : 'http'}://${address} without ${encrypted ? 'TLS client verification' : 'encryption'}.\n` +
  '         Access to the remote API is equivalent to root access on the host.';

/** What `/info` warns of, in the words that clients know. */
export const hostWarnings = (
  { limits, cgroups }: Pick<Host, 'limits' | 'cgroups'>,
  forwarding: boolean,
  listeners: readonly OpenListener[],
): readonly string[] => {
  const missing: readonly (readonly [present: boolean, text: string])[] = [
    [limits.memory, 'WARNING: No memory limit support'],
    [limits.swap, 'WARNING: No swap limit support'],
    [limits.cpuCfsPeriod, 'WARNING: No cpu cfs period support'],
    [limits.cpuCfsQuota, 'WARNING: No cpu cfs quota support'],
    [limits.cpuShares, 'WARNING: No cpu shares support'],
    [limits.cpuset, 'WARNING: No cpuset support'],
    [limits.ioWeight || cgroups.version === '1', 'WARNING: No io.weight support'],
    [forwarding, 'WARNING: IPv4 forwarding is disabled'],
  ];
  return [...listeners.map(noticeOf), ...missing.filter(([present]) => !present).map(([, text]) => text)];
};
