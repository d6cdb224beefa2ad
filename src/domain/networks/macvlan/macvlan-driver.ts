// SPDX-License-Identifier: Apache-2.0
import type { MacvlanMode } from '../../../adapters/netlink/index.ts';
import { EngineError } from '../../../base/errors.ts';
import { parseMacAddress, randomMacAddress } from '../mac-address.ts';
import type { NetworkDriver, NetworkDriverDeps } from '../network-driver.ts';
import { createOnParentDriver, type OnParentKindRules } from '../on-parent/on-parent-driver.ts';
import type { OnParentLinks, OnParentNetwork } from '../on-parent/on-parent-network.ts';

const MODES: readonly MacvlanMode[] = ['bridge', 'private', 'vepa', 'passthru'];

const readMode = (text: string): MacvlanMode => {
  const mode = MODES.find((one) => one === (text === '' ? 'bridge' : text));
  if (mode) return mode;
  throw new EngineError(
    'internal',
    `requested macvlan mode '${text}' is not valid, 'bridge' mode is the macvlan driver default`,
  );
};

/** A parent serves many networks, unless one takes all of it. */
const checkSharing = (mode: string, parent: string, [first, ...rest]: readonly OnParentNetwork[]): void => {
  if (!first) return;
  if (mode === 'passthru')
    throw new EngineError(
      'internal',
      `cannot use mode passthru, macvlan network ${first.network.id} is already using parent interface ${parent}`,
    );
  const whole = [first, ...rest].find(({ settings }) => settings.mode === 'passthru');
  if (whole)
    throw new EngineError(
      'internal',
      `macvlan network ${whole.network.id} is already using parent interface ${parent} in mode passthru`,
    );
};

const linksOf = (mode: MacvlanMode): OnParentLinks => ({
  kind: 'macvlan',
  fillsParent: mode === 'passthru',
  routesByLink: false,
  macAddressFor: (request) => {
    const asked = request?.macAddress ?? '';
    return asked === '' ? randomMacAddress() : parseMacAddress(asked);
  },
  create: (host, child) => host.createLink({ ...child, kind: 'macvlan', mode }),
});

const RULES: OnParentKindRules = {
  kind: 'macvlan',
  readOptions: (options) => ({ mode: readMode(options['macvlan_mode'] ?? ''), routesByLink: false }),
  checkSharing,
  linksOf: ({ mode }) => linksOf(readMode(mode)),
  warnings: () => [],
};

/** Containers with MAC addresses of their own on a link of the host (`-d macvlan -o parent=eth0`). */
export const createMacvlanDriver = (deps: NetworkDriverDeps): NetworkDriver =>
  createOnParentDriver(deps, RULES);
