// SPDX-License-Identifier: Apache-2.0
import { EngineError, messageOf } from '../../base/errors.ts';
import type { ContainerId } from '../../base/ids.ts';
import type { ImageId } from '../../spec/digest.ts';
import { applyChanges } from '../../spec/dockerfile/apply-changes.ts';
import { familiarReference } from '../../spec/reference.ts';
import { targetReference } from '../images/index.ts';
import type { Container } from './container.ts';
import { findRootfs } from './container-view.ts';
import type { CommitRequest } from './containers.ts';
import type { Core } from './core.ts';
import { mergeConfig } from './merge-config.ts';
import { pauseContainer, type PauseDeps } from './pause.ts';
import { unpauseContainer } from './unpause.ts';
import { idMapsOf } from './user-namespace.ts';

export type CommitDeps = PauseDeps &
  Pick<Core, 'images' | 'files' | 'rootfs' | 'intents' | 'idMaps' | 'log' | 'lifetime'>;

const conflict = (text: string): EngineError => new EngineError('conflict', text);

/** @throws conflict for a container whose files can not be trusted to be there */
const assertWhole = (deps: CommitDeps, id: ContainerId): void => {
  const status = deps.ledger.get(id)?.state.status;
  if (status === 'dead') throw conflict(`You cannot commit container ${id} which is Dead`);
  if (status === undefined || status === 'removing' || deps.intents.isRemoving(id))
    throw conflict(`You cannot commit container ${id} which is being removed`);
};

/** The container, its processes frozen while they run; disposing thaws what was frozen here. */
const freeze = async (deps: CommitDeps, id: ContainerId): Promise<AsyncDisposable> => {
  const log = deps.log.with({ container: id });
  try {
    await pauseContainer(deps, id);
  } catch (error) {
    // It does not run, or is paused already. What can't be frozen is taken as it is, as in dockerd.
    log.debug('a container is committed without a pause', { reason: messageOf(error) });
    return { [Symbol.asyncDispose]: () => Promise.resolve() };
  }
  return {
    [Symbol.asyncDispose]: () =>
      unpauseContainer(deps, id).catch((error: unknown) =>
        log.warn('a container stays paused after a commit', { reason: messageOf(error) }),
      ),
  };
};

const layerOf = async (deps: CommitDeps, container: Container): Promise<AsyncIterable<Uint8Array>> => {
  const { upperDirectory, lowerDirectories } = await findRootfs(deps, container.id);
  const idMaps = idMapsOf(deps, container);
  if (upperDirectory === undefined)
    throw new EngineError('not-implemented', 'the snapshotter keeps no directory of changes');
  return deps.files.packLayer({
    upperDirectory,
    lowerDirectories,
    ...(idMaps && { idMaps }),
  });
};

const makeImage = async (
  deps: CommitDeps,
  container: Container,
  request: CommitRequest,
): Promise<ImageId> => {
  const { id, imageId, config } = container;
  const changed = applyChanges(request.config ?? config, request.changes);
  return deps.images.commit({
    parent: imageId,
    layer: await layerOf(deps, container),
    checkWhole: () => assertWhole(deps, id),
    config: mergeConfig(changed, config),
    container: { id, config },
    author: request.author,
    comment: request.comment,
    createdBy: (config.cmd ?? []).join(' '),
    signal: deps.lifetime,
  });
};

/**
 * Makes an image of what a container changed of its own, and gives it a name when one is asked for.
 * @throws not-found; conflict when the container is being removed; invalid-argument for a bad name or change
 */
export const commitContainer = async (
  deps: CommitDeps,
  reference: string,
  request: CommitRequest,
): Promise<ImageId> => {
  const { repository, tag, comment } = request;
  const name = repository === '' ? undefined : targetReference(repository, tag);
  if (reference === '') throw new EngineError('invalid-argument', 'invalid name or ID supplied: ""');
  const container = deps.ledger.resolve(reference);
  assertWhole(deps, container.id);
  await using _frozen = request.pause ? await freeze(deps, container.id) : undefined;
  const imageId = await makeImage(deps, container, request);
  if (name) await deps.images.tag(imageId, repository, tag);
  const imageRef = name ? familiarReference(name) : '';
  deps.ledger.publish(container, 'commit', { comment, imageID: imageId, imageRef });
  return imageId;
};
