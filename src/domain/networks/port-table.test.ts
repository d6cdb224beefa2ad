// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PortTable } from './port-table.ts';

test('a port is taken at its address, and at all addresses of its family', () => {
  const table = new PortTable();
  table.take('tcp', '127.0.0.1', 80);
  assert.equal(table.firstTaken('tcp', '127.0.0.1', 80), 80);
  assert.equal(table.firstTaken('tcp', '0.0.0.0', 80), 80);
  assert.equal(table.firstTaken('tcp', '10.0.0.1', 80), undefined);
  assert.equal(table.firstTaken('tcp', '::', 80), undefined);
  assert.equal(table.firstTaken('udp', '127.0.0.1', 80), undefined);
  table.take('tcp', '::', 80);
  assert.equal(table.firstTaken('tcp', '::1', 80), 80);
  table.release('tcp', '127.0.0.1', 80);
  assert.equal(table.firstTaken('tcp', '0.0.0.0', 80), undefined);
});

test('a port at all addresses is not one at a single address, though it is in the way there', () => {
  const table = new PortTable();
  table.take('tcp', '0.0.0.0', 80);
  assert.equal(table.firstTakenAt('tcp', '0.0.0.0', 70, 20), 80);
  assert.equal(table.firstTakenAt('tcp', '127.0.0.1', 80), undefined);
  assert.equal(table.firstTaken('tcp', '127.0.0.1', 80), 80);
});

test('of a range the first port that is taken is told, and a part of it can be released', () => {
  const table = new PortTable();
  table.take('tcp', '0.0.0.0', 100, 100);
  table.take('tcp', '10.0.0.1', 50, 10);
  assert.equal(table.firstTaken('tcp', '127.0.0.1', 40, 100), 100);
  assert.equal(table.firstTaken('tcp', '0.0.0.0', 40, 100), 50);
  assert.equal(table.firstTaken('tcp', '0.0.0.0', 60, 40), undefined);
  table.release('tcp', '0.0.0.0', 120, 10);
  assert.equal(table.firstTaken('tcp', '0.0.0.0', 120, 10), undefined);
  assert.equal(table.firstTaken('tcp', '0.0.0.0', 120, 11), 130);
  assert.equal(table.firstTaken('tcp', '0.0.0.0', 119), 119);
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
