// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseSecurityOptions } from './security-options.ts';

test('every known option is read', () => {
  assert.deepEqual(
    parseSecurityOptions([
      'no-new-privileges:true',
      'seccomp={"a":1}',
      'apparmor=p',
      'label=disable',
      'writable-cgroups=false',
    ]),
    {
      noNewPrivileges: true,
      seccomp: '{"a":1}',
      apparmor: 'p',
      labels: ['disable'],
      writableCgroups: false,
    },
  );
});

test('an option without a value and an unknown one are told apart', () => {
  assert.throws(() => parseSecurityOptions(['zz']), /invalid --security-opt 1: "zz"/);
  assert.throws(() => parseSecurityOptions(['zz=1']), /invalid --security-opt 2: "zz=1"/);
  assert.throws(() => parseSecurityOptions(['no-new-privileges=x']), /invalid --security-opt 2/);
});
