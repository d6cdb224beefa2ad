// SPDX-License-Identifier: Apache-2.0
import { EngineError, isKind } from '../../base/errors.ts';
import { shortId } from '../../base/ids.ts';
import { type ImageId, hexOf } from '../../spec/digest.ts';
import {
  familiarReference,
  fullName,
  parseReference,
  type Reference,
  withDefaultTag,
} from '../../spec/reference.ts';
import type { EventPublisher } from '../events/index.ts';
import type { Holders } from './holders.ts';
import { publishImageEvent } from './image-events.ts';
import type { ImageIndex } from './image-index.ts';
import type { ImageStore } from './image-records.ts';
import type { DeletedImage } from './images.ts';
import { resolveId } from './resolve.ts';
import { chainIdsOf, type StoredImage } from './stored-image.ts';

export interface DeleteDeps {
  readonly index: ImageIndex;
  readonly store: ImageStore;
  readonly holders: Holders;
  readonly events: EventPublisher;
}

export interface DeleteOptions {
  readonly force: boolean;
  readonly noPrune: boolean;
}

/** Why an image can't go. A hard reason holds even with force. */
interface Conflict {
  readonly hard: boolean;
  /** A container uses it. */
  readonly used: boolean;
  readonly reason: string;
}

const conflictError = (id: ImageId, { hard, reason }: Conflict): EngineError =>
  new EngineError(
    'conflict',
    `conflict: unable to delete ${shortId(id)} (${hard ? 'cannot be forced' : 'must be forced'}) - ${reason}`,
  );

const hardConflict = ({ index, holders }: DeleteDeps, id: ImageId): Conflict | undefined => {
  if (index.children(id).length > 0)
    return { hard: true, used: false, reason: 'image has dependent child images' };
  const running = holders.find(id, 'running');
  if (!running) return undefined;
  const reason = `image is being used by running container ${shortId(running.container)}`;
  return { hard: true, used: true, reason };
};

const referencesConflict = ({ index }: DeleteDeps, id: ImageId): Conflict | undefined =>
  index.references(id).length > 1
    ? { hard: false, used: false, reason: 'image is referenced in multiple repositories' }
    : undefined;

const stoppedConflict = ({ holders }: DeleteDeps, id: ImageId): Conflict | undefined => {
  const stopped = holders.find(id, 'stopped');
  if (!stopped) return undefined;
  const reason = `image is being used by stopped container ${shortId(stopped.container)}`;
  return { hard: false, used: true, reason };
};

/** One name; or one tag and digests, or digests alone, all of one repository. */
export const isSingleReference = (references: readonly Reference[]): boolean => {
  if (references.length <= 1) return true;
  const tagged = references.filter(({ digest }) => digest === undefined);
  const digested = new Set(references.filter(({ digest }) => digest !== undefined).map(fullName));
  const single = tagged[0] ?? references[0];
  return tagged.length <= 1 && digested.size === 1 && single !== undefined && digested.has(fullName(single));
};

/** True when `text` is the image's id or the beginning of it. */
const namesId = (id: ImageId, text: string): boolean => id.startsWith(text) || hexOf(id).startsWith(text);

/** One removal: what it did so far. */
class Removal {
  readonly rows: DeletedImage[] = [];
  readonly #deps: DeleteDeps;
  readonly #options: DeleteOptions;

  constructor(deps: DeleteDeps, options: DeleteOptions) {
    this.#deps = deps;
    this.#options = options;
  }

  /** By a name: the name goes, and the image only with its last one. */
  async byReference(id: ImageId, text: string): Promise<void> {
    const { index, holders } = this.#deps;
    const reference = this.#nameFor(id, text);
    const holder = holders.find(id);
    if (!this.#options.force && holder && isSingleReference(index.references(id)))
      throw new EngineError(
        'conflict',
        `conflict: unable to remove repository reference "${text}" (must force) - container ${shortId(holder.container)} is using its referenced image ${shortId(id)}`,
      );
    await this.#untag(id, reference);
    if (reference.digest === undefined) await this.#untagLeftDigests(id, reference);
    if (index.references(id).length > 0) return;
    await this.#remove(id, { force: this.#options.force, prune: !this.#options.noPrune, quiet: true });
  }

  /** By its id: all names go when they are of one repository. */
  async byId(id: ImageId): Promise<void> {
    const { force, noPrune } = this.#options;
    if (isSingleReference(this.#deps.index.references(id))) {
      const conflict = hardConflict(this.#deps, id) ?? (force ? undefined : stoppedConflict(this.#deps, id));
      if (conflict) throw conflictError(id, conflict);
      await this.#untagAll(id);
    }
    await this.#remove(id, { force, prune: !noPrune, quiet: false });
  }

  /** A name that only the image's digest made resolvable is none of the store's. */
  #nameFor(id: ImageId, text: string): Reference {
    const reference = withDefaultTag(parseReference(text));
    if (this.#deps.index.target(reference) === id) return reference;
    throw new EngineError('not-found', `No such image: ${familiarReference(reference)}`);
  }

  async #untag(id: ImageId, reference: Reference): Promise<void> {
    await this.#deps.store.removeName(reference);
    this.#deps.index.unname(reference);
    publishImageEvent(this.#deps, 'untag', id);
    this.rows.push({ untagged: familiarReference(reference) });
  }

  async #untagAll(id: ImageId): Promise<void> {
    for (const reference of this.#deps.index.references(id)) await this.#untag(id, reference);
  }

  /** Digests of a repository of which no tag is left go with the last tag. */
  async #untagLeftDigests(id: ImageId, { domain, path }: Reference): Promise<void> {
    const left = this.#deps.index
      .references(id)
      .filter((other) => other.domain === domain && other.path === path);
    if (left.some(({ digest }) => digest === undefined)) return;
    for (const reference of left) await this.#untag(id, reference);
  }

  #conflict(id: ImageId, force: boolean): Conflict | undefined {
    const hard = hardConflict(this.#deps, id);
    if (hard || force) return hard;
    return referencesConflict(this.#deps, id) ?? stoppedConflict(this.#deps, id);
  }

  async #remove(
    id: ImageId,
    options: { readonly force: boolean; readonly prune: boolean; readonly quiet: boolean },
  ): Promise<void> {
    const { index, store } = this.#deps;
    const conflict = this.#conflict(id, options.force);
    if (conflict) {
      const isDangling = index.references(id).length === 0 && index.children(id).length === 0;
      if (options.quiet && (!isDangling || conflict.used)) return;
      throw conflictError(id, conflict);
    }
    const image = index.get(id) as StoredImage;
    await this.#untagAll(id);
    const chains = this.#freedChains(image);
    await store.remove(id);
    publishImageEvent(this.#deps, 'delete', id);
    index.remove(id);
    this.rows.push({ deleted: id }, ...chains.map((chain) => ({ deleted: chain })));
    if (options.prune && image.parent !== undefined && index.get(image.parent))
      await this.#removeParent(image.parent);
  }

  /** A parent goes when nothing else needs it; that it is needed is no error. */
  async #removeParent(parent: ImageId): Promise<void> {
    if (this.#deps.index.references(parent).length > 0) return;
    try {
      await this.#remove(parent, { force: false, prune: true, quiet: true });
    } catch (error) {
      if (!isKind(error, 'conflict')) throw error;
    }
  }

  /** Layers that no other image and no container has, top first. */
  #freedChains(image: StoredImage): readonly string[] {
    const kept = new Set<string>(this.#deps.holders.heldChains());
    for (const other of this.#deps.index.stored())
      if (other.id !== image.id) for (const chain of chainIdsOf(other.config.diffIds)) kept.add(chain);
    return chainIdsOf(image.config.diffIds)
      .filter((chain) => !kept.has(chain))
      .toReversed();
  }
}

/**
 * Removes a name, or an image with all its names. Gives what went, in order.
 * @throws invalid-argument for no name; not-found; conflict in Docker's words
 */
export const deleteImage = async (
  deps: DeleteDeps,
  text: string,
  options: DeleteOptions,
): Promise<readonly DeletedImage[]> => {
  if (text.trim() === '') throw new EngineError('invalid-argument', 'image name cannot be blank');
  const id = resolveId(deps.index, text);
  const removal = new Removal(deps, options);
  if (namesId(id, text)) await removal.byId(id);
  else await removal.byReference(id, text);
  return removal.rows;
};
