// SPDX-License-Identifier: Apache-2.0
import { openSync } from 'node:fs';
import { O_PATH } from '../../sys/openat2.ts';
import type { ContainerFiles, ViewPlan } from './container-files.ts';
import { packLayer } from './pack-layer.ts';
import { viewOf } from './view.ts';

export interface FakeContainerFiles extends ContainerFiles {
  /** What was asked for, in order. */
  readonly plans: readonly ViewPlan[];
  /** Views that were not disposed of. */
  readonly openViews: () => number;
}

/** Views of a plain directory of the host in place of any container's files. Nothing is mounted. */
export const createFakeContainerFiles = (directory: string): FakeContainerFiles => {
  const plans: ViewPlan[] = [];
  const views = new Set<number>();
  return {
    plans,
    openViews: () => views.size,
    open: (plan) => {
      plans.push(plan);
      const root = openSync(directory, O_PATH);
      views.add(root);
      return viewOf(root, () => void views.delete(root), plan.idMaps);
    },
    openDirectory: (path, idMaps) => viewOf(openSync(path, O_PATH), () => undefined, idMaps),
    packLayer,
    sweep: () => undefined,
  };
};
