// SPDX-License-Identifier: Apache-2.0
import { formatRfc3339Nano, type Timestamp } from '../../base/time.ts';
import { type ContainerConfig, containerConfig } from '../../spec/container-config.ts';
import type { Digest } from '../../spec/digest.ts';

/** What a commit adds to the image beneath. */
export interface ChildImage {
  readonly created: Timestamp;
  readonly author: string;
  readonly comment: string;
  /** How the layer was made, as `docker history` shows it. */
  readonly createdBy: string;
  /** Absent when nothing was changed: then there is no layer. */
  readonly diffId?: Digest;
  readonly config: ContainerConfig;
  readonly container: { readonly id: string; readonly config: ContainerConfig };
  /** The engine's version. */
  readonly version: string;
  readonly platform: { readonly os: string; readonly architecture: string };
}

type Json = Readonly<Record<string, unknown>>;

const read = (bytes: Uint8Array | undefined): Json =>
  bytes === undefined ? {} : (JSON.parse(Buffer.from(bytes).toString('utf8')) as Json);

const listOf = (json: unknown): readonly unknown[] => (Array.isArray(json) ? json : []);

/** What of the parent's configuration is as true of its child. */
const inherited = (parent: Json): Json =>
  Object.fromEntries(
    ['architecture', 'variant', 'os', 'os.version', 'os.features']
      .filter((key) => parent[key] !== undefined)
      .map((key) => [key, parent[key]]),
  );

/** The configuration of an image made from `parent` (its configuration's bytes; absent: from nothing). Its bytes' digest is the image's id. */
export const encodeChildConfig = (parent: Uint8Array | undefined, child: ChildImage): Uint8Array => {
  const base = read(parent);
  const { author, comment, createdBy, diffId, container } = child;
  const created = formatRfc3339Nano(child.created);
  const step = {
    created,
    ...(author === '' ? {} : { author }),
    created_by: createdBy,
    ...(comment === '' ? {} : { comment }),
    ...(diffId === undefined ? { empty_layer: true } : {}),
  };
  const diffIds = listOf((base['rootfs'] as Json | undefined)?.['diff_ids']);
  const image = {
    architecture: child.platform.architecture,
    os: child.platform.os,
    ...inherited(base),
    config: containerConfig.encode(child.config),
    container: container.id,
    container_config: containerConfig.encode(container.config),
    created,
    docker_version: child.version,
    ...(author === '' ? {} : { author }),
    ...(comment === '' ? {} : { comment }),
    history: [...listOf(base['history']), step],
    rootfs: { type: 'layers', diff_ids: diffId === undefined ? diffIds : [...diffIds, diffId] },
  };
  return Buffer.from(JSON.stringify(image));
};
