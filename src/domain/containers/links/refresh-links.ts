// SPDX-License-Identifier: Apache-2.0
import { messageOf } from '../../../base/errors.ts';
import type { ContainerId } from '../../../base/ids.ts';
import type { Container } from '../container.ts';
import type { Core } from '../core.ts';
import { parentIds } from './link-names.ts';
import { exposedPorts, linksOf } from './linked.ts';
import { linkedHosts, relinkHosts } from './linked-hosts.ts';

export type RefreshLinksDeps = Pick<Core, 'ledger' | 'runs' | 'networks' | 'hostsFiles' | 'log'>;

/** Lets a container reach what those it links to expose. Both must have their sandboxes. */
export const openLinkedPorts = (deps: Pick<Core, 'ledger' | 'networks'>, container: Container): void => {
  for (const { child } of linksOf(deps, container))
    if (child) deps.networks.openPorts({ from: container.id, to: child.id, ports: exposedPorts(child) });
};

/**
 * A running container knows those it links to under their present addresses; aliases in `former` are forgotten. What
 * goes wrong is told of: whoever started is not to fail for it.
 */
export const refreshLinks = async (
  deps: RefreshLinksDeps,
  id: ContainerId,
  former: readonly string[] = [],
): Promise<void> => {
  const container = deps.ledger.get(id);
  if (!container?.links || !deps.runs.get(id)?.sandbox) return;
  try {
    openLinkedPorts(deps, container);
    await deps.hostsFiles.change(id, (text) => relinkHosts(text, linkedHosts(deps, container), former));
  } catch (error) {
    deps.log.warn('links could not be brought up to date', { container: id, reason: messageOf(error) });
  }
};

/** A run has begun: those who link to it learn its new address, and it those of its own links that moved meanwhile. */
export const refreshNeighbours = async (deps: RefreshLinksDeps, id: ContainerId): Promise<void> => {
  const affected = new Set([id, ...parentIds(deps.ledger.names, id)]);
  await Promise.all([...affected].map(async (each) => refreshLinks(deps, each)));
};
