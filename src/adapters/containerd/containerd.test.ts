// SPDX-License-Identifier: Apache-2.0
import { containerdContract } from './contract.ts';
import { createFakeContainerd } from './fake.ts';
import { PROGRAMS } from './tasks-contract.ts';
import type { FakeProcess } from './tasks-fake.ts';

/** The contract's command lines, as busybox would run them. */
const program = (process: FakeProcess): void => {
  const { args, stdin, stdout, stderr } = process;
  if (args === PROGRAMS.exitFour) return process.exit(4);
  if (args === PROGRAMS.bothOutputs) {
    stdout?.write('out\n');
    stderr?.write('err\n');
    return process.exit(3);
  }
  if (args === PROGRAMS.copy) {
    stdin?.on('data', (chunk) => stdout?.write(chunk));
    stdin?.on('end', () => process.exit(0));
  }
  return undefined;
};

const fake = createFakeContainerd({ program });
const process = (args: readonly string[]): object => ({ args });
const spec = (_id: string, args: readonly string[]): object => ({ process: process(args) });

containerdContract('fake containerd', () => ({
  ...fake,
  lease: '',
  folder: '/fake',
  rootfs: [],
  spec,
  process,
}));
