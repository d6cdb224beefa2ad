// SPDX-License-Identifier: Apache-2.0
import type { Timestamp } from '../../base/time.ts';
import type { Volume } from './volumes.ts';

/** A volume as its driver knows it. */
export interface DriverVolume {
  readonly name: string;
  readonly mountpoint: string;
  readonly created?: Timestamp;
  readonly status?: Readonly<Record<string, unknown>>;
}

/** Who asks for a mount, and whether nobody else uses the volume (any more). */
export interface VolumeUse {
  readonly user: string;
  readonly alone: boolean;
}

/** What makes volumes and mounts them: the engine's own `local` driver, or a plugin. */
export interface VolumeDriver {
  readonly name: string;
  readonly scope: 'local' | 'global';
  /** @throws invalid-argument for bad names and options; what the driver says */
  create(name: string, options: Readonly<Record<string, string>>): Promise<void>;
  /** What is left to do when the volume's directory is there and nobody sees it yet. */
  prepare?(volume: Volume): void;
  remove(volume: Volume): Promise<void>;
  /** Gives the path on this host. */
  mount(volume: Volume, use: VolumeUse): Promise<string>;
  unmount(volume: Volume, use: VolumeUse): Promise<void>;
  /** `undefined` when the driver does not know it. @throws unavailable when the driver can't be asked */
  find(name: string): Promise<DriverVolume | undefined>;
  list(): Promise<readonly DriverVolume[]>;
}

/** Drivers by their names. */
export interface VolumeDrivers {
  /** @throws not-found `error looking up volume plugin x: plugin "x" not found` */
  get(name: string): Promise<VolumeDriver>;
  /** Those that have been used or that can be found; one that does not answer gives a warning. */
  all(): Promise<{ readonly drivers: readonly VolumeDriver[]; readonly warnings: readonly string[] }>;
}
