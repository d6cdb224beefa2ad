// SPDX-License-Identifier: Apache-2.0
import { type ActiveNetwork, NO_PLACE } from './driver.ts';
import type { Network } from './networks.ts';

/** The networks without links or addresses: `host`, whose containers use the host's own, and `none`. */
export const createPlainNetwork = (network: Network): ActiveNetwork => ({
  network,
  usesHost: network.driver === 'host',
  publishes: false,
  reserve: () => NO_PLACE,
  claim: () => undefined,
  attach: () => undefined,
  detach: () => undefined,
  isAttached: () => true,
  sweep: () => 0,
});
