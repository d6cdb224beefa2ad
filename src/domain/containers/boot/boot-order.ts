// SPDX-License-Identifier: Apache-2.0
import type { ContainerId } from '../../../base/ids.ts';
import type { Container } from '../container.ts';
import { composeDependencies, type Dependency } from './depends-on.ts';

const JOIN = 'container:';

/** Containers whose namespaces a container shares: without them running it can't start. */
const donorsOf = ({ hostConfig }: Container): readonly string[] =>
  [hostConfig.networkMode, hostConfig.ipcMode, hostConfig.pidMode]
    .filter((mode) => mode.startsWith(JOIN))
    .map((mode) => mode.slice(JOIN.length));

/** A dependency that was left out, as it closes a circle. */
export interface BrokenDependency {
  readonly from: ContainerId;
  readonly to: ContainerId;
}

export interface BootOrder {
  /** What each container is started after. */
  readonly dependencies: ReadonlyMap<ContainerId, readonly Dependency[]>;
  readonly broken: readonly BrokenDependency[];
}

/** What a boot order is made from. */
export interface BootWorld {
  /** All containers, also those that are not to be started. */
  readonly all: readonly Container[];
  /** A container by a name or an id; `undefined` when there is none. */
  readonly find: (reference: string) => ContainerId | undefined;
}

const dependenciesOf = (container: Container, { all, find }: BootWorld): readonly Dependency[] => {
  const needed = [
    ...(container.links ?? []).map(({ child }) => child),
    ...donorsOf(container).flatMap((reference) => find(reference) ?? []),
  ];
  const others = [
    ...composeDependencies(container, all),
    ...needed.map((id) => ({ id, condition: 'started' as const })),
  ];
  return others.filter(({ id }) => id !== container.id);
};

/** Drops whatever leads back to where it came from, walking from each container along what it depends on. */
const breakCircles = (wanted: ReadonlyMap<ContainerId, readonly Dependency[]>): BootOrder => {
  const dependencies = new Map<ContainerId, readonly Dependency[]>();
  const broken: BrokenDependency[] = [];
  const onPath = new Set<ContainerId>();
  const visit = (from: ContainerId): void => {
    if (dependencies.has(from) || !wanted.has(from)) return;
    onPath.add(from);
    const kept: Dependency[] = [];
    for (const dependency of wanted.get(from) ?? []) {
      if (onPath.has(dependency.id)) broken.push({ from, to: dependency.id });
      else {
        visit(dependency.id);
        kept.push(dependency);
      }
    }
    onPath.delete(from);
    dependencies.set(from, kept);
  };
  for (const id of wanted.keys()) visit(id);
  return { dependencies, broken };
};

/** After what each of `starting` is started: its links, donors of its namespaces, and what Compose has noted on it. */
export const planBootOrder = (starting: readonly Container[], world: BootWorld): BootOrder =>
  breakCircles(
    new Map(starting.map((container) => [container.id, dependenciesOf(container, world)] as const)),
  );
