// SPDX-License-Identifier: Apache-2.0
import { posix } from 'node:path';
import type { FileView } from '../../adapters/container-files/index.ts';
import { EngineError } from '../../base/errors.ts';
import { isDirectory } from '../../spec/file-mode.ts';
import { readTar, type TarPart } from '../../spec/tar/read.ts';
import { packingOf, peekStream, type Rootfs } from '../images/index.ts';
import { keepEnd, pathError } from './archive-path.ts';
import type { Container } from './container.ts';
import { type ContainerViewDeps, openContainerView } from './container-view.ts';
import type { ExtractRequest } from './containers.ts';
import type { Core } from './core.ts';
import { hasProcess } from './state.ts';
import { resolveUser, resolveUserOfProcess } from './user.ts';

export type ExtractDeps = ContainerViewDeps & Pick<Core, 'compression'>;

const isBelow = (path: string, directory: string): boolean => {
  const relative = posix.relative(directory, path);
  return relative !== '..' && !relative.startsWith('../');
};

/** @throws invalid-argument when what lies at `path` must not be written */
export const assertWritable = (
  { mountPoints, hostConfig }: Pick<Container, 'mountPoints' | 'hostConfig'>,
  path: string,
): void => {
  const [nearest] = mountPoints
    .filter(({ type, destination }) => type !== 'tmpfs' && isBelow(path, destination))
    .toSorted((a, b) => b.destination.length - a.destination.length);
  if (nearest && !nearest.readWrite)
    throw new EngineError('invalid-argument', 'mounted volume is marked read-only');
  if (!nearest && hostConfig.readonlyRootfs)
    throw new EngineError('invalid-argument', 'container rootfs is marked read-only');
};

/** The directory that `path` leads to. @throws not-found, invalid-argument for what is no directory */
const findDirectory = (view: FileView, path: string): string => {
  const directory = view.followLinks(path, 'refused');
  const { mode } = view.stat(keepEnd(directory, path));
  if (!isDirectory(mode)) throw new EngineError('invalid-argument', 'extraction point is not a directory');
  return directory;
};

const ownerOf = async (
  { config, state }: Container,
  rootfs: Rootfs,
): Promise<{ readonly uid: number; readonly gid: number } | undefined> => {
  if (config.user === '') return undefined;
  return hasProcess(state)
    ? resolveUserOfProcess(config.user, [], state.pid)
    : resolveUser(config.user, [], rootfs);
};

/** To Docker a broken archive is its own failure, not the client's. */
async function* partsOf(deps: ExtractDeps, request: ExtractRequest): AsyncGenerator<TarPart> {
  const { content, signal } = request;
  try {
    const { head, whole } = await peekStream(content);
    yield* readTar(deps.compression.unpack(packingOf(head), whole, signal));
  } catch (error) {
    if (!(error instanceof EngineError) || error.kind !== 'invalid-argument') throw error;
    throw new EngineError('internal', error.message, { cause: error });
  }
}

/** Unpacks a tar stream into a directory of a container, running or not. @throws before anything is written, for a bad path */
export const extractArchive = async (
  deps: ExtractDeps,
  reference: string,
  request: ExtractRequest,
): Promise<void> => {
  const { container, rootfs, view: opened } = await openContainerView(deps, reference, { bare: false });
  using view = opened;
  try {
    const directory = findDirectory(view, request.path);
    assertWritable(container, directory);
    const owner = request.ownedByUser ? await ownerOf(container, rootfs) : undefined;
    const { keepKinds } = request;
    await view.unpack(partsOf(deps, request), { directory, keepKinds, ...(owner && { owner }) });
  } catch (error) {
    throw pathError(error, request.path, reference);
  }
  deps.ledger.publish(container, 'extract-to-dir');
};
