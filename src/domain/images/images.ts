// SPDX-License-Identifier: Apache-2.0
import type { ContainerId } from '../../base/ids.ts';
import type { ContainerConfig } from '../../spec/container-config.ts';
import type { ImageId } from '../../spec/digest.ts';
import type { Mount } from '../../spec/mount.ts';
import type { Platform } from '../../spec/platform.ts';
import type { Image } from './image.ts';

/** Credentials for one registry; never logged, never in events. */
export interface RegistryAuth {
  readonly username?: string;
  readonly password?: string;
  readonly identityToken?: string;
  readonly registryToken?: string;
  readonly serverAddress?: string;
}

/** One line of a pull or load, in the terms of the CLI's progress display. */
export interface Progress {
  readonly status?: string;
  /** A line of output as `docker load` prints it. */
  readonly stream?: string;
  /** The layer, 12 hex digits, or what the line is about. */
  readonly id?: string;
  /** Present, perhaps empty, for lines that update in place. */
  readonly detail?: { readonly current?: number; readonly total?: number };
}

export interface PullRequest {
  /** As the client wrote it, tag or digest included when given. */
  readonly reference: string;
  /** Every tag of the repository: an API pull without a tag. */
  readonly allTags: boolean;
  readonly platform?: Platform;
  readonly auth?: RegistryAuth;
  /** `X-Meta-*` headers of the request, passed on. */
  readonly metaHeaders: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

export type DeletedImage = { readonly untagged: string } | { readonly deleted: string };

export interface ImageListQuery {
  readonly all: boolean;
  /** Values by key: dangling, label, before, since, until, reference. Unknown keys are refused. */
  readonly filters: Readonly<Record<string, readonly string[]>>;
}

/** Who uses an image: a container, running or not. */
export interface ImageHolder {
  readonly container: ContainerId;
  /** Asked at the moment of a removal. */
  isRunning(): boolean;
}

/** The writable file system of one container: a snapshot over the image's layers. */
export interface Rootfs {
  readonly mounts: readonly Mount[];
  /** Directory of the container's own changes, when the snapshotter has one (overlayfs `upperdir`). */
  readonly upperDirectory?: string;
  /** The layers beneath, top first. */
  readonly lowerDirectories: readonly string[];
  readonly workDirectory?: string;
}

/** What becomes an image. */
export interface CommitRequest {
  /** The image whose layers lie beneath; empty for none. */
  readonly parent: ImageId;
  /** The changes as a tar stream of the layer format (OCI image-spec). Read once. */
  readonly layer: AsyncIterable<Uint8Array>;
  /** Called when the layer has been read. @throws when it can not be trusted to be whole */
  checkWhole(): void;
  readonly config: ContainerConfig;
  readonly container: { readonly id: ContainerId; readonly config: ContainerConfig };
  readonly author: string;
  readonly comment: string;
  /** How the layer was made, as `docker history` shows it. */
  readonly createdBy: string;
  readonly signal: AbortSignal;
}

export interface Images {
  /** From memory. @throws not-found `No such image: x:latest`; not-found when `platform` does not match */
  resolve(reference: string, platform?: Platform): Image;
  find(id: ImageId): Image | undefined;
  /** Newest first. @throws invalid-argument for an unknown filter */
  list(query: ImageListQuery): readonly Image[];
  readonly count: number;
  /** Progress until done; nothing has been yielded yet when the registry refuses. Ends early when `signal` aborts and nobody else waits for the same. */
  pull(request: PullRequest): AsyncIterable<Progress>;
  /** Reads a docker archive or an OCI layout, as it is or compressed (gzip, zstd, xz, bzip2). */
  load(
    archive: AsyncIterable<Uint8Array>,
    options: { readonly quiet: boolean; readonly platform?: Platform; readonly signal: AbortSignal },
  ): AsyncIterable<Progress>;
  /** @throws not-found; invalid-argument for a bad target */
  tag(source: string, repository: string, tag: string): Promise<void>;
  /** Makes an image of what a container changed; without a name. @throws not-found when the image beneath is gone; insufficient-storage */
  commit(request: CommitRequest): Promise<ImageId>;
  delete(
    reference: string,
    options: { readonly force: boolean; readonly noPrune: boolean },
  ): Promise<readonly DeletedImage[]>;
  /** Says that a container uses the image, until disposed of. */
  hold(id: ImageId, holder: ImageHolder): Disposable;
  /** How many containers hold it. */
  holders(id: ImageId): number;

  /**
   * Makes the container's writable layer; its key is the container's id. Its files belong to ids of the daemon's user
   * namespace when there is one, unless the container is `unmapped`.
   */
  prepareRootfs(
    container: ContainerId,
    image: Image,
    options?: { readonly unmapped?: boolean },
  ): Promise<Rootfs>;
  /** @throws not-found */
  rootfs(container: ContainerId): Promise<Rootfs>;
  /** One that is gone is no error. */
  removeRootfs(container: ContainerId): Promise<void>;
  /** How to mount the image's file system for reading; good for as long as the image is held. Empty for one without layers. */
  viewLayers(image: Image, options?: { readonly unmapped?: boolean }): Promise<readonly Mount[]>;
  /** Bytes of the writable layer. */
  rootfsUsage(container: ContainerId): Promise<number>;
  /** Removes writable layers of containers that `isKnown` denies. Gives how many. */
  sweepRootfs(isKnown: (container: ContainerId) => boolean): Promise<number>;

  /** The store's name and its `/info` rows. */
  driverStatus(): Promise<{ readonly name: string; readonly status: readonly (readonly [string, string])[] }>;
}
