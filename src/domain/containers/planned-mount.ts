// SPDX-License-Identifier: Apache-2.0
import { posix } from 'node:path';
import type { MountPoint } from './container.ts';

/** A mount point before its volume exists. */
export interface PlannedMount extends MountPoint {
  /** A volume to make with a name of its own. */
  readonly anonymous: boolean;
  /** The image's content at the destination is copied into a new, empty volume. */
  readonly copyUp: boolean;
  readonly volumeLabels?: Readonly<Record<string, string>>;
  readonly volumeOptions?: Readonly<Record<string, string>>;
}

/** `path` without `.`, `..`, doubled and trailing slashes. */
export const cleanPath = (path: string): string => posix.normalize(path).replace(/(?<=.)\/+$/, '');
