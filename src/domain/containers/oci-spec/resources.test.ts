// SPDX-License-Identifier: Apache-2.0
import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import { sampleHost, sampleSpecInput } from '../../../../test/support/sample-container.ts';
import { type HostConfig, hostConfig } from '../../../spec/host-config.ts';
import type { DeviceNode } from './oci-spec.ts';
import { blockIO } from './block-io.ts';
import { resourceShares } from './resources.ts';

const asked = (changes: Partial<HostConfig>): HostConfig => ({ ...hostConfig.zero, ...changes });

const V2 = sampleHost({ cgroupVersion: '2' });

test('memory and swap together go to the runtime on either kind of cgroups: it converts them', () => {
  const limits = asked({ memory: 64, memorySwap: 128, memoryReservation: 32 });
  for (const host of [sampleHost(), V2])
    deepEqual(resourceShares(limits, host), { memory: { limit: 64, reservation: 32, swap: 128 } });
  equal(resourceShares(asked({ memory: 64, memorySwap: -1 }), V2).memory?.swap, -1);
});

test('a machine that does not count swap is not asked to limit it', () => {
  const host = sampleHost({ swapAccounting: false });
  deepEqual(resourceShares(asked({ memory: 64, memorySwap: 128 }), host), { memory: { limit: 64 } });
});

test('the killer of processes stays on where cgroups have no switch for it', () => {
  deepEqual(resourceShares(asked({ oomKillDisable: true }), V2), {});
  deepEqual(resourceShares(asked({ oomKillDisable: true }), sampleHost()), {
    memory: { disableOOMKiller: true },
  });
});

test('processors are shares, a quota in a period, and sets', () => {
  deepEqual(resourceShares(asked({ nanoCpus: 1_500_000_000, cpusetCpus: '0', cpusetMems: '0' }), V2).cpu, {
    period: 100_000,
    quota: 150_000,
    cpus: '0',
    mems: '0',
  });
  deepEqual(resourceShares(asked({ cpuShares: 512, cpuQuota: -1 }), V2).cpu, { shares: 512, quota: -1 });
});

test('no limit of processes is -1 for the runtime', () => {
  deepEqual(resourceShares(asked({ pidsLimit: 0 }), V2).pids, { limit: -1 });
  deepEqual(resourceShares(asked({ pidsLimit: 9 }), V2).pids, { limit: 9 });
  equal(resourceShares(asked({}), V2).pids, undefined);
});

test('weights and rates of devices go by their numbers', () => {
  const disk: DeviceNode = { type: 'b', major: 8, minor: 16, mode: 0o660, uid: 0, gid: 6 };
  const changes = {
    blkioWeight: 300,
    blkioWeightDevice: [{ path: '/dev/sdb', weight: 400 }],
    blkioDeviceReadBps: [{ path: '/dev/sdb', rate: 1 }],
    blkioDeviceWriteBps: [{ path: '/dev/sdb', rate: 2 }],
    blkioDeviceReadIOps: [{ path: '/dev/sdb', rate: 3 }],
    blkioDeviceWriteIOps: [{ path: '/dev/sdb', rate: 4 }],
  };
  const devices = { nodes: [], byPath: new Map([['/dev/sdb', disk]]) };
  const numbers = { major: 8, minor: 16 };
  deepEqual(blockIO(sampleSpecInput({ hostConfig: changes }, { host: V2, devices })), {
    weight: 300,
    weightDevice: [{ ...numbers, weight: 400 }],
    throttleReadBpsDevice: [{ ...numbers, rate: 1 }],
    throttleWriteBpsDevice: [{ ...numbers, rate: 2 }],
    throttleReadIOPSDevice: [{ ...numbers, rate: 3 }],
    throttleWriteIOPSDevice: [{ ...numbers, rate: 4 }],
  });
});
