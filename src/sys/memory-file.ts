// SPDX-License-Identifier: Apache-2.0
import { closeSync, writeSync } from 'node:fs';
import { checked } from './errno.ts';
import { declare } from './libc.ts';

/** Of `<sys/mman.h>`. */
const MFD_CLOEXEC = 1;
const MFD_ALLOW_SEALING = 2;
/** Of `<fcntl.h>`: `F_ADD_SEALS`, and the seals against writing, growing, shrinking and more seals. */
const F_ADD_SEALS = 1033;
const ALL_SEALS = 0xf;

const memfdCreate = declare<(name: string, flags: number) => number>(
  'int memfd_create(const char *name, unsigned int flags)',
);
const addSeals = declare<(fd: number, command: number, seals: number) => number>(
  'int fcntl(int fd, int command, int seals)',
);

/** A file in memory that holds `bytes` and can't change any more. Gives its descriptor, which the caller closes. */
export const sealedMemoryFile = (name: string, bytes: Uint8Array): number => {
  const fd = checked(memfdCreate(name, MFD_CLOEXEC | MFD_ALLOW_SEALING), 'memfd_create');
  try {
    for (let written = 0; written < bytes.length;) written += writeSync(fd, bytes, written);
    checked(addSeals(fd, F_ADD_SEALS, ALL_SEALS), 'fcntl');
    return fd;
  } catch (error) {
    closeSync(fd);
    throw error;
  }
};
