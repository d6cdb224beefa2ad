// SPDX-License-Identifier: Apache-2.0
import type { Compression } from '../../src/adapters/compression/index.ts';
import { createFakeContainerd, type FakeContainerd } from '../../src/adapters/containerd/fake.ts';
import { FakeRegistries } from '../../src/adapters/registry/fake.ts';
import { fixedConfig } from '../../src/base/config-source.ts';
import { silentLog } from '../../src/base/log.ts';
import { type Digest, hexOf, type ImageId, sha256 } from '../../src/spec/digest.ts';
import { MEDIA_TYPE } from '../../src/spec/media-type.ts';
import { encodeManifest } from '../../src/spec/oci-image-manifest.ts';
import { hostPlatform } from '../../src/spec/platform.ts';
import { parseReference } from '../../src/spec/reference.ts';
import { encodeTar, type TarMember } from '../../src/spec/tar/write.ts';
import type { NewEvent } from '../../src/domain/events/index.ts';
import {
  createImages,
  type ImagesDeps,
  type StartableImages,
} from '../../src/domain/images/create-images.ts';
import type { Progress } from '../../src/domain/images/images.ts';

/** An image made for a test. */
export interface SampleImage {
  readonly id: ImageId;
  readonly config: Uint8Array;
  /** Layer tars, base first, not packed. */
  readonly layers: readonly Uint8Array[];
}

export interface SampleOptions {
  /** Texts that make layers differ: one layer each. */
  readonly layers?: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
  readonly created?: string;
  readonly architecture?: string;
}

export const sampleImage = (options: SampleOptions = {}): SampleImage => {
  const layers = (options.layers ?? ['base']).map((content) =>
    encodeTar([{ entry: { name: 'file' }, content }]),
  );
  const config = Buffer.from(
    JSON.stringify({
      architecture: options.architecture ?? 'amd64',
      os: 'linux',
      created: options.created ?? '2024-01-01T00:00:00Z',
      config: { Cmd: ['sh'], Labels: options.labels ?? null },
      rootfs: { type: 'layers', diff_ids: layers.map(sha256) },
    }),
  );
  return { id: sha256(config) as ImageId, config, layers };
};

const blobOf = (bytes: Uint8Array): TarMember => ({
  entry: { name: `blobs/sha256/${hexOf(sha256(bytes))}` },
  content: bytes,
});

/** The image as a docker archive under `tags`. */
export const sampleArchive = (image: SampleImage, tags: readonly string[]): Uint8Array => {
  const manifest = {
    Config: `blobs/sha256/${hexOf(image.id)}`,
    RepoTags: tags,
    Layers: image.layers.map((layer) => `blobs/sha256/${hexOf(sha256(layer))}`),
  };
  const blobs = [image.config, ...image.layers].map(blobOf);
  return encodeTar([...blobs, { entry: { name: 'manifest.json' }, content: JSON.stringify([manifest]) }]);
};

/** Puts the image into a registry; gives the manifest's digest. */
export const publishSample = (registries: FakeRegistries, name: string, image: SampleImage): Digest => {
  const reference = parseReference(name);
  const descriptor = (mediaType: string, bytes: Uint8Array) => ({
    mediaType,
    digest: registries.addBlob(reference, bytes),
    size: bytes.length,
  });
  const config = descriptor(MEDIA_TYPE.ociConfig, image.config);
  const layers = image.layers.map((layer) => descriptor(MEDIA_TYPE.ociLayer, layer));
  const manifest = encodeManifest(config, layers);
  return registries.addManifest(reference, reference.tag ?? '', manifest, MEDIA_TYPE.ociManifest);
};

/** The room over fakes, started. */
export interface SampleRoom {
  readonly images: StartableImages;
  readonly containerd: FakeContainerd;
  readonly registries: FakeRegistries;
  readonly events: NewEvent[];
  /** Spans that something waited (ns). */
  readonly pauses: bigint[];
  /** Loads an image; gives the texts of its lines. */
  readonly load: (image: SampleImage, tags: readonly string[]) => Promise<readonly string[]>;
  /** The room as another daemon would find it. */
  readonly restart: () => Promise<StartableImages>;
}

const passThrough: Compression = { unpack: (_packing, source) => source };

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

/** All lines. */
export const linesOf = async (progress: AsyncIterable<Progress>): Promise<readonly Progress[]> => {
  const lines: Progress[] = [];
  for await (const line of progress) lines.push(line);
  return lines;
};

/** What the lines say, without how far each is. */
export const textsOf = (lines: readonly Progress[]): readonly string[] =>
  lines.map(
    ({ status = '', stream = '', id }) => `${id === undefined ? '' : `${id}: `}${status}${stream.trim()}`,
  );

export const sampleRoom = async (given: Partial<ImagesDeps> = {}): Promise<SampleRoom> => {
  const containerd = createFakeContainerd();
  const registries = new FakeRegistries();
  const events: NewEvent[] = [];
  const pauses: bigint[] = [];
  const deps: ImagesDeps = {
    content: containerd.content,
    snapshots: containerd.snapshots,
    records: containerd.images,
    leases: containerd.leases,
    diffs: containerd.diffs,
    registries,
    compression: passThrough,
    disk: {
      changeOwners: () => Promise.resolve(),
      contentSize: () => Promise.resolve(100),
      fileSystemOf: () => Promise.resolve('extfs'),
    },
    events: { publish: (event) => void events.push(event) },
    config: fixedConfig({
      mirrors: [],
      insecureRegistries: [],
      maxConcurrentDownloads: 3,
      maxDownloadAttempts: 3,
    }),
    host: hostPlatform('x64'),
    engineVersion: '28.5.2',
    log: silentLog,
    lifetime: new AbortController().signal,
    pause: (span) => Promise.resolve(void pauses.push(span)),
    ...given,
  };
  const images = createImages(deps);
  await images.start();
  const load = async (image: SampleImage, tags: readonly string[]): Promise<readonly string[]> => {
    const { signal } = new AbortController();
    return textsOf(await linesOf(images.load(once(sampleArchive(image, tags)), { quiet: true, signal })));
  };
  const restart = async (): Promise<StartableImages> => {
    const next = createImages(deps);
    await next.start();
    return next;
  };
  return { images, containerd, registries, events, pauses, load, restart };
};
