// SPDX-License-Identifier: Apache-2.0
import type { HostNetwork } from '../../adapters/host-network/index.ts';

/** What the kernel gives to whoever does not ask for a port, where it does not say so itself: Docker's own fallback. */
const EPHEMERAL = [49_153, 65_535] as const;

/** First and last host port that may be given to whoever asks for none in particular. */
export const ephemeralRange = (hostNetwork: HostNetwork): readonly [first: number, last: number] => {
  const text = hostNetwork.setting('ipv4/ip_local_port_range') ?? '';
  const [first = 0, last = 0] = text.split(/\s+/).map(Number);
  return first > 0 && last >= first ? [first, last] : EPHEMERAL;
};
