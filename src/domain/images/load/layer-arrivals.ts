// SPDX-License-Identifier: Apache-2.0
import type { Digest } from '../../../spec/digest.ts';
import type { ContentDescriptor } from '../../../spec/oci-image-manifest.ts';

/** Layer blobs by the digest of what they hold unpacked: those that are here, and those that somebody waits for. */
export class LayerArrivals {
  readonly #layers = new Map<Digest, PromiseWithResolvers<ContentDescriptor>>();
  #ended: Error | undefined;

  #slot(diffId: Digest): PromiseWithResolvers<ContentDescriptor> {
    const slot = this.#layers.get(diffId) ?? Promise.withResolvers<ContentDescriptor>();
    // Whoever waits gets the error; when nobody does, it is none.
    slot.promise.catch(() => undefined);
    this.#layers.set(diffId, slot);
    if (this.#ended) slot.reject(this.#ended);
    return slot;
  }

  arrived(diffId: Digest, blob: ContentDescriptor): void {
    this.#slot(diffId).resolve(blob);
  }

  wait(diffId: Digest): Promise<ContentDescriptor> {
    return this.#slot(diffId).promise;
  }

  /** Nothing comes any more: who waits, and who comes to wait, gets `error`. */
  end(error: Error): void {
    this.#ended = error;
    for (const slot of this.#layers.values()) slot.reject(error);
  }
}
