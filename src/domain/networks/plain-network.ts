// SPDX-License-Identifier: Apache-2.0
import { type ActiveNetwork, NO_PLACE } from './driver.ts';
import { EngineError } from '../../base/errors.ts';
import { endpointErrors } from './endpoint-errors.ts';
import type { Network } from './networks.ts';

/** The networks without links or addresses: `host`, whose containers use the host's own, and `none`. */
export const createPlainNetwork = (network: Network): ActiveNetwork => ({
  network,
  usesHost: network.driver === 'host',
  publishes: false,
  interfacePrefix: '',
  check: (request) => endpointErrors(request, { predefined: network.predefined }),
  reserve: () => NO_PLACE,
  claim: () => undefined,
  attach: () => undefined,
  detach: () => undefined,
  unplug: () => undefined,
  isAttached: () => true,
  strays: () => [],
  removeStray: () => undefined,
});

/** A network that no container can join, and why: it only holds settings, or its bridge could not be made again. */
export const createClosedNetwork = (network: Network, why: string): ActiveNetwork => ({
  ...createPlainNetwork(network),
  reserve: () => {
    throw new EngineError('forbidden', why);
  },
  isAttached: () => false,
});
