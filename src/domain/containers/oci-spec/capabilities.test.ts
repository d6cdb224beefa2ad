// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isKind } from '../../../base/errors.ts';
import { boundingCapabilities, checkCapabilities, processCapabilities } from './capabilities.ts';
import { CAPABILITIES, capabilitiesOfMask, DEFAULT_CAPABILITIES } from './capability-names.ts';

const bounding = (capAdd: string[], capDrop: string[]): readonly string[] =>
  boundingCapabilities({ capAdd, capDrop, privileged: false }, CAPABILITIES);

test('a container that asks for nothing gets the fourteen defaults', () => {
  assert.deepEqual(bounding([], []), DEFAULT_CAPABILITIES);
  assert.equal(DEFAULT_CAPABILITIES.length, 14);
});

test('names are taken in any case, with and without their prefix', () => {
  const caps = bounding(['net_admin', 'CAP_SYS_TIME'], ['Chown']);
  assert.ok(caps.includes('CAP_NET_ADMIN') && caps.includes('CAP_SYS_TIME') && !caps.includes('CAP_CHOWN'));
});

test('all dropped leaves what is added, all added leaves out what is dropped', () => {
  assert.deepEqual(bounding(['KILL'], ['ALL']), ['CAP_KILL']);
  assert.equal(bounding(['ALL'], ['KILL']).length, CAPABILITIES.length - 1);
});

test('privileged means what the daemon holds', () => {
  const caps = boundingCapabilities({ privileged: true, capDrop: ['ALL'] }, ['CAP_KILL']);
  assert.deepEqual(caps, ['CAP_KILL']);
});

test('only root starts with its capabilities effective', () => {
  assert.deepEqual(processCapabilities(['CAP_KILL'], 0).effective, ['CAP_KILL']);
  assert.deepEqual(processCapabilities(['CAP_KILL'], 5), {
    bounding: ['CAP_KILL'],
    effective: [],
    permitted: [],
  });
});

test('an unknown capability and one that is not to be had are refused in Docker’s words', () => {
  assert.throws(
    () => checkCapabilities({ capAdd: ['x'] }, CAPABILITIES),
    (error) =>
      isKind(error, 'invalid-argument') && error.message === 'invalid CapAdd: unknown capability: "CAP_X"',
  );
  assert.throws(
    () => checkCapabilities({ capDrop: ['BPF'] }, ['CAP_KILL']),
    /^EngineError: invalid CapDrop: capability not supported by your kernel or not available in the current environment: "CAP_BPF"$/,
  );
});

test('a mask of the kernel is read bit by bit', () => {
  assert.deepEqual(capabilitiesOfMask('0000000000000021\n'), ['CAP_CHOWN', 'CAP_KILL']);
  assert.equal(capabilitiesOfMask('1ffffffffff').length, 41);
});
