// SPDX-License-Identifier: Apache-2.0

/** Media types of manifests and configurations. Source: OCI image-spec, "Media Types"; Docker's manifest v2 schema 2. */
export const MEDIA_TYPE = {
  dockerManifest: 'application/vnd.docker.distribution.manifest.v2+json',
  dockerIndex: 'application/vnd.docker.distribution.manifest.list.v2+json',
  ociManifest: 'application/vnd.oci.image.manifest.v1+json',
  ociIndex: 'application/vnd.oci.image.index.v1+json',
  dockerConfig: 'application/vnd.docker.container.image.v1+json',
  ociConfig: 'application/vnd.oci.image.config.v1+json',
  ociLayer: 'application/vnd.oci.image.layer.v1.tar',
  ociLayerGzip: 'application/vnd.oci.image.layer.v1.tar+gzip',
  ociLayerZstd: 'application/vnd.oci.image.layer.v1.tar+zstd',
  dockerPlugin: 'application/vnd.docker.plugin.v1+json',
} as const;

/** What a client accepts as a manifest, in the order of the `Accept` header. */
export const MANIFEST_TYPES: readonly string[] = [
  MEDIA_TYPE.dockerManifest,
  MEDIA_TYPE.dockerIndex,
  MEDIA_TYPE.ociManifest,
  MEDIA_TYPE.ociIndex,
];

export const isIndexType = (type: string): boolean =>
  type === MEDIA_TYPE.dockerIndex || type === MEDIA_TYPE.ociIndex;

export const isManifestType = (type: string): boolean =>
  type === MEDIA_TYPE.dockerManifest || type === MEDIA_TYPE.ociManifest;

/** Docker's manifests before schema 2, signed or not. */
export const isSchema1Type = (type: string): boolean =>
  /^application\/vnd\.docker\.distribution\.manifest\.v1\+(json|prettyjws)$/.test(type);

/** Types that configurations of images are published under; the octet stream is an old registry's guess. */
const CONFIG_TYPES = new Set<string>([
  MEDIA_TYPE.dockerConfig,
  MEDIA_TYPE.ociConfig,
  'application/octet-stream',
  'text/html',
  '',
]);

export const isImageConfigType = (type: string): boolean => CONFIG_TYPES.has(type);

/** What `Encountered remote "…"(class)` calls a configuration's type. */
export const classOfConfigType = (type: string): string =>
  type === MEDIA_TYPE.dockerPlugin ? 'plugin' : isImageConfigType(type) ? 'image' : 'unknown';
