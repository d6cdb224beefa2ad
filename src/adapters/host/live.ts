// SPDX-License-Identifier: Apache-2.0
import { readdirSync } from 'node:fs';
import { type HostFiles, hostFiles } from './files.ts';

/** What changes while the daemon runs; each call looks anew. */
export interface LiveHost {
  ipv4Forwarding(): boolean;
  /** Open file descriptors of this process. */
  openFiles(): number;
}

const OWN_DESCRIPTORS = '/proc/self/fd';

const countEntries = (directory: string): number => {
  try {
    // The directory itself is open while it is read.
    return Math.max(0, readdirSync(directory).length - 1);
  } catch {
    return 0;
  }
};

/** Looks at the machine as it is now. */
export const createLiveHost = (files: HostFiles = hostFiles): LiveHost => ({
  ipv4Forwarding: () => files.text('/proc/sys/net/ipv4/ip_forward')?.trim() === '1',
  openFiles: () => countEntries(OWN_DESCRIPTORS),
});
