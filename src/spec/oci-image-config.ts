// SPDX-License-Identifier: Apache-2.0
import {
  decodeDocument,
  type Infer,
  bool,
  omitEmpty,
  slice,
  string,
  struct,
  pointer,
} from '../base/go-json.ts';
import { EngineError } from '../base/errors.ts';
import { parseRfc3339, type Timestamp } from '../base/time.ts';
import { containerConfig, type ContainerConfig } from './container-config.ts';
import { type Digest, parseDigest } from './digest.ts';
import { normalizePlatform, type Platform } from './platform.ts';

const history = struct('History', {
  created: omitEmpty(string, 'created'),
  createdBy: omitEmpty(string, 'created_by'),
  author: omitEmpty(string, 'author'),
  comment: omitEmpty(string, 'comment'),
  emptyLayer: omitEmpty(bool, 'empty_layer'),
});

const rootfs = struct('RootFS', {
  type: omitEmpty(string, 'type'),
  diffIds: omitEmpty(slice(string), 'diff_ids'),
});

/** The keys of an image's configuration. Source: OCI image-spec, "Image Configuration", and Docker's additions. */
const imageConfig = struct('Image', {
  architecture: omitEmpty(string, 'architecture'),
  variant: omitEmpty(string, 'variant'),
  os: omitEmpty(string, 'os'),
  osVersion: omitEmpty(string, 'os.version'),
  author: omitEmpty(string, 'author'),
  comment: omitEmpty(string, 'comment'),
  created: omitEmpty(string, 'created'),
  dockerVersion: omitEmpty(string, 'docker_version'),
  config: omitEmpty(pointer(containerConfig), 'config'),
  rootfs: omitEmpty(pointer(rootfs), 'rootfs'),
  history: omitEmpty(slice(history), 'history'),
});

type RawImageConfig = Infer<typeof imageConfig>;

/** One step of how an image was made. */
export interface ConfigHistory {
  readonly created?: Timestamp;
  readonly createdBy: string;
  readonly comment: string;
  readonly emptyLayer: boolean;
}

/** What an image's configuration says. Its bytes are kept elsewhere, untouched: their digest is the image's id. */
export interface ImageConfig {
  readonly platform: Platform;
  readonly config: ContainerConfig;
  readonly created?: Timestamp;
  readonly author: string;
  readonly comment: string;
  readonly dockerVersion: string;
  /** Base layer first. */
  readonly diffIds: readonly Digest[];
  readonly history: readonly ConfigHistory[];
}

const readMoment = (text: string): { readonly created?: Timestamp } => {
  const created = parseRfc3339(text);
  return created === undefined ? {} : { created };
};

const readDiffIds = (raw: RawImageConfig): readonly Digest[] =>
  (raw.rootfs?.diffIds ?? []).map((text) => {
    const digest = parseDigest(text);
    if (digest) return digest;
    throw new EngineError(
      'invalid-argument',
      `invalid image configuration: invalid diffID ${JSON.stringify(text)}`,
    );
  });

const parseJson = (bytes: Uint8Array): unknown => {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch (cause) {
    throw new EngineError('invalid-argument', 'invalid image configuration: not JSON', { cause });
  }
};

/** Reads a configuration, tolerant of what is missing. @throws invalid-argument for what is none */
export const parseImageConfig = (bytes: Uint8Array): ImageConfig => {
  const raw = decodeDocument(imageConfig, parseJson(bytes));
  return {
    platform: normalizePlatform({
      os: raw.os === '' ? 'linux' : raw.os,
      architecture: raw.architecture,
      ...(raw.variant === '' ? {} : { variant: raw.variant }),
      ...(raw.osVersion === '' ? {} : { osVersion: raw.osVersion }),
    }),
    config: raw.config ?? containerConfig.zero,
    ...readMoment(raw.created),
    author: raw.author,
    comment: raw.comment,
    dockerVersion: raw.dockerVersion,
    diffIds: readDiffIds(raw),
    history: (raw.history ?? []).map((entry) => ({
      ...readMoment(entry.created),
      createdBy: entry.createdBy,
      comment: entry.comment,
      emptyLayer: entry.emptyLayer,
    })),
  };
};
