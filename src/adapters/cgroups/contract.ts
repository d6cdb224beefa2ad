// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Cgroups } from './cgroups.ts';

/** What every implementation keeps: `group` is the path of one that is there, `pid` a process with a loopback interface. */
export const cgroupsContract = (
  name: string,
  subject: () => { readonly cgroups: Cgroups; readonly group: string; readonly pid: number },
): void => {
  void test(`${name}: a group that is there has used something, or nothing yet`, () => {
    const { cgroups, group } = subject();
    const usage = cgroups.usage(group);
    assert.ok(usage);
    assert.ok(usage.cpu.total >= 0);
    assert.ok((usage.memory?.usage ?? 0) >= 0);
  });

  void test(`${name}: a watched group tells the same, again and again`, () => {
    const { cgroups, group } = subject();
    using watched = cgroups.watch(group);
    const [first, second] = [watched.usage(), watched.usage()];
    assert.ok(first && second);
    assert.ok(second.cpu.total >= first.cpu.total);
    assert.deepEqual(Object.keys(second), Object.keys(cgroups.usage(group) ?? {}));
  });

  void test(`${name}: a group that is not there is none`, () => {
    assert.equal(subject().cgroups.usage('/no-such-group'), undefined);
    using watched = subject().cgroups.watch('/no-such-group');
    assert.equal(watched.usage(), undefined);
  });

  void test(`${name}: interfaces are those of the process, none when it is gone`, () => {
    const { cgroups, pid } = subject();
    assert.ok(cgroups.interfaces(pid).has('lo'));
    assert.equal(cgroups.interfaces(2 ** 30).size, 0);
  });

  void test(`${name}: the machine's time goes on`, () => {
    const { cgroups } = subject();
    const first = cgroups.machine();
    assert.ok(first.processors >= 1);
    assert.ok(cgroups.machine().cpuTime >= first.cpuTime);
  });
};
