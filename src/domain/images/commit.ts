// SPDX-License-Identifier: Apache-2.0
import { randomUUID } from 'node:crypto';
import { EngineError } from '../../base/errors.ts';
import { now } from '../../base/time.ts';
import type { Leases } from '../../adapters/containerd/index.ts';
import { chainId, type ChainId, type Digest, type ImageId, sha256 } from '../../spec/digest.ts';
import { MEDIA_TYPE } from '../../spec/media-type.ts';
import { parseImageConfig } from '../../spec/oci-image-config.ts';
import { type ContentDescriptor, encodeManifest, parseManifest } from '../../spec/oci-image-manifest.ts';
import type { Platform } from '../../spec/platform.ts';
import { TAR_END } from '../../spec/tar/write.ts';
import type { EventPublisher } from '../events/index.ts';
import { encodeChildConfig } from './child-config.ts';
import { UNCOMPRESSED_LABEL } from './find-layer-blob.ts';
import { noSuchImage } from './image-errors.ts';
import { publishImageEvent } from './image-events.ts';
import type { CommitRequest } from './images.ts';
import { LOAD_LEASE_LABEL } from './load/load.ts';
import { recordImage, type RecordDeps } from './record-image.ts';
import type { StoredImage } from './stored-image.ts';
import type { Unpacker } from './unpack.ts';

/** A commit that takes longer than this (ms) has been forgotten by its daemon. */
const LEASE_LIFE = 24 * 3600 * 1000;

export interface CommitDeps extends RecordDeps {
  readonly leases: Leases;
  readonly unpacker: Unpacker;
  readonly events: EventPublisher;
  readonly host: Platform;
  /** The engine's version. */
  readonly engineVersion: string;
}

/** The layer that changes nothing: no image has it among its layers. */
const NOTHING = sha256(TAR_END);

/** An image from which another is made: its configuration, and the blobs that the other one needs too. */
interface Parent {
  readonly configBytes: Uint8Array;
  readonly stored: StoredImage;
  readonly layers: readonly ContentDescriptor[];
  /** Layers in another form than the manifest says. */
  readonly heldAs: readonly Digest[];
}

const LAYER_REFERENCE = 'containerd.io/gc.ref.content.l.';

const findParent = async ({ index, content }: CommitDeps, id: ImageId): Promise<Parent | undefined> => {
  if (id === '') return undefined;
  const stored = index.get(id);
  if (!stored) throw noSuchImage(id);
  const { mediaType, digest } = stored.manifest;
  const [configBytes, manifestBytes, { labels }] = await Promise.all([
    content.readAll(id),
    content.readAll(digest),
    content.info(digest),
  ]);
  const manifest = parseManifest(manifestBytes, mediaType);
  const layers = manifest.kind === 'manifest' ? manifest.layers : [];
  const named = new Set<string>(layers.map((layer) => layer.digest));
  const heldAs = Object.entries(labels)
    .filter(([key, value]) => key.startsWith(LAYER_REFERENCE) && !named.has(value))
    .map(([, value]) => value as Digest);
  return { configBytes, stored, layers, heldAs };
};

/** The changes as a blob that is not packed, so that its digest is the layer's own; `undefined` when there are none. */
const writeLayer = async (
  { content }: CommitDeps,
  { layer, signal }: CommitRequest,
  lease: string,
): Promise<ContentDescriptor | undefined> => {
  const ref = `commit-${randomUUID()}`;
  try {
    const digest = await content.write({ ref, size: 0, lease, signal }, () => layer);
    if (digest === NOTHING) return undefined;
    await content.setLabels(digest, { [UNCOMPRESSED_LABEL]: digest });
    return { mediaType: MEDIA_TYPE.ociLayer, digest, size: (await content.info(digest)).size };
  } catch (error) {
    await content.abort(ref).catch(() => undefined);
    throw error;
  }
};

const wrongDiff = (actual: Digest): EngineError =>
  new EngineError('internal', `the layer of a commit was unpacked to ${actual}`);

const unpack = async (
  deps: CommitDeps,
  parent: Parent | undefined,
  blob: ContentDescriptor,
  lease: string,
): Promise<void> => {
  const beneath = parent?.stored.config.diffIds ?? [];
  const below = chainId(beneath);
  const chain = chainId([...beneath, blob.digest]) as ChainId;
  const layer = { blob, diffId: blob.digest, chain, ...(below === undefined ? {} : { parent: below }) };
  await deps.unpacker.unpack(layer, lease, wrongDiff);
};

const commit = async (deps: CommitDeps, request: CommitRequest, lease: string): Promise<StoredImage> => {
  const parent = await findParent(deps, request.parent);
  // What lies beneath must stay until the new image holds it.
  const beneath = chainId(parent?.stored.config.diffIds ?? []);
  const kept = [...(parent?.layers.map(({ digest }) => digest) ?? []), ...(parent?.heldAs ?? [])];
  await Promise.all(kept.map(async (id) => deps.leases.addResource(lease, { type: 'content', id })));
  if (beneath !== undefined) await deps.unpacker.holds(beneath, lease);
  const blob = await writeLayer(deps, request, lease);
  // The container is still the one whose files were read: else the layer is not whole.
  request.checkWhole();
  if (blob) await unpack(deps, parent, blob, lease);
  const configBytes = encodeChildConfig(parent?.configBytes, {
    ...request,
    version: deps.engineVersion,
    created: now(),
    platform: parent?.stored.config.platform ?? deps.host,
    ...(blob && { diffId: blob.digest }),
  });
  const config = parseImageConfig(configBytes);
  const layers = [...(parent?.layers ?? []), ...(blob ? [blob] : [])];
  const descriptor = {
    mediaType: MEDIA_TYPE.ociConfig,
    digest: sha256(configBytes),
    size: configBytes.length,
  };
  const manifest = { bytes: encodeManifest(descriptor, layers), mediaType: MEDIA_TYPE.ociManifest };
  return recordImage(deps, {
    configBytes,
    config,
    layers,
    heldAs: parent?.heldAs ?? [],
    manifest,
    lease,
    ...(parent && { parent: parent.stored.id }),
  });
};

/** Makes an image of a container's changes. What was made before a failure is collected. @throws not-found when the image beneath is gone */
export const commitImage = async (deps: CommitDeps, request: CommitRequest): Promise<ImageId> => {
  const lease = await deps.leases.create({ expiresIn: LEASE_LIFE, labels: { [LOAD_LEASE_LABEL]: 'true' } });
  try {
    const { id } = await commit(deps, request, lease);
    publishImageEvent(deps, 'create', id);
    return id;
  } finally {
    await deps.leases.delete(lease);
  }
};
