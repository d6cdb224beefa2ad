// SPDX-License-Identifier: Apache-2.0
import { gzipSync } from 'node:zlib';
import { type Digest, sha256 } from '../../src/spec/digest.ts';
import { MEDIA_TYPE } from '../../src/spec/media-type.ts';
import type { BuiltImage } from './image-archive.ts';

/** Where an image goes: `127.0.0.1:5000`, `bb`, `1`. */
export interface PushTarget {
  readonly address: string;
  readonly repository: string;
  readonly tag: string;
}

/** What was pushed, as the registry names it. */
export interface PushedImage {
  readonly manifestDigest: Digest;
  readonly layerDigests: readonly Digest[];
  /** The manifest's bytes. */
  readonly manifest: Uint8Array;
}

const checked = async (answer: Promise<Response>): Promise<Response> => {
  const response = await answer;
  if (!response.ok) throw new Error(`${response.url}: ${response.status} ${await response.text()}`);
  return response;
};

/** Uploads one blob in one piece. */
export const pushBlob = async (
  { address, repository }: Pick<PushTarget, 'address' | 'repository'>,
  bytes: Uint8Array,
): Promise<Digest> => {
  const digest = sha256(bytes);
  const base = `http://${address}`;
  const begun = await checked(fetch(`${base}/v2/${repository}/blobs/uploads/`, { method: 'POST' }));
  const place = new URL(begun.headers.get('location') ?? '', base);
  place.searchParams.set('digest', digest);
  const headers = { 'Content-Type': 'application/octet-stream' };
  await checked(fetch(place, { method: 'PUT', headers, body: Buffer.from(bytes) }));
  return digest;
};

export const pushManifest = async (
  { address, repository, tag }: PushTarget,
  manifest: Uint8Array,
  mediaType: string,
): Promise<Digest> => {
  const url = `http://${address}/v2/${repository}/manifests/${tag}`;
  const headers = { 'Content-Type': mediaType };
  await checked(fetch(url, { method: 'PUT', headers, body: Buffer.from(manifest) }));
  return sha256(manifest);
};

/** Pushes an image with gzipped layers, as `docker push` does, over plain HTTP. */
export const pushImage = async (target: PushTarget, image: BuiltImage): Promise<PushedImage> => {
  const layers = [];
  for (const { tar } of image.layers) {
    const packed = gzipSync(tar);
    const digest = await pushBlob(target, packed);
    layers.push({
      mediaType: 'application/vnd.docker.image.rootfs.diff.tar.gzip',
      size: packed.length,
      digest,
    });
  }
  await pushBlob(target, image.config);
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: MEDIA_TYPE.dockerManifest,
      config: { mediaType: MEDIA_TYPE.dockerConfig, size: image.config.length, digest: image.id },
      layers,
    }),
  );
  const manifestDigest = await pushManifest(target, manifest, MEDIA_TYPE.dockerManifest);
  return { manifestDigest, layerDigests: layers.map(({ digest }) => digest), manifest };
};

/** Pushes an index over manifests that the registry has. */
export const pushIndex = async (
  target: PushTarget,
  manifests: readonly {
    readonly digest: Digest;
    readonly size: number;
    readonly platform: Readonly<Record<string, string>>;
  }[],
): Promise<Digest> => {
  const index = {
    schemaVersion: 2,
    mediaType: MEDIA_TYPE.dockerIndex,
    manifests: manifests.map((manifest) => ({ mediaType: MEDIA_TYPE.dockerManifest, ...manifest })),
  };
  return pushManifest(target, Buffer.from(JSON.stringify(index)), MEDIA_TYPE.dockerIndex);
};
