// SPDX-License-Identifier: Apache-2.0
import { EngineError } from '../base/errors.ts';
import { type Digest, parseDigest } from './digest.ts';
import { isIndexType, isManifestType, isSchema1Type, MEDIA_TYPE } from './media-type.ts';
import { normalizePlatform, type Platform } from './platform.ts';

/** OCI image-spec, "Content Descriptors". */
export interface ContentDescriptor {
  readonly mediaType: string;
  readonly digest: Digest;
  readonly size: number;
  /** In an index: what the manifest is for. */
  readonly platform?: Platform;
  readonly annotations?: Readonly<Record<string, string>>;
}

export interface ImageManifest {
  readonly kind: 'manifest';
  readonly mediaType: string;
  readonly config: ContentDescriptor;
  /** Base layer first. */
  readonly layers: readonly ContentDescriptor[];
}

export interface ImageIndex {
  readonly kind: 'index';
  readonly mediaType: string;
  readonly manifests: readonly ContentDescriptor[];
}

/** A manifest of a time that Docker has left behind. */
export interface ObsoleteManifest {
  readonly kind: 'schema1';
}

type Fields = Readonly<Record<string, unknown>>;

const invalid = (what: string): EngineError =>
  new EngineError('invalid-argument', `invalid manifest: ${what}`);

const isFields = (json: unknown): json is Fields =>
  typeof json === 'object' && json !== null && !Array.isArray(json);

const stringOf = (json: unknown): string => (typeof json === 'string' ? json : '');

const readPlatform = (json: unknown): Platform | undefined => {
  if (!isFields(json)) return undefined;
  const osVersion = stringOf(json['os.version']);
  return normalizePlatform({
    os: stringOf(json.os),
    architecture: stringOf(json.architecture),
    variant: stringOf(json.variant),
    ...(osVersion === '' ? {} : { osVersion }),
  });
};

const readAnnotations = (json: unknown): Readonly<Record<string, string>> | undefined => {
  if (!isFields(json)) return undefined;
  const entries = Object.entries(json).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  );
  return Object.fromEntries(entries);
};

const readDescriptor = (json: unknown): ContentDescriptor => {
  if (!isFields(json)) throw invalid('a descriptor is missing');
  const digest = parseDigest(stringOf(json.digest));
  if (!digest) throw invalid(`invalid digest ${JSON.stringify(json.digest)}`);
  if (!Number.isSafeInteger(json.size) || (json.size as number) < 0)
    throw invalid(`invalid size of ${digest}`);
  const platform = readPlatform(json.platform);
  const annotations = readAnnotations(json.annotations);
  return {
    mediaType: stringOf(json.mediaType),
    digest,
    size: json.size as number,
    ...(platform ? { platform } : {}),
    ...(annotations ? { annotations } : {}),
  };
};

const readList = (json: unknown): readonly ContentDescriptor[] => {
  if (json === undefined || json === null) return [];
  if (!Array.isArray(json)) throw invalid('a list is missing');
  return json.map(readDescriptor);
};

/** What the document is: by its own word first, then by the registry's, then by its shape. */
const typeOf = (fields: Fields, contentType: string): string => {
  const own = stringOf(fields.mediaType);
  const told = own === '' ? (contentType.split(';')[0] ?? '').trim() : own;
  if (isIndexType(told) || isManifestType(told) || isSchema1Type(told)) return told;
  if (fields.schemaVersion === 1) return 'application/vnd.docker.distribution.manifest.v1+json';
  if ('manifests' in fields) return MEDIA_TYPE.ociIndex;
  if ('config' in fields) return MEDIA_TYPE.ociManifest;
  throw invalid(`unsupported media type ${told === '' ? '(none)' : told}`);
};

const parseFields = (bytes: Uint8Array): Fields => {
  let json: unknown;
  try {
    json = JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch (cause) {
    throw new EngineError('invalid-argument', 'invalid manifest: not JSON', { cause });
  }
  if (!isFields(json)) throw invalid('not an object');
  return json;
};

/** Reads a manifest or an index, of OCI or of Docker. `contentType` is what the registry said of it. @throws invalid-argument */
export const parseManifest = (
  bytes: Uint8Array,
  contentType = '',
): ImageManifest | ImageIndex | ObsoleteManifest => {
  const fields = parseFields(bytes);
  const mediaType = typeOf(fields, contentType);
  if (isSchema1Type(mediaType)) return { kind: 'schema1' };
  if (isIndexType(mediaType)) return { kind: 'index', mediaType, manifests: readList(fields.manifests) };
  return {
    kind: 'manifest',
    mediaType,
    config: readDescriptor(fields.config),
    layers: readList(fields.layers),
  };
};

/** The bytes of an OCI manifest: the same for the same parts. */
export const encodeManifest = (
  config: ContentDescriptor,
  layers: readonly ContentDescriptor[],
): Uint8Array => {
  const plain = ({ mediaType, digest, size }: ContentDescriptor) => ({ mediaType, digest, size });
  const mediaType = MEDIA_TYPE.ociManifest;
  const manifest = { schemaVersion: 2, mediaType, config: plain(config), layers: layers.map(plain) };
  return Buffer.from(JSON.stringify(manifest));
};
