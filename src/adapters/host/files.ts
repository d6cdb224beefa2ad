// SPDX-License-Identifier: Apache-2.0
import { accessSync, readFileSync } from 'node:fs';

/** The host's small files as the probes read them: procfs, sysfs, /etc. */
export interface HostFiles {
  /** The text of the file; `undefined` when it is missing or cannot be read. */
  text(path: string): string | undefined;
  exists(path: string): boolean;
}

/** The files of the machine. */
export const hostFiles: HostFiles = {
  text: (path) => {
    try {
      return readFileSync(path, 'utf8');
    } catch {
      return undefined;
    }
  },
  exists: (path) => {
    try {
      accessSync(path);
      return true;
    } catch {
      return false;
    }
  },
};
