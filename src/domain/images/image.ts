// SPDX-License-Identifier: Apache-2.0
import type { Timestamp } from '../../base/time.ts';
import type { ContainerConfig } from '../../spec/container-config.ts';
import type { ChainId, Digest, ImageId } from '../../spec/digest.ts';
import type { Platform } from '../../spec/platform.ts';

export interface HistoryEntry {
  readonly created?: Timestamp;
  readonly createdBy: string;
  readonly comment: string;
  readonly emptyLayer: boolean;
  /** Bytes of the layer; 0 when empty. */
  readonly size: number;
}

/** An image that is held locally: what its configuration says and where its layers are. */
export interface Image {
  readonly id: ImageId;
  /** The image's configuration, in the container's terms (absent fields have their zero values). */
  readonly config: ContainerConfig;
  readonly platform: Platform;
  readonly created?: Timestamp;
  readonly author: string;
  readonly comment: string;
  readonly dockerVersion: string;
  readonly diffIds: readonly Digest[];
  /** Absent for an image without layers. */
  readonly chainId?: ChainId;
  readonly history: readonly HistoryEntry[];
  /** Unpacked bytes of all layers. */
  readonly size: number;
  /** Familiar names with tag, sorted: `busybox:latest`. */
  readonly repoTags: readonly string[];
  /** Familiar names with digest, sorted: `busybox@sha256:…`. */
  readonly repoDigests: readonly string[];
  /** The image it was made from here, by commit or build. */
  readonly parent?: ImageId;
  /** When a tag was last written here by `tag`, build, commit or import. */
  readonly lastTagged?: Timestamp;
  /** The manifest it came by, when known. */
  readonly manifest?: { readonly mediaType: string; readonly digest: Digest; readonly size: number };
}
