// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, mkdtempSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ContractSubject } from '../../../src/adapters/containerd/contract-subject.ts';
import {
  type Containerd,
  type Supervisor,
  type SupervisorOptions,
  createContainerd,
  superviseContainerd,
} from '../../../src/adapters/containerd/index.ts';
import { silentLog } from '../../../src/base/log.ts';
import { clearAway, mountsBelow, processesNaming } from '../../support/host-leaks.ts';

/** A containerd in a directory of its own. */
export interface PrivateContainerd {
  readonly directory: string;
  readonly options: SupervisorOptions;
  readonly supervisor: Supervisor;
  readonly containerd: Containerd;
  /** What the contract needs, on this containerd. */
  readonly subject: ContractSubject;
  /** Ends everything. @throws AssertionError naming what was left of shims and mounts. */
  stop(): Promise<void>;
}

/** A root file system that consists of busybox. */
const makeRootfs = (folder: string): void => {
  for (const name of ['bin', 'proc', 'dev', 'tmp']) mkdirSync(join(folder, name), { recursive: true });
  copyFileSync('/bin/busybox', join(folder, 'bin/busybox'));
  for (const name of ['sh', 'cat', 'sleep', 'sha256sum', 'seq', 'tail', 'stty'])
    symlinkSync('busybox', join(folder, 'bin', name));
};

/** An OCI runtime-spec `Process` without privileges. */
export const processOf = (args: readonly string[], terminal = false): object => ({
  terminal,
  user: { uid: 0, gid: 0 },
  args,
  env: ['PATH=/bin'],
  cwd: '/',
  noNewPrivileges: true,
});

/** An OCI runtime spec with namespaces of its own and nothing of the host. `memory` is its limit in bytes. */
export const specOf = (id: string, process: object, memory?: number): object => ({
  ociVersion: '1.0.2',
  process,
  root: { path: 'rootfs' },
  mounts: [
    { destination: '/proc', type: 'proc', source: 'proc' },
    { destination: '/dev', type: 'tmpfs', source: 'tmpfs', options: ['nosuid', 'mode=755'] },
    {
      destination: '/dev/pts',
      type: 'devpts',
      source: 'devpts',
      options: ['newinstance', 'ptmxmode=0666'],
    },
  ],
  linux: {
    cgroupsPath: `/berth-integration/${id}`,
    namespaces: ['pid', 'ipc', 'uts', 'mount', 'network'].map((type) => ({ type })),
    ...(memory === undefined ? {} : { resources: { memory: { limit: memory, swap: memory } } }),
  },
});

const endTasks = async ({ tasks }: Containerd): Promise<void> => {
  for (const { id } of await tasks.list()) {
    await tasks.kill({ id }, 9, { all: true }).catch(() => undefined);
    await tasks.wait({ id }, AbortSignal.timeout(10_000)).catch(() => undefined);
    await tasks.delete({ id }).catch(() => undefined);
  }
};

/** Starts a containerd below a fresh directory. `local`: blobs go by file, as the daemon has it with its own containerd. */
export const startPrivateContainerd = async ({ local = false } = {}): Promise<PrivateContainerd> => {
  const directory = mkdtempSync(join(tmpdir(), 'berth-containerd-'));
  const options = {
    folder: join(directory, 'exec/containerd'),
    root: join(directory, 'data/containerd/daemon'),
    state: join(directory, 'exec/containerd/daemon'),
    log: silentLog,
  };
  const supervisor = await superviseContainerd(options, AbortSignal.timeout(60_000));
  const containerd = createContainerd({
    address: supervisor.address,
    namespace: 'contract',
    log: silentLog,
    ...(local ? { root: options.root } : {}),
  });
  const lease = await containerd.leases.create({ id: 'test' });
  const source = join(directory, 'rootfs');
  makeRootfs(source);
  const subject: ContractSubject = {
    ...containerd,
    lease,
    folder: join(directory, 'fifos'),
    rootfs: [{ type: 'bind', source, options: ['rbind', 'rw'] }],
    process: processOf,
    spec: (id, args) => specOf(id, processOf(args)),
  };
  const stop = async (): Promise<void> => {
    await endTasks(containerd);
    await containerd[Symbol.asyncDispose]();
    await supervisor[Symbol.asyncDispose]();
    const left = [
      ...(await mountsBelow(directory)).map((mount) => `mount ${mount}`),
      ...(await processesNaming(directory)).map(({ pid, command }) => `process ${pid} ${command}`),
    ];
    await clearAway(directory, []);
    assert.deepEqual(left, []);
  };
  return { directory, options, supervisor, containerd, subject, stop };
};
