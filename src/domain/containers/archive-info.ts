// SPDX-License-Identifier: Apache-2.0
import type { FileView } from '../../adapters/container-files/index.ts';
import { isSymbolicLink } from '../../spec/file-mode.ts';
import { baseName, pathError } from './archive-path.ts';
import { type ContainerViewDeps, openContainerView } from './container-view.ts';
import type { PathStat } from './containers.ts';

export type ArchiveInfoDeps = ContainerViewDeps;

/** What is told of `path`. A link is described itself, with the place it leads to. */
export const statOf = (view: FileView, path: string): PathStat => {
  const { size, mode, modifiedAt } = view.stat(path);
  const linkTarget = isSymbolicLink(mode) ? view.followLinks(path, 'kept') : '';
  return { name: baseName(path), size, mode, modifiedAt, linkTarget };
};

/** Looks at a path of a container, running or not. @throws not-found, internal in Go's words */
export const archiveInfo = async (
  deps: ArchiveInfoDeps,
  reference: string,
  path: string,
): Promise<PathStat> => {
  const opened = await openContainerView(deps, reference, { bare: false });
  using view = opened.view;
  try {
    return statOf(view, path);
  } catch (error) {
    throw pathError(error, path, reference);
  }
};
