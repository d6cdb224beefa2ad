// SPDX-License-Identifier: Apache-2.0
import { type Digest, hexOf, type ImageId } from '../../spec/digest.ts';
import { fullReference, type Reference } from '../../spec/reference.ts';
import type { Image } from './image.ts';
import { describeImage, sortReferences, type StoredImage } from './stored-image.ts';

/** One image with its names. Both are replaced, never changed, so that a description made once stays true. */
interface Entry {
  readonly stored: StoredImage;
  readonly references: readonly Reference[];
  description?: Image;
}

/** All images and their names, in memory: every read is served from here. */
export class ImageIndex {
  readonly #images = new Map<ImageId, Entry>();
  readonly #names = new Map<string, ImageId>();

  get size(): number {
    return this.#images.size;
  }

  get(id: ImageId): StoredImage | undefined {
    return this.#images.get(id)?.stored;
  }

  describe(id: ImageId): Image | undefined {
    const entry = this.#images.get(id);
    if (!entry) return undefined;
    entry.description ??= describeImage(entry.stored, entry.references);
    return entry.description;
  }

  stored(): Iterable<StoredImage> {
    return this.#images.values().map(({ stored }) => stored);
  }

  put(stored: StoredImage): void {
    const references = this.#images.get(stored.id)?.references ?? [];
    this.#images.set(stored.id, { stored, references });
  }

  /** Forgets an image and the names it still had. */
  remove(id: ImageId): void {
    for (const reference of this.references(id)) this.#names.delete(fullReference(reference));
    this.#images.delete(id);
  }

  /** What `reference` stands for. */
  target(reference: Reference): ImageId | undefined {
    return this.#names.get(fullReference(reference));
  }

  /** The image's names, sorted. */
  references(id: ImageId): readonly Reference[] {
    return sortReferences(this.#images.get(id)?.references ?? []);
  }

  name(reference: Reference, id: ImageId): void {
    this.unname(reference);
    const entry = this.#images.get(id);
    if (!entry) return;
    this.#names.set(fullReference(reference), id);
    this.#images.set(id, { stored: entry.stored, references: [...entry.references, reference] });
  }

  unname(reference: Reference): void {
    const text = fullReference(reference);
    const id = this.#names.get(text);
    const entry = id === undefined ? undefined : this.#images.get(id);
    if (id === undefined || !entry) return;
    this.#names.delete(text);
    const references = entry.references.filter((other) => fullReference(other) !== text);
    this.#images.set(id, { stored: entry.stored, references });
  }

  /** The one image whose id begins with `prefix` (hex, `sha256:` before it or not). `undefined` for none and for several. */
  search(prefix: string): ImageId | undefined {
    const hex = prefix.startsWith('sha256:') ? prefix.slice('sha256:'.length) : prefix;
    if (!/^[0-9a-f]{1,64}$/.test(hex)) return undefined;
    const found = [...this.#images.keys()].filter((id) => hexOf(id as Digest).startsWith(hex));
    return found.length === 1 ? found[0] : undefined;
  }

  /** Images made from `id` here. */
  children(id: ImageId): readonly ImageId[] {
    return [...this.stored()].filter(({ parent }) => parent === id).map((child) => child.id);
  }
}
