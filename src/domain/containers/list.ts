// SPDX-License-Identifier: Apache-2.0
import type { Container } from './container.ts';
import { containerSizes } from './container-sizes.ts';
import type { ContainerView, ListQuery } from './containers.ts';
import type { Core } from './core.ts';
import { viewOf } from './inspect.ts';
import { compileFilters, type FilterDeps, isShownByDefault } from './list-filters.ts';

export type ListDeps = Pick<Core, 'rootfs' | 'ledger' | 'runs' | 'images' | 'networks'>;

const newestFirst = (a: Container, b: Container): number => {
  if (a.created === b.created) return 0;
  return a.created < b.created ? 1 : -1;
};

const filterDeps = (deps: ListDeps): FilterDeps => ({
  ...deps,
  publishedPorts: ({ id }) =>
    (deps.runs.get(id)?.sandbox?.ports ?? []).flatMap(({ bindings, count = 1 }) =>
      bindings.map(({ port }) => [port, port + count - 1] as const),
    ),
});

/** Containers, newest first; from memory, so that it waits for nobody. @throws invalid-argument, not-found for bad filters */
export const listContainers = async (deps: ListDeps, query: ListQuery): Promise<readonly ContainerView[]> => {
  const matches = compileFilters(query.filters, filterDeps(deps));
  const stopped = query.all || query.limit > 0 || (query.filters['status']?.length ?? 0) > 0;
  const found = deps.ledger
    .all()
    .filter((container) => (stopped || isShownByDefault(container)) && matches(container))
    .toSorted(newestFirst);
  const shown = query.limit > 0 ? found.slice(0, query.limit) : found;
  if (!query.size) return shown.map((container) => viewOf(deps, container));
  return Promise.all(
    shown.map(async (container) => ({
      ...viewOf(deps, container),
      sizes: await containerSizes(deps, container),
    })),
  );
};
