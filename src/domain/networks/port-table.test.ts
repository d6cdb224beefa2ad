// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PortTable } from './port-table.ts';

test('a port is taken at its address, and at all addresses of its family', () => {
  const table = new PortTable();
  table.take('tcp', '127.0.0.1', 80);
  assert.equal(table.isTaken('tcp', '127.0.0.1', 80), true);
  assert.equal(table.isTaken('tcp', '0.0.0.0', 80), true);
  assert.equal(table.isTaken('tcp', '10.0.0.1', 80), false);
  assert.equal(table.isTaken('tcp', '::', 80), false);
  assert.equal(table.isTaken('udp', '127.0.0.1', 80), false);
  table.take('tcp', '::', 80);
  assert.equal(table.isTaken('tcp', '::1', 80), true);
  table.release('tcp', '127.0.0.1', 80);
  assert.equal(table.isTaken('tcp', '0.0.0.0', 80), false);
});

test('ephemeral ports go on after the last one and begin anew at the end, per protocol', () => {
  const table = new PortTable();
  assert.deepEqual([...table.ephemeral('tcp', 10, 12)], [10, 11, 12]);
  table.noteEphemeral('tcp', 10);
  assert.deepEqual([...table.ephemeral('tcp', 10, 12)], [11, 12, 10]);
  table.noteEphemeral('tcp', 12);
  assert.deepEqual([...table.ephemeral('tcp', 10, 12)], [10, 11, 12]);
  assert.deepEqual([...table.ephemeral('udp', 10, 12)], [10, 11, 12]);
});
