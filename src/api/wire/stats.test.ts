// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sampleContainer } from '../../../test/support/sample-container.ts';
import type { Timestamp } from '../../base/time.ts';
import type { Sample } from '../../domain/containers/index.ts';
import { statsBody } from './stats.ts';

const container = sampleContainer({ container: { name: 'x' } });

const sample = (usage: Partial<Sample['usage']>): Sample => ({
  read: 0n as Timestamp,
  usage: {
    version: '2',
    cpu: { total: 1, kernel: 0, user: 0, periods: 0, throttledPeriods: 0, throttledTime: 0 },
    ...usage,
  },
  machine: { cpuTime: 7, processors: 2 },
  machineMemory: 1000,
  interfaces: new Map(),
});

const bodyOf = (usage: Partial<Sample['usage']>) =>
  JSON.stringify(statsBody({ container, current: sample(usage) }));

test('without a limit, or with one above it, memory is limited by the machine', () => {
  const memory = { usage: 5, failures: 0, stats: new Map() };
  assert.match(bodyOf({ memory }), /"usage":5,"stats":{.*},"limit":1000}/);
  assert.match(bodyOf({ memory: { ...memory, limit: 2000 } }), /"limit":1000}/);
  assert.match(bodyOf({ memory: { ...memory, limit: 64, failures: 3 } }), /"failcnt":3,"limit":64}/);
});

test('v2 tells one list of block I/O, v1 all of them', () => {
  const blockIo = { serviceBytes: [{ major: 8, minor: 0, op: 'read', value: 4 }] };
  const first = '"io_service_bytes_recursive":[{"major":8,"minor":0,"op":"read","value":4}]';
  assert.ok(bodyOf({ blockIo }).includes(`${first},"io_serviced_recursive":null`));
  assert.ok(bodyOf({ blockIo, version: '1' }).includes(`${first},"io_serviced_recursive":[]`));
});

test('counts beyond what a number holds keep their digits', () => {
  const stats = new Map([['hierarchical_memory_limit', 9_223_372_036_854_771_712n]]);
  const body = bodyOf({ version: '1', memory: { usage: 1, failures: 0, stats } });
  assert.match(body, /"hierarchical_memory_limit":9223372036854771712,/);
});

test('what does not run has zeros and no lists', () => {
  const body = JSON.parse(JSON.stringify(statsBody({ container }))) as Record<string, unknown>;
  assert.deepEqual(body['pids_stats'], {});
  assert.deepEqual(body['memory_stats'], {});
  assert.equal(body['read'], '0001-01-01T00:00:00Z');
  assert.equal('networks' in body, false);
  assert.equal('system_cpu_usage' in (body['cpu_stats'] as object), false);
});
