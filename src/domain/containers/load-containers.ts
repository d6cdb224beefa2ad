// SPDX-License-Identifier: Apache-2.0
import { EngineError, isKind, messageOf } from '../../base/errors.ts';
import { shortId } from '../../base/ids.ts';
import type { Container } from './container.ts';
import type { Core } from './core.ts';
import { reserveLinkNames } from './links/link-names.ts';
import { decodeRecord } from './record-file.ts';

export type LoadDeps = Pick<Core, 'store' | 'ledger' | 'holds' | 'log'>;

/** What lies on disk, sorted by what is to become of it. */
export interface LoadedContainers {
  /** Containers whose removal a crash cut short: nobody sees them any more, but something of them is left. */
  readonly removing: readonly Container[];
  /** Directories that no record could be read from. They are kept, and so is what belongs to them. */
  readonly unreadable: ReadonlySet<string>;
}

const adopt = (deps: LoadDeps, container: Container): void => {
  let { name } = container;
  try {
    deps.ledger.names.reserve(name, container.id);
  } catch (error) {
    if (!isKind(error, 'conflict')) throw error;
    deps.log.warn('two containers have one name, the second goes by its id', {
      container: container.id,
      name,
    });
    name = shortId(container.id);
    deps.ledger.names.reserve(name, container.id);
  }
  deps.ledger.adopt({ ...container, name });
  deps.holds.take(container);
};

/** Links hold again. One whose child is gone goes to the container that has the child's name now, as dockerd has it. */
const restoreLinks = (deps: LoadDeps, container: Container): void => {
  if (!container.links) return;
  const links = container.links.map((link) =>
    deps.ledger.get(link.child)
      ? link
      : { ...link, child: deps.ledger.names.holder(link.name) ?? link.child },
  );
  const restored = { ...container, links };
  deps.ledger.adopt(restored);
  reserveLinkNames(deps.ledger.names, restored, deps.log);
};

/** Reads all records into the ledger. One that is corrupt is reported and skipped, never deleted. */
export const loadContainers = async (deps: LoadDeps): Promise<LoadedContainers> => {
  const removing: Container[] = [];
  const unreadable = new Set<string>();
  for (const found of await deps.store.load()) {
    try {
      if ('broken' in found) throw new EngineError('internal', found.broken);
      const container = decodeRecord(found.id, found.config, found.hostConfig);
      if (['removing', 'dead'].includes(container.state.status)) removing.push(container);
      else adopt(deps, container);
    } catch (error) {
      unreadable.add(found.id);
      deps.log.warn('a container could not be loaded and is left alone', {
        container: found.id,
        reason: messageOf(error),
      });
    }
  }
  for (const container of deps.ledger.all()) restoreLinks(deps, container);
  return { removing, unreadable };
};
