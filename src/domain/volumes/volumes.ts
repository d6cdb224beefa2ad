// SPDX-License-Identifier: Apache-2.0
import type { ContainerId } from '../../base/ids.ts';
import type { VolumeHolder } from './volume-holder.ts';
import type { Timestamp } from '../../base/time.ts';
import type { Filters } from '../../spec/filters.ts';

export interface Volume {
  readonly name: string;
  readonly driver: string;
  /** Empty where a plugin tells it only of a volume that is mounted. */
  readonly mountpoint: string;
  readonly created: Timestamp;
  readonly labels?: Readonly<Record<string, string>>;
  readonly options?: Readonly<Record<string, string>>;
  readonly anonymous: boolean;
  /** Of a driver that makes its volumes known to all hosts; absent for `local`. */
  readonly scope?: 'global';
  /**
   * The container that an anonymous volume was made for and goes with. One whose container is not there was left by a
   * crash, in the middle of its creation or of the removal of both.
   */
  readonly createdFor?: ContainerId;
}

/** A volume with what its driver says of it, in the driver's own words. */
export interface VolumeDetails extends Volume {
  readonly status?: Readonly<Record<string, unknown>>;
}

export interface VolumeRequest {
  readonly name?: string;
  readonly driver?: string;
  readonly options?: Readonly<Record<string, string>>;
  readonly labels?: Readonly<Record<string, string>>;
  readonly createdFor?: ContainerId;
}

/** What a prune removed: names, and bytes. */
export interface VolumePruneReport {
  readonly deleted: readonly string[];
  readonly reclaimed: number;
}

/** How much disk a volume takes (bytes), and how many containers have it. */
export interface VolumeUsage {
  readonly volume: Volume;
  readonly size: number;
  readonly references: number;
}

/** The files of a volume as a tar stream. Whoever has it disposes of it, read or not. */
export interface VolumeArchive extends AsyncDisposable {
  readonly content: AsyncIterable<Uint8Array>;
}

export interface VolumeImport {
  /** A tar stream, as it is or packed (gzip, bzip2, xz, zstd). */
  readonly content: AsyncIterable<Uint8Array>;
  /** The volume is there, and its files are replaced. Otherwise it must not be there. */
  readonly replace: boolean;
  /** Of a new volume. */
  readonly labels?: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

export interface VolumeClone {
  readonly newName: string;
  /** Those of the volume that is cloned, when absent. */
  readonly labels?: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/** Named and anonymous volumes of the `local` driver and of volume plugins, and who has and who uses them. */
export interface Volumes {
  /** What is on record, without asking any driver. */
  list(): readonly Volume[];
  /** @throws not-found `get x: no such volume` */
  get(name: string): Volume;
  /** As on record, with what the driver adds; also a volume that only a driver knows of. @throws not-found */
  inspect(name: string): Promise<VolumeDetails>;
  /** What the filters let through, volumes that only a driver knows of included; drivers that fail give warnings. @throws invalid-argument */
  search(
    filters: Filters,
  ): Promise<{ readonly volumes: readonly Volume[]; readonly warnings: readonly string[] }>;
  /**
   * An existing volume of the same driver is given back. An absent name makes an anonymous one. `whenMade` is called before anybody
   * can remove the volume: the moment to hold it.
   */
  create(request: VolumeRequest, whenMade?: (volume: Volume) => void): Promise<Volume>;
  /** @throws conflict while held; not-found unless `force` */
  delete(name: string, options: { readonly force: boolean }): Promise<void>;
  /** Also of a volume in use: its containers have it by the new name. @throws invalid-argument, conflict, not-found, not-implemented */
  rename(name: string, newName: string): Promise<Volume>;
  /** Also of a volume in use. It can't be removed meanwhile. @throws not-found, internal */
  export(name: string): Promise<VolumeArchive>;
  /** All of it or nothing. @throws invalid-argument, conflict, not-found, insufficient-storage, cancelled */
  import(name: string, request: VolumeImport): Promise<Volume>;
  /** All of it or nothing; also of a volume in use. @throws invalid-argument, conflict, not-found, insufficient-storage, cancelled */
  clone(name: string, request: VolumeClone): Promise<Volume>;
  /** Removes local volumes without options that no container has: anonymous ones, or all. @throws invalid-argument; conflict during another one */
  prune(filters: Filters, options: { readonly all: boolean }): Promise<VolumePruneReport>;
  /** Of local volumes without options: others lie on disks that are not ours to measure. */
  usage(): Promise<readonly VolumeUsage[]>;
  /** From now on the volume stays when the container goes that it was made for. */
  keep(name: string): Promise<void>;
  /** While held, a volume can't be removed. Its holder is told of a new name. */
  hold(name: string, holder: VolumeHolder): Disposable;
  holders(name: string): readonly ContainerId[];
  /** Whether a volume is a directory of the engine's own, without options. */
  isPlain(name: string): boolean;
  /** Whether a volume has no files before it is mounted. */
  needsMount(name: string): boolean;
  /** Makes a volume usable on this host and gives its path; mounted when the first `user` comes. @throws internal in Docker's words */
  mount(name: string, user: string): Promise<string>;
  /** Ends the use; unmounted when the last user goes. One that does not use it is no error. */
  unmount(name: string, user: string): Promise<void>;
  /** Takes over a use that began before this daemon did. */
  adopt(name: string, user: string): Promise<void>;
  /** Where the volume is now: mounted, or as on record. */
  pathOf(name: string): string;
  /** Unmounts what nobody uses: what a crash left. */
  sweep(): Promise<void>;
}
