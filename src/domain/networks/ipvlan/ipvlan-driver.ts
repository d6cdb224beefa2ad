// SPDX-License-Identifier: Apache-2.0
import type { IpvlanFlag, IpvlanMode, NetlinkConnection } from '../../../adapters/netlink/index.ts';
import { EngineError } from '../../../base/errors.ts';
import { shortId } from '../../../base/ids.ts';
import { errnoOf } from '../../../sys/errno.ts';
import type { NetworkDriver, NetworkDriverDeps } from '../network-driver.ts';
import { createOnParentDriver, type OnParentKindRules } from '../on-parent/on-parent-driver.ts';
import type { OnParentLinks, OnParentNetwork } from '../on-parent/on-parent-network.ts';

const MODES: readonly IpvlanMode[] = ['l2', 'l3', 'l3s'];
const FLAGS: readonly IpvlanFlag[] = ['bridge', 'private', 'vepa'];
const LOOPBACK = 1;
const PROBE = 'ipvlan-probe';

const readMode = (text: string): IpvlanMode => {
  const mode = MODES.find((one) => one === (text === '' ? 'l2' : text));
  if (mode) return mode;
  throw new EngineError(
    'internal',
    `requested ipvlan mode '${text}' is not valid, 'l2' mode is the ipvlan driver default`,
  );
};

const readFlag = (text: string): IpvlanFlag => {
  const flag = FLAGS.find((one) => one === (text === '' ? 'bridge' : text));
  if (flag) return flag;
  throw new EngineError(
    'internal',
    `requested ipvlan flag '${text}' is not valid, 'bridge' is the ipvlan driver default`,
  );
};

/** Its links share one address with their parent: a parent has one mode, and so one network. */
const checkSharing = (_mode: string, parent: string, [other]: readonly OnParentNetwork[]): void => {
  if (!other) return;
  throw new EngineError(
    'internal',
    `network di-${shortId(other.network.id)} is already using parent interface ${parent}`,
  );
};

const linksOf = (mode: IpvlanMode, flag: IpvlanFlag): OnParentLinks => ({
  kind: 'ipvlan',
  fillsParent: false,
  routesByLink: mode !== 'l2',
  macAddressFor: (request) => {
    if ((request?.macAddress ?? '') === '') return '';
    throw new EngineError('internal', 'ipvlan interfaces do not support custom mac address assignment');
  },
  create: (host, { macAddress: _parents, ...child }) =>
    host.createLink({ ...child, kind: 'ipvlan', mode, flag }),
});

/** The loopback is no parent for an ipvlan, so a kernel that knows the kind refuses this one in another way. */
const isMissing = (host: NetlinkConnection): boolean => {
  try {
    host.createLink({ kind: 'ipvlan', name: PROBE, parent: LOOPBACK, mode: 'l2', flag: 'bridge' });
    host.deleteLink(PROBE);
    return false;
  } catch (error) {
    return errnoOf(error) === 'EOPNOTSUPP';
  }
};

const RULES: OnParentKindRules = {
  kind: 'ipvlan',
  readOptions: (options) => {
    const mode = readMode(options['ipvlan_mode'] ?? '');
    return { mode, flag: readFlag(options['ipvlan_flag'] ?? ''), routesByLink: mode !== 'l2' };
  },
  checkSharing,
  linksOf: ({ mode, flag = '' }) => linksOf(readMode(mode), readFlag(flag)),
  warnings: ({ host }) =>
    isMissing(host) ? ['This kernel has no ipvlan links: no container can start in this network'] : [],
};

/** Containers with addresses of their own behind the MAC address of a link of the host (`-d ipvlan -o parent=eth0`). */
export const createIpvlanDriver = (deps: NetworkDriverDeps): NetworkDriver =>
  createOnParentDriver(deps, RULES);
