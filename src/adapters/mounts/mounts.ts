// SPDX-License-Identifier: Apache-2.0
import type { Owner } from '../../spec/id-maps.ts';
import type { Mount } from '../../spec/mount.ts';

/** A root file system from outside: its read-only layers, top first. */
export interface LayeredRoot {
  readonly lowerDirectories: readonly string[];
}

/** From where to where an image's content is copied. */
export interface CopyUp {
  /** A directory of the image. */
  readonly path: string;
  /** A directory of the host. */
  readonly target: string;
  /** Nobody uses `target` or sees what is beside it: it is filled as a whole or, on a failure, stays empty. */
  readonly isOurs: boolean;
}

/** What is done with file systems that no container has mounted, and what is mounted on the host for a container. */
export interface Mounts {
  /**
   * Copies what the layers together have in the directory `path` into the directory `target`, with owners, modes, times, links,
   * extended attributes, devices and holes; `target` itself gets those of `path`. Symbolic links of the image never lead out of
   * it. False, and nothing is done, when there is no such directory or `target` is not empty. @throws insufficient-storage; internal, also for a file at `path`
   */
  copyUp(root: LayeredRoot, request: CopyUp): Promise<boolean>;
  /** Whether the layers together have anything at `path`: what `copyUp` would copy from, or refuse. */
  hasDirectory(root: LayeredRoot, path: string): boolean;
  /**
   * Mounts an empty file system of at most `size` bytes in memory, where everyone may write; `target` is made. It is the
   * host's root's without `owner`.
   */
  mountMemory(target: string, size: number, owner?: Owner): void;
  /**
   * Mounts what the directory `root` has at `path`, and what is mounted below it. Links and `..` in `path` never lead out
   * of `root`. `target` is made. @throws not-found when there is no such path
   */
  mountInside(root: string, path: string, target: string): void;
  /** The same for the file system that `layers` describe (a snapshot's mounts), which can't be written to. @throws not-found */
  mountLayers(layers: readonly Mount[], path: string, target: string): void;
  /** Where something is mounted at or below `directory`, the latest first. */
  places(directory: string): readonly string[];
  /** Takes away what is mounted at or below `directory`, and the mount points. What is in use goes when its user does. */
  release(directory: string): void;
  /** @throws internal in Docker's words when nothing is at `path` */
  checkThere(path: string): void;
  /** Whether the host lets mounts at `path` be seen elsewhere; a slave sees those of its master. @throws not-found */
  propagation(path: string): MountPropagation;
}

/** How the mount that `path` lies on takes part in what happens at other places. */
export interface MountPropagation {
  /** Where that mount stands. */
  readonly mountPoint: string;
  readonly shared: boolean;
  readonly slave: boolean;
}

/** What is to stand at a volume's place. */
export interface VolumeMount {
  /** A device, a path to bind, an export of a server, or any word for file systems without a source. */
  readonly device: string;
  /** The kernel's name of the file system; `none` for binds. */
  readonly type: string;
  /** Comma-separated, as mount(8) takes them. */
  readonly options: string;
  readonly target: string;
}

/** Mounts of volumes on the host. */
export interface VolumeMounts {
  /** @throws in Docker's words: `failed to mount local volume: mount /dev/x:/target, flags: 0x1, data: a=b: no such device`; passwords are not shown */
  attach(request: VolumeMount): Promise<void>;
  /**
   * Takes away all that is mounted at `target`; nothing there is no error. What is in use goes when its user does. Gives the places
   * below `target` where something is mounted still: by somebody else.
   */
  detach(target: string): readonly string[];
  isMounted(target: string): boolean;
  /**
   * Copies all that is in the directory `source` into the empty directory `target`, which gets its attributes: owners, modes, times,
   * links, extended attributes, devices and holes. Blocks are shared where the file system can. Somebody may write to `source`
   * meanwhile; no link leads out of it. What was copied before a failure stays. @throws insufficient-storage, internal, cancelled
   */
  copyFiles(source: string, target: string, signal: AbortSignal): Promise<void>;
}
