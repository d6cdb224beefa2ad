// SPDX-License-Identifier: Apache-2.0
import type { ContainerId } from '../../../base/ids.ts';
import { isKind } from '../../../base/errors.ts';
import type { Log } from '../../../base/log.ts';
import type { Container } from '../container.ts';
import type { NameTable } from '../name-table.ts';

/** The name that a link gives to its child, without the leading slash: `parent/alias`. No other container can have it. */
export const linkName = (parent: string, alias: string): string => `${parent}/${alias}`;

type Linked = Pick<Container, 'id' | 'name' | 'links'>;

/**
 * Gives the children of a container the names by which it links to them; disposing takes them back. A name that
 * another child has already is told of and left, as dockerd does; a child that is gone gets none.
 */
export const reserveLinkNames = (
  names: NameTable,
  { id, name, links = [] }: Linked,
  log: Log,
): Disposable => {
  const taken = new DisposableStack();
  for (const { child, alias } of links) {
    const full = linkName(name, alias);
    if (names.holder(full) === child || names.namesOf(child).length === 0) continue;
    try {
      taken.use(names.reserve(full, child));
    } catch (error) {
      if (!isKind(error, 'conflict')) throw error;
      log.warn('a link is left out, its name is taken', { container: id, link: `/${full}` });
    }
  }
  return taken;
};

/** The container links to nobody any more under its present name. */
export const releaseLinkNames = (names: NameTable, { name, links = [] }: Linked): void => {
  for (const { child, alias } of links) names.release(linkName(name, alias), child);
};

/** Who links to a container: the parents' ids. */
export const parentIds = (names: NameTable, child: ContainerId): readonly ContainerId[] =>
  names.namesOf(child).flatMap((name) => {
    const slash = name.indexOf('/');
    const parent = slash < 0 ? undefined : names.holder(name.slice(0, slash));
    return parent === undefined ? [] : [parent];
  });
