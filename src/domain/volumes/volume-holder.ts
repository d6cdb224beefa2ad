// SPDX-License-Identifier: Apache-2.0
import type { ContainerId } from '../../base/ids.ts';

/** What a container that has a volume is told when the volume gets another name. */
export interface VolumeRename {
  readonly from: string;
  readonly to: string;
  /** Where its data lay, and where they lie now. */
  readonly oldMountpoint: string;
  readonly mountpoint: string;
}

/** Somebody that has a volume. */
export interface VolumeHolder {
  readonly container: ContainerId;
  /** False while the container is being made: what it has is not written down yet. */
  isSettled(): boolean;
  /** Writes the new name down. Until then the old one is understood, too. */
  renamed(change: VolumeRename): Promise<void>;
}
