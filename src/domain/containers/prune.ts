// SPDX-License-Identifier: Apache-2.0
import { EngineError, isKind, messageOf } from '../../base/errors.ts';
import { now, type Timestamp } from '../../base/time.ts';
import { type Filters, matchLabels, refuseUnknownFilters } from '../../spec/filters.ts';
import { untilFilter } from '../../spec/until-filter.ts';
import type { Container } from './container.ts';
import { writableSize } from './container-sizes.ts';
import type { PruneReport } from './containers.ts';
import type { Core } from './core.ts';
import { deleteContainer, type DeleteDeps } from './delete.ts';
import { isRunning } from './state.ts';

export type PruneDeps = DeleteDeps & Pick<Core, 'events' | 'images' | 'rootfs' | 'log'>;

/** Lets one prune run at a time. */
export class PruneGate {
  #busy = false;

  /** @throws conflict while another one is under way */
  enter(): Disposable {
    if (this.#busy) throw new EngineError('conflict', 'a prune operation is already running');
    this.#busy = true;
    return { [Symbol.dispose]: () => void (this.#busy = false) };
  }
}

const NOT_FORCED = { force: false, volumes: false, link: false };

const isWanted = (filters: Filters, until: Timestamp | undefined) => (container: Container) => {
  const { labels } = container.config;
  const unwanted = filters['label!'] ?? [];
  return (
    !isRunning(container.state) &&
    (until === undefined || container.created < until) &&
    matchLabels(filters['label'], labels) &&
    !unwanted.some((label) => matchLabels([label], labels))
  );
};

/** The bytes that the container's own changes took; `undefined` when it was not removed. */
const removeOne = async (deps: PruneDeps, { id }: Container): Promise<number | undefined> => {
  try {
    const size = await writableSize(deps, id);
    await deleteContainer(deps, id, NOT_FORCED);
    return size;
  } catch (error) {
    // Started or removed meanwhile: then it is no longer for us to remove.
    if (!isKind(error, 'conflict', 'not-found'))
      deps.log.with({ container: id }).warn('a container was not pruned', { reason: messageOf(error) });
    return undefined;
  }
};

/** Removes all containers that do not run and that the filters let through. @throws invalid-argument for bad filters; conflict */
export const pruneContainers = async (
  deps: PruneDeps,
  gate: PruneGate,
  filters: Filters,
): Promise<PruneReport> => {
  using _turn = gate.enter();
  refuseUnknownFilters(filters, ['label', 'label!', 'until']);
  const wanted = deps.ledger.all().filter(isWanted(filters, untilFilter(filters, now())));
  const deleted: string[] = [];
  let reclaimed = 0;
  for (const container of wanted) {
    const size = await removeOne(deps, container);
    if (size === undefined) continue;
    deleted.push(container.id);
    reclaimed += size;
  }
  deps.events.publish({
    type: 'container',
    action: 'prune',
    actor: '',
    attributes: { reclaimed: String(reclaimed) },
  });
  return { deleted, reclaimed };
};
