// SPDX-License-Identifier: Apache-2.0
import { equal, throws } from 'node:assert/strict';
import { test } from 'node:test';
import { readCdiSpec } from './cdi.ts';

const DOCUMENT = {
  cdiVersion: '0.6.0',
  kind: 'vendor.com/net',
  devices: [{ name: 'one', containerEdits: { env: ['A=b'] } }],
};

test('a document tells its devices', () => {
  equal(readCdiSpec(DOCUMENT).devices?.[0]?.containerEdits.env?.[0], 'A=b');
});

test('what the specification does not allow is refused', () => {
  const refused = (change: object, why: RegExp): void =>
    throws(() => readCdiSpec({ ...DOCUMENT, ...change }), why);
  refused({ cdiVersion: '9' }, /invalid version "9"/);
  refused({ kind: 'vendor' }, /invalid kind "vendor"/);
  refused({ devices: [] }, /invalid spec, no devices/);
  refused({ devices: [{ name: 'a' }, { name: 'a' }] }, /multiple device "a"/);
  refused({ devices: [{ name: 'a b' }] }, /invalid device name "a b"/);
  refused({ containerEdits: { env: ['A'] } }, /invalid environment variable "A"/);
  refused({ containerEdits: { hooks: [{ hookName: 'x', path: '/y' }] } }, /invalid hook name "x"/);
  refused({ containerEdits: { deviceNodes: [{ path: '/dev/x', type: 'z' }] } }, /invalid type z/);
  refused({ containerEdits: { mounts: [{ hostPath: '/x' }] } }, /invalid mount/);
});
