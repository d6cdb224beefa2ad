// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ALLOWED_SYSCALLS } from './allowed-syscalls.ts';
import { DEFAULT_SECCOMP_PROFILE } from './default-seccomp-profile.ts';
import type { HostFacts } from './oci-spec.ts';
import { resolveSeccomp, seccompFilter } from './seccomp.ts';

const at = (capabilities: string[], architecture = 'amd64') =>
  resolveSeccomp(DEFAULT_SECCOMP_PROFILE, { architecture, kernelVersion: [6, 1], capabilities });

const host = {
  seccomp: true,
  x32: true,
  architecture: 'amd64',
  kernelVersion: [6, 1],
} as unknown as HostFacts;

test('each allowed system call is named once', () => {
  const names = ALLOWED_SYSCALLS.flat();
  assert.equal(new Set(names).size, names.length);
  for (const group of ALLOWED_SYSCALLS) assert.deepEqual(group, group.toSorted());
});

test('the words of the spec hold on amd64 without capabilities', () => {
  const filter = at([]);
  const allowed = new Set(
    filter.syscalls
      .filter((rule) => !rule.args && rule.action === 'SCMP_ACT_ALLOW')
      .flatMap((rule) => rule.names),
  );
  for (const name of ['openat2', 'ptrace', 'arch_prctl', 'modify_ldt']) assert.ok(allowed.has(name), name);
  for (const name of ['mount', 'unshare', 'bpf', 'keyctl', 'io_uring_setup', 'chroot', 'reboot', 'clone'])
    assert.ok(!allowed.has(name), name);
  assert.deepEqual(filter.architectures, ['SCMP_ARCH_X86_64', 'SCMP_ARCH_X86', 'SCMP_ARCH_X32']);
  assert.deepEqual([filter.defaultAction, filter.defaultErrnoRet], ['SCMP_ACT_ERRNO', 1]);
});

test('without CAP_SYS_ADMIN clone makes no namespaces and clone3 is said not to exist', () => {
  const rules = at([]).syscalls;
  assert.deepEqual(
    rules.filter((rule) => rule.names.includes('clone') || rule.names.includes('clone3')),
    [
      {
        names: ['clone'],
        action: 'SCMP_ACT_ALLOW',
        args: [{ index: 0, value: 0x7e020000, op: 'SCMP_CMP_MASKED_EQ' }],
      },
      { names: ['clone3'], action: 'SCMP_ACT_ERRNO', errnoRet: 38 },
    ],
  );
});

test('with CAP_SYS_ADMIN both are allowed, and mounts too', () => {
  const rules = at(['CAP_SYS_ADMIN']).syscalls;
  assert.ok(rules.some((rule) => rule.names.includes('mount') && rule.names.includes('clone3')));
  assert.ok(!rules.some((rule) => rule.action === 'SCMP_ACT_ERRNO'));
});

test('other architectures get their own names', () => {
  const filter = at([], 'arm64');
  assert.deepEqual(filter.architectures, ['SCMP_ARCH_AARCH64', 'SCMP_ARCH_ARM']);
  assert.ok(filter.syscalls.some((rule) => rule.names.includes('cacheflush')));
  assert.ok(!filter.syscalls.some((rule) => rule.names.includes('arch_prctl')));
});

test('privileged and unconfined have no filter, a custom profile holds even when privileged', () => {
  assert.equal(seccompFilter(undefined, true, host, []), undefined);
  assert.equal(seccompFilter('unconfined', false, host, []), undefined);
  const custom = JSON.stringify({
    defaultAction: 'SCMP_ACT_ALLOW',
    syscalls: [{ name: 'chmod', action: 'SCMP_ACT_ERRNO', args: [] }],
  });
  assert.deepEqual(seccompFilter(custom, true, host, []), {
    defaultAction: 'SCMP_ACT_ALLOW',
    syscalls: [{ names: ['chmod'], action: 'SCMP_ACT_ERRNO' }],
  });
});

test('a profile that is no JSON is told so', () => {
  assert.throws(() => seccompFilter('{', false, host, []), /^EngineError: Decoding seccomp profile failed: /);
});

test('an interface that the kernel does not serve costs no filter', () => {
  const filter = seccompFilter(undefined, false, { ...host, x32: false }, []);
  assert.deepEqual(filter?.architectures, ['SCMP_ARCH_X86_64', 'SCMP_ARCH_X86']);
});
