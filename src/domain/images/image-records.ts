// SPDX-License-Identifier: Apache-2.0
import { isKind, messageOf } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import { formatRfc3339Nano, parseRfc3339 } from '../../base/time.ts';
import { type ImageId, parseDigest } from '../../spec/digest.ts';
import { parseImageConfig } from '../../spec/oci-image-config.ts';
import { fullReference, parseReference, type Reference } from '../../spec/reference.ts';
import type { Content, ImageRecord, ImageRecords } from '../../adapters/containerd/index.ts';
import type { ImageIndex } from './image-index.ts';
import type { StoredImage } from './stored-image.ts';

/** What a record under this name stands for is the image itself, named or not: no reference can look like it. */
const ANCHOR = 'image@';

const LABEL = {
  layerSizes: 'berth.image/layer-sizes',
  lastTagged: 'berth.image/last-tagged',
  parent: 'berth.image/parent',
  /** On a name's record: the image it stands for. */
  id: 'berth.image/id',
} as const;

/** What makes images last: containerd's records of them and of their names. */
export interface ImageStoreDeps {
  readonly content: Pick<Content, 'readAll'>;
  readonly records: ImageRecords;
  readonly log: Log;
}

const labelsOf = ({ layerSizes, lastTagged, parent }: StoredImage): Record<string, string> => ({
  [LABEL.layerSizes]: layerSizes.join(','),
  ...(lastTagged === undefined ? {} : { [LABEL.lastTagged]: formatRfc3339Nano(lastTagged) }),
  ...(parent === undefined ? {} : { [LABEL.parent]: parent }),
});

/**
 * Images and names in containerd. Each image has one record of its own, so that it lives on without a name; each name
 * has another. An image is written before its names and removed after them.
 */
export class ImageStore {
  readonly #deps: ImageStoreDeps;

  constructor(deps: ImageStoreDeps) {
    this.#deps = deps;
  }

  async save(image: StoredImage, lease?: string): Promise<void> {
    const record = { name: ANCHOR + image.id, target: image.manifest, labels: labelsOf(image) };
    await this.#deps.records.put(record, lease === undefined ? {} : { lease });
  }

  /** Waits until the garbage collector has freed what nothing else reaches. */
  async remove(id: ImageId): Promise<void> {
    await this.#delete(ANCHOR + id, true);
  }

  /** `manifest` may be another than the image's own: what the name was pulled by. */
  async saveName(reference: Reference, id: ImageId, manifest: StoredImage['manifest']): Promise<void> {
    const labels = { [LABEL.id]: id };
    await this.#deps.records.put({ name: fullReference(reference), target: manifest, labels });
  }

  async removeName(reference: Reference): Promise<void> {
    await this.#delete(fullReference(reference), false);
  }

  /** Reads all that is there into `index`. What can't be read is left where it is, and told. */
  async load(index: ImageIndex): Promise<void> {
    const records = await this.#deps.records.list();
    const anchors = records.filter(({ name }) => name.startsWith(ANCHOR));
    const names = records.filter(({ labels }) => labels[LABEL.id] !== undefined);
    const images = await Promise.all(anchors.map((record) => this.#readImage(record)));
    for (const image of images) if (image) index.put(image);
    for (const { name, labels } of names) index.name(parseReference(name), labels[LABEL.id] as ImageId);
  }

  async #readImage({ name, target, labels }: ImageRecord): Promise<StoredImage | undefined> {
    const id = parseDigest(name.slice(ANCHOR.length)) as ImageId | undefined;
    if (!id) return undefined;
    try {
      const config = parseImageConfig(await this.#deps.content.readAll(id));
      const { mediaType, digest, size } = target;
      return { id, config, manifest: { mediaType, digest, size }, ...factsOf(labels) };
    } catch (error) {
      this.#deps.log.warn('an image can not be read', { image: id, error: messageOf(error) });
      return undefined;
    }
  }

  async #delete(name: string, sync: boolean): Promise<void> {
    try {
      await this.#deps.records.delete(name, { sync });
    } catch (error) {
      if (!isKind(error, 'not-found')) throw error;
    }
  }
}

const factsOf = (
  labels: ImageRecord['labels'],
): Pick<StoredImage, 'layerSizes' | 'parent' | 'lastTagged'> => {
  const sizes = labels[LABEL.layerSizes] ?? '';
  const parent = labels[LABEL.parent];
  const lastTagged = parseRfc3339(labels[LABEL.lastTagged] ?? '');
  return {
    layerSizes: sizes === '' ? [] : sizes.split(',').map(Number),
    ...(parent === undefined ? {} : { parent: parent as ImageId }),
    ...(lastTagged === undefined ? {} : { lastTagged }),
  };
};
