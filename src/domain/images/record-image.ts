// SPDX-License-Identifier: Apache-2.0
import type { Content } from '../../adapters/containerd/index.ts';
import type { Digest, ImageId } from '../../spec/digest.ts';
import { sha256 } from '../../spec/digest.ts';
import type { ImageConfig } from '../../spec/oci-image-config.ts';
import type { ContentDescriptor } from '../../spec/oci-image-manifest.ts';
import type { Reference } from '../../spec/reference.ts';
import type { ImageIndex } from './image-index.ts';
import type { ImageStore } from './image-records.ts';
import { chainIdsOf, type StoredImage } from './stored-image.ts';
import type { Unpacker } from './unpack.ts';

export interface RecordDeps {
  readonly content: Content;
  readonly snapshotter: string;
  readonly store: ImageStore;
  readonly index: ImageIndex;
  readonly unpacker: Pick<Unpacker, 'sizeOf'>;
  readonly lifetime: AbortSignal;
}

/** An image whose layers are unpacked and whose blobs are held by `lease`. */
export interface NewImage {
  readonly configBytes: Uint8Array;
  readonly config: ImageConfig;
  /** Layer blobs, base first; those that are held in another form (`heldAs`) besides. */
  readonly layers: readonly ContentDescriptor[];
  readonly heldAs?: readonly Digest[];
  readonly manifest: { readonly bytes: Uint8Array; readonly mediaType: string };
  readonly lease: string;
  /** The image it was made from here. */
  readonly parent?: ImageId;
}

/** Makes containerd's garbage collector follow from one blob to another, or to a snapshot. Source: containerd's documentation, "Garbage Collection". */
const contentReference = (name: string | number): string => `containerd.io/gc.ref.content.${name}`;
const snapshotReference = (snapshotter: string): string => `containerd.io/gc.ref.snapshot.${snapshotter}`;

const writeBytes = async (
  { content, lifetime }: Pick<RecordDeps, 'content' | 'lifetime'>,
  bytes: Uint8Array,
  labels: Readonly<Record<string, string>>,
  lease: string,
): Promise<Digest> => {
  const expected = sha256(bytes);
  const ref = `blob-${expected}`;
  const request = { ref, expected, size: bytes.length, labels, lease, signal: lifetime };
  await content.write(request, async function* (offset) {
    yield bytes.subarray(offset);
  });
  // A blob that was there already kept the labels it had.
  await content.setLabels(expected, labels);
  return expected;
};

/** Writes the image's configuration and manifest so that they hold its layers, and makes it known. Names come after. */
export const recordImage = async (deps: RecordDeps, image: NewImage): Promise<StoredImage> => {
  const { config, configBytes, layers, heldAs = [], lease, manifest, parent } = image;
  const chains = chainIdsOf(config.diffIds);
  const top = chains.at(-1);
  const snapshot: Record<string, string> =
    top === undefined ? {} : { [snapshotReference(deps.snapshotter)]: top };
  const id = (await writeBytes(deps, configBytes, snapshot, lease)) as ImageId;
  const held = [...layers.map(({ digest }) => digest), ...heldAs];
  const references = Object.fromEntries(held.map((digest, at) => [contentReference(`l.${at}`), digest]));
  const links = { [contentReference('config')]: id, ...references };
  const digest = await writeBytes(deps, manifest.bytes, links, lease);
  const known = deps.index.get(id);
  if (known) return known;
  const target = { mediaType: manifest.mediaType, digest, size: manifest.bytes.length };
  const layerSizes = await Promise.all(chains.map((chain) => deps.unpacker.sizeOf(chain)));
  const stored: StoredImage = { id, config, manifest: target, layerSizes, ...(parent && { parent }) };
  await deps.store.save(stored, lease);
  deps.index.put(stored);
  return stored;
};

/** Gives the image a name, and takes the name from the image that had it. */
export const nameImage = async (
  { store, index }: Pick<RecordDeps, 'store' | 'index'>,
  reference: Reference,
  image: StoredImage,
  manifest: StoredImage['manifest'] = image.manifest,
): Promise<void> => {
  await store.saveName(reference, image.id, manifest);
  index.name(reference, image.id);
};
