// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PortTable } from './port-table.ts';

const firstOf = (
  table: PortTable,
  ...place: readonly ['tcp' | 'udp', string, number, number?]
): string | undefined => {
  const taken = table.firstTaken(...place);
  return taken && `${taken.address} ${taken.port}`;
};

test('a port is taken at its address, and at all addresses of its family', () => {
  const table = new PortTable();
  table.take('tcp', '127.0.0.1', 80);
  assert.equal(firstOf(table, 'tcp', '127.0.0.1', 80), '127.0.0.1 80');
  assert.equal(firstOf(table, 'tcp', '0.0.0.0', 80), '127.0.0.1 80');
  assert.equal(firstOf(table, 'tcp', '10.0.0.1', 80), undefined);
  assert.equal(firstOf(table, 'tcp', '::', 80), undefined);
  assert.equal(firstOf(table, 'udp', '127.0.0.1', 80), undefined);
  table.take('tcp', '::', 80);
  assert.equal(firstOf(table, 'tcp', '::1', 80), ':: 80');
  table.release('tcp', '127.0.0.1', 80);
  assert.equal(firstOf(table, 'tcp', '0.0.0.0', 80), undefined);
});

test('of a range the first port that is taken is told, and a part of it can be released', () => {
  const table = new PortTable();
  table.take('tcp', '0.0.0.0', 100, 100);
  table.take('tcp', '10.0.0.1', 50, 10);
  assert.equal(firstOf(table, 'tcp', '127.0.0.1', 40, 100), '0.0.0.0 100');
  assert.equal(firstOf(table, 'tcp', '0.0.0.0', 40, 100), '10.0.0.1 50');
  assert.equal(firstOf(table, 'tcp', '0.0.0.0', 60, 40), undefined);
  table.release('tcp', '0.0.0.0', 120, 10);
  assert.equal(firstOf(table, 'tcp', '0.0.0.0', 120, 10), undefined);
  assert.equal(firstOf(table, 'tcp', '0.0.0.0', 120, 11), '0.0.0.0 130');
  assert.equal(firstOf(table, 'tcp', '0.0.0.0', 119), '0.0.0.0 119');
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
