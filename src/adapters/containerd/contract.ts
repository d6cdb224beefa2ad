// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Mount } from '../../spec/mount.ts';
import type { Containerd } from './containerd.ts';
import { contentContract } from './content-contract.ts';
import { recordsContract } from './records-contract.ts';
import { snapshotsContract } from './snapshots-contract.ts';
import { tasksContract } from './tasks-contract.ts';

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

/** What every implementation of `Containerd` keeps: the fake in unit tests, containerd in integration tests. */
export const containerdContract = (name: string, subject: () => ContractSubject): void => {
  void test(`${name}: it tells its version and its plugins, and the namespace is made once or twice`, async () => {
    const { version } = await subject().version();
    assert.match(version, /^\d+\.\d+/);
    assert.ok((await subject().plugins()).some(({ id, error }) => id === 'overlayfs' && error === undefined));
    await subject().ensureNamespace();
    await subject().ensureNamespace();
  });
  contentContract(name, subject);
  snapshotsContract(name, subject);
  recordsContract(name, subject);
  tasksContract(name, subject);
};
