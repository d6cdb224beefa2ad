// SPDX-License-Identifier: Apache-2.0
import { createBridgeDriver } from './bridge/bridge-driver.ts';
import { createIpvlanDriver } from './ipvlan/ipvlan-driver.ts';
import { createMacvlanDriver } from './macvlan/macvlan-driver.ts';
import type { NetworkDriver, NetworkDriverDeps, NetworkDrivers } from './network-driver.ts';
import { createOverlayDriver } from './overlay/overlay-driver.ts';

/** The engine's own drivers of networks that users make. */
export const networkDrivers = (deps: NetworkDriverDeps): NetworkDrivers => {
  const table: ReadonlyMap<string, NetworkDriver> = new Map([
    ['bridge', createBridgeDriver(deps)],
    ['ipvlan', createIpvlanDriver(deps)],
    ['macvlan', createMacvlanDriver(deps)],
    ['overlay', createOverlayDriver(deps)],
  ]);
  return {
    names: [...table.keys()],
    find: (name) => table.get(name),
  };
};
