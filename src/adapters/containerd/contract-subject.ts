// SPDX-License-Identifier: Apache-2.0
import type { Mount } from '../../spec/mount.ts';
import type { Containerd } from './containerd.ts';

/** A containerd to be held to the contract, and what its tasks need to run. */
export interface ContractSubject extends Containerd {
  /** A lease under which blobs and snapshots are made: no collection may run into a test. */
  readonly lease: string;
  /** An empty folder for named pipes. */
  readonly folder: string;
  /** A root file system with busybox at /bin/sh, /bin/cat and /bin/sleep. */
  readonly rootfs: readonly Mount[];
  /** An OCI runtime spec for a container of that id. */
  spec(id: string, args: readonly string[]): object;
  /** An OCI runtime-spec `Process`. */
  process(args: readonly string[]): object;
}
