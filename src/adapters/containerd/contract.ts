// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { contentContract } from './content-contract.ts';
import type { ContractSubject } from './contract-subject.ts';
import { recordsContract } from './records-contract.ts';
import { snapshotsContract } from './snapshots-contract.ts';
import { tasksContract } from './tasks-contract.ts';

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
