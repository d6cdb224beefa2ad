// SPDX-License-Identifier: Apache-2.0
import { EngineError } from '../../../base/errors.ts';
import type { Container } from '../container.ts';
import { refreshLinks, type RefreshLinksDeps } from './refresh-links.ts';

const internal = (text: string): EngineError => new EngineError('internal', text);

/** Takes the link out of its parent's record; the child has its name no more. */
const dropLink = async (
  deps: RefreshLinksDeps,
  parentId: Container['id'],
  child: Container['id'],
  alias: string,
): Promise<void> => {
  using _lock = await deps.ledger.lock(parentId);
  const parent = deps.ledger.get(parentId);
  if (!parent) return;
  const links = (parent.links ?? []).filter((link) => link.child !== child || link.alias !== alias);
  await deps.ledger.record({ ...parent, links });
  deps.networks.openPorts({ from: parentId, to: child, ports: [] });
};

/**
 * Removes a link by the name that it gave to its child (`parent/alias`); both containers stay.
 * @throws not-found for a name nobody has; internal for a container's own name
 */
export const unlinkContainer = async (deps: RefreshLinksDeps, reference: string): Promise<void> => {
  const child = deps.ledger.resolve(reference);
  const name = reference.replace(/^\//, '');
  const slash = name.indexOf('/');
  if (slash < 0) throw internal('Conflict, cannot remove the default link name of the container');
  const [parentName, alias] = [name.slice(0, slash), name.slice(slash + 1)];
  const parent = deps.ledger.names.holder(parentName);
  if (parent === undefined) throw internal(`Cannot get parent /${parentName} for link name /${name}`);
  deps.ledger.names.release(name, child.id);
  await dropLink(deps, parent, child.id, alias);
  await refreshLinks(deps, parent, [alias]);
};
