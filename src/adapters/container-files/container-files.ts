// SPDX-License-Identifier: Apache-2.0
import type { TarPart } from '../../spec/tar/read.ts';
import type { IdMaps } from '../../spec/id-maps.ts';
import type { Mount } from '../../spec/mount.ts';
import type { Timestamp } from '../../base/time.ts';

/** A directory or file of the host that stands at a place in the container. */
export interface PlacedMount {
  readonly source: string;
  /** Absolute, in the container. Made when it is missing. */
  readonly destination: string;
  readonly readOnly: boolean;
  /** With what is mounted below the source. */
  readonly recursive: boolean;
}

/** What a view shows: the root file system, and what is mounted over it. */
export interface ViewPlan {
  /** The snapshot's mounts, as the runtime gets them. */
  readonly rootfs: readonly Mount[];
  readonly upperDirectory?: string;
  readonly workDirectory?: string;
  /** Parents before children. A source that is not there is left out. */
  readonly mounts: readonly PlacedMount[];
  /** The container's user namespace: what is made belongs to those whom the archive's owners, and root, are on the host. */
  readonly idMaps?: IdMaps;
}

/** What lstat(2) tells of a file. */
export interface FileStat {
  readonly size: number;
  /** `st_mode`: kind and permission bits. */
  readonly mode: number;
  readonly modifiedAt: Timestamp;
}

export interface PackRequest {
  /** What to pack: a file, or a directory with all below it. */
  readonly path: string;
  /** Name of the topmost entry without a final slash; names below begin with it and a slash. Absent: no such entry, and bare names. */
  readonly name?: string;
  /** Names the owners as the container's user namespace does, not as the host. */
  readonly mapped?: boolean;
  /** With all extended attributes and times to the nanosecond, which Docker's archives leave out; for a `path` of `/`. */
  readonly exact?: boolean;
}

export interface UnpackRequest {
  /** Directory in the container to unpack into. */
  readonly directory: string;
  /** Owner of all that is unpacked, in the container's ids; absent: as the archive says. */
  readonly owner?: { readonly uid: number; readonly gid: number };
  /** A directory is not replaced by another kind of file, nor the other way round. */
  readonly keepKinds: boolean;
  /** The directory itself gets the attributes of the archive's topmost one (`.`). */
  readonly withTop?: boolean;
}

/**
 * The files of one container, seen from inside: absolute symbolic links and `..` stay within. Errors are in Go's words
 * (`lstat /a/f/: not a directory`); `not-found` is ENOENT, nearly all others are `internal`.
 */
export interface FileView extends Disposable {
  /** Of a link itself, unless `path` ends in a slash or a dot. */
  stat(path: string): FileStat;
  /** `path` with all links followed. What is missing is kept as it is written, or refused. */
  followLinks(path: string, missing: 'kept' | 'refused'): string;
  /** A tar stream. Breaking off its iteration frees what it holds. */
  pack(request: PackRequest): AsyncIterable<Uint8Array>;
  /** Makes what the archive says. What was unpacked before an error stays. */
  unpack(parts: AsyncIterable<TarPart>, request: UnpackRequest): Promise<void>;
}

/** Where a container's own changes and the layers beneath them lie. */
export interface LayerPlan {
  /** overlayfs's upper directory, or the whole file system when nothing lies beneath. */
  readonly upperDirectory: string;
  /** Topmost first. */
  readonly lowerDirectories: readonly string[];
  /** The user namespace whose owners the files have on the host: the layer names them as the container does. */
  readonly idMaps?: IdMaps;
}

/** Opens containers' files, running or not. */
export interface ContainerFiles {
  /** Nothing stays mounted in the host's tree: the view lives as long as it is not disposed of, and no longer than this process. */
  open(plan: ViewPlan): FileView;
  /** A directory of the host and all below it, by itself. `idMaps` as in `ViewPlan`. @throws not-found */
  openDirectory(path: string, idMaps?: IdMaps): FileView;
  /** A container's own changes as a layer of an image, running or not: a tar stream. Its pieces are used again: who keeps one past the next copies it. */
  packLayer(plan: LayerPlan): AsyncIterable<Uint8Array>;
  /** At boot: takes away what a crash in the midst of `open` left mounted. */
  sweep(): void;
}
