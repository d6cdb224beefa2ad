// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isKind } from '../../base/errors.ts';
import { hostConfig, type HostConfig } from '../../spec/host-config.ts';
import { mergeUpdate } from './merge-update.ts';

const config = (change: Partial<HostConfig>): HostConfig => ({ ...hostConfig.zero, ...change });

const MB = 1024 * 1024;

test('zero changes nothing, everything else does', () => {
  const present = config({ memory: 100 * MB, memorySwap: 200 * MB, cpuShares: 5, binds: ['/a:/b'] });
  const { hostConfig: next, live } = mergeUpdate(present, config({ cpuShares: 7, pidsLimit: -1 }));
  assert.deepEqual(next, { ...present, cpuShares: 7, pidsLimit: 0 });
  assert.deepEqual(live, config({ cpuShares: 7, pidsLimit: 0 }));
});

test('a memory limit above the swap limit that stays is refused', () => {
  const present = config({ memory: 100 * MB, memorySwap: 200 * MB });
  assert.throws(
    () => mergeUpdate(present, config({ memory: 300 * MB })),
    (error) => isKind(error, 'conflict') && /already set memoryswap limit/.test((error as Error).message),
  );
  assert.equal(
    mergeUpdate(present, config({ memory: 300 * MB, memorySwap: 600 * MB })).hostConfig.memory,
    300 * MB,
  );
});

test('the two ways to limit CPU time do not mix', () => {
  const faults = [
    [{ cpuPeriod: 1000 }, { nanoCpus: 1e9 }, 'Nano CPUs cannot be updated as CPU Period'],
    [{ cpuQuota: 1000 }, { nanoCpus: 1e9 }, 'Nano CPUs cannot be updated as CPU Quota'],
    [{ nanoCpus: 1e9 }, { cpuPeriod: 1000 }, 'CPU Period cannot be updated as NanoCPUs'],
    [{ nanoCpus: 1e9 }, { cpuQuota: 1000 }, 'CPU Quota cannot be updated as NanoCPUs'],
  ] as const;
  for (const [present, asked, why] of faults)
    assert.throws(() => mergeUpdate(config(present), config(asked)), new RegExp(why));
});

test('a container that removes itself keeps its restart policy', () => {
  const present = config({ autoRemove: true, restartPolicy: { name: 'no', maximumRetryCount: 0 } });
  const policy = (name: string): HostConfig => config({ restartPolicy: { name, maximumRetryCount: 0 } });
  assert.throws(() => mergeUpdate(present, policy('always')), /AutoRemove is enabled/);
  assert.equal(mergeUpdate(present, policy('no')).hostConfig.restartPolicy.name, 'no');
  assert.equal(
    mergeUpdate(config({ autoRemove: false }), policy('always')).hostConfig.restartPolicy.name,
    'always',
  );
});
