// SPDX-License-Identifier: Apache-2.0
import { EngineError } from '../../base/errors.ts';
import { now } from '../../base/time.ts';
import {
  familiarReference,
  parseReference,
  type Reference,
  withDefaultTag,
  withTag,
} from '../../spec/reference.ts';
import type { EventPublisher } from '../events/index.ts';
import { publishImageEvent } from './image-events.ts';
import { nameImage, type RecordDeps } from './record-image.ts';
import { resolveId } from './resolve.ts';
import type { StoredImage } from './stored-image.ts';

/** The name that `repo` and `tag` of a request mean; `tag` wins over one in `repo`. @throws invalid-argument in Docker's words */
export const targetReference = (repository: string, tag: string): Reference => {
  const reference = parseReference(repository);
  if (reference.digest !== undefined)
    throw new EngineError('invalid-argument', 'cannot import digest reference');
  const target = tag === '' ? withDefaultTag(reference) : withTag(reference, tag);
  if (target.domain === 'docker.io' && target.path === 'library/sha256')
    throw new EngineError(
      'invalid-argument',
      'refusing to create an ambiguous tag using digest algorithm as name',
    );
  return target;
};

export interface TagDeps extends Pick<RecordDeps, 'store' | 'index'> {
  readonly events: EventPublisher;
}

/** Gives the image another name, which is saved, then visible, then told. */
export const tagImage = async (deps: TagDeps, source: string, target: Reference): Promise<void> => {
  const id = resolveId(deps.index, source);
  const image: StoredImage = { ...(deps.index.get(id) as StoredImage), lastTagged: now() };
  await deps.store.save(image);
  deps.index.put(image);
  await nameImage(deps, target, image);
  publishImageEvent(deps, 'tag', id, { name: familiarReference(target) });
};
