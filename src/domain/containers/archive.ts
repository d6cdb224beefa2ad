// SPDX-License-Identifier: Apache-2.0
import { isDirectory } from '../../spec/file-mode.ts';
import { statOf } from './archive-info.ts';
import { absolutePath, entryName, pathError } from './archive-path.ts';
import { type ContainerViewDeps, openContainerView } from './container-view.ts';
import type { PathArchive, PathStat } from './containers.ts';

export type ArchiveDeps = ContainerViewDeps;

/** Opens a path of a container for reading as a tar stream; a directory's entries begin with its own name. @throws as `archiveInfo` */
export const archivePath = async (
  deps: ArchiveDeps,
  reference: string,
  path: string,
): Promise<PathArchive> => {
  const { container, view } = await openContainerView(deps, reference, { bare: false });
  using unused = new DisposableStack();
  unused.use(view);
  const wanted = absolutePath(path);
  let stat: PathStat;
  try {
    stat = statOf(view, wanted);
  } catch (error) {
    throw pathError(error, path, reference);
  }
  deps.ledger.publish(container, 'archive-path');
  // A link's own entry: its path must not end in what would lead through it.
  const source = isDirectory(stat.mode) ? wanted : wanted.replace(/\/$/, '');
  const content = view.pack({ path: source, name: entryName(wanted) });
  const held = unused.move();
  return { stat, content, [Symbol.dispose]: () => held.dispose() };
};
