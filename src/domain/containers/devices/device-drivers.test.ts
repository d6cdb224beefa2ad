// SPDX-License-Identifier: Apache-2.0
import { deepEqual, equal, throws } from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { sampleSpecInput } from '../../../../test/support/sample-container.ts';
import { deviceRequest, type DeviceRequest } from '../../../spec/host-config.ts';
import { buildSpec } from '../oci-spec/build-spec.ts';
import { type DeviceDeps, injectDevices } from './device-drivers.ts';

const folder = mkdtempSync(join(tmpdir(), 'berth-cdi-'));
after(() => rmSync(folder, { recursive: true }));

const directory = (name: string, files: Readonly<Record<string, string>>): string => {
  const path = join(folder, name);
  mkdirSync(path);
  for (const [file, text] of Object.entries(files)) writeFileSync(join(path, file), text);
  return path;
};

const warnings: string[] = [];

const deps = (changes: Partial<DeviceDeps> = {}): DeviceDeps => ({
  findProgram: () => undefined,
  cdiSpecDirectories: [],
  cdi: true,
  look: () => ({ type: 'c', major: 10, minor: 200, mode: 0o600, uid: 0, gid: 0 }),
  warn: (errors) => void warnings.push(...errors),
  ...changes,
});

const inject = (request: Partial<DeviceRequest>, changes: Partial<DeviceDeps> = {}) =>
  injectDevices(deps(changes), buildSpec(sampleSpecInput()), [{ ...deviceRequest.zero, ...request }]);

const envOf = ({ process: { env } }: ReturnType<typeof inject>): readonly string[] => env;

const installed = (...names: readonly string[]): Partial<DeviceDeps> => ({
  findProgram: (name) => (names.includes(name) ? `/usr/bin/${name}` : undefined),
});

describe('vendors', () => {
  it('are refused when their program is not there, in Docker’s words', () => {
    throws(
      () => inject({ capabilities: [['gpu']] }),
      /^EngineError: could not select device driver "" with capabilities: \[\[gpu\]\]$/,
    );
    throws(
      () => inject({ driver: 'nvidia', capabilities: [['gpu', 'compute'], ['x']] }),
      /could not select device driver "nvidia" with capabilities: \[\[gpu compute\] \[x\]\]/,
    );
    throws(() => inject({ driver: 'cdi' }, { cdi: false }), /device driver "cdi" with capabilities: \[\]/);
    throws(
      () => inject({ capabilities: [['tpu']] }, installed('nvidia-container-runtime-hook')),
      /with capabilities: \[\[tpu\]\]/,
    );
  });

  it('nvidia’s gets its variables and its hook', () => {
    const hook = installed('nvidia-container-runtime-hook');
    const spec = inject({ count: -1, capabilities: [['gpu', 'utility']] }, hook);
    deepEqual(envOf(spec).slice(-2), ['NVIDIA_VISIBLE_DEVICES=all', 'NVIDIA_DRIVER_CAPABILITIES=utility']);
    deepEqual(spec.hooks?.prestart, [
      {
        path: '/usr/bin/nvidia-container-runtime-hook',
        args: ['nvidia-container-runtime-hook', 'prestart'],
      },
    ]);
    const env = (request: Partial<DeviceRequest>): string | undefined =>
      envOf(inject({ capabilities: [['gpu']], ...request }, hook)).at(-1);
    equal(env({ count: 2 }), 'NVIDIA_VISIBLE_DEVICES=0,1');
    equal(env({ deviceIDs: ['a', 'b'] }), 'NVIDIA_VISIBLE_DEVICES=a,b');
    equal(env({}), 'NVIDIA_VISIBLE_DEVICES=void');
    throws(
      () => env({ count: 1, deviceIDs: ['a'] }),
      /cannot set both Count and DeviceIDs on device request/,
    );
  });

  it('AMD’s gets its variable', () => {
    const spec = inject({ count: 1, capabilities: [['gpu']] }, installed('amd-container-runtime'));
    equal(envOf(spec).at(-1), 'AMD_VISIBLE_DEVICES=0');
    equal(spec.hooks, undefined);
  });
});

const DOCUMENT = JSON.stringify({
  cdiVersion: '0.6.0',
  kind: 'vendor.com/device',
  containerEdits: { env: ['ALL=1'], additionalGids: [0, 44] },
  devices: [
    {
      name: 'one',
      containerEdits: {
        env: ['PATH=/mine', 'ONE=1'],
        deviceNodes: [{ path: '/dev/one', hostPath: '/dev/null', permissions: 'r', uid: 7 }],
        mounts: [{ hostPath: '/lib/one', containerPath: '/dev/shm', options: ['ro', 'bind'] }],
        hooks: [{ hookName: 'createRuntime', path: '/bin/h', args: ['h'], timeout: 3 }],
      },
    },
    { name: 'two', containerEdits: { deviceNodes: [{ path: '/dev/two', type: 'c', major: 9, minor: 3 }] } },
  ],
});

describe('devices described by CDI', () => {
  const first = directory('first', { 'a.json': DOCUMENT, 'ignored.txt': 'x' });

  it('bring their edits, and those of their document once', () => {
    const spec = inject(
      { driver: 'cdi', deviceIDs: ['vendor.com/device=one', 'vendor.com/device=two'] },
      { cdiSpecDirectories: [first, join(folder, 'nowhere')] },
    );
    deepEqual(
      envOf(spec).filter((entry) => /^(PATH|ALL|ONE)=/.test(entry)),
      ['PATH=/mine', 'ALL=1', 'ONE=1'],
    );
    deepEqual(spec.process.user.additionalGids, [0, 44]);
    deepEqual(spec.linux.devices, [
      { path: '/dev/one', type: 'c', major: 10, minor: 200, uid: 7 },
      { path: '/dev/two', type: 'c', major: 9, minor: 3 },
    ]);
    deepEqual(spec.linux.resources.devices.slice(-2), [
      { allow: true, type: 'c', major: 10, minor: 200, access: 'r' },
      { allow: true, type: 'c', major: 9, minor: 3, access: 'rwm' },
    ]);
    deepEqual(
      spec.mounts.filter(({ destination }) => destination === '/dev/shm'),
      [{ destination: '/dev/shm', type: 'bind', source: '/lib/one', options: ['ro', 'bind'] }],
    );
    deepEqual(spec.hooks, { createRuntime: [{ path: '/bin/h', args: ['h'], timeout: 3 }] });
  });

  it('that nobody describes are named together, and what is wrong is told', () => {
    const broken = directory('broken', { 'a.json': '{', 'b.yaml': 'kind: *x' });
    throws(
      () =>
        inject({ driver: 'cdi', deviceIDs: ['v.com/x=1', 'v.com/x=2'] }, { cdiSpecDirectories: [broken] }),
      /^EngineError: CDI device injection failed: unresolvable CDI devices v.com\/x=1, v.com\/x=2$/,
    );
    equal(warnings.length, 2);
  });

  it('are nobody’s when two documents of a directory describe them; a later directory wins', () => {
    const twice = directory('twice', { 'a.json': DOCUMENT, 'b.json': DOCUMENT });
    const one = { driver: 'cdi', deviceIDs: ['vendor.com/device=one'] };
    throws(() => inject(one, { cdiSpecDirectories: [twice] }), /unresolvable CDI devices/);
    const later = directory('later', {
      'a.yaml':
        'cdiVersion: 0.6.0\nkind: vendor.com/device\ndevices:\n- name: one\n  containerEdits:\n    env:\n    - LATER=1\n',
    });
    equal(envOf(inject(one, { cdiSpecDirectories: [first, later] })).at(-1), 'LATER=1');
  });

  it('take neither counts nor options', () => {
    throws(() => inject({ driver: 'cdi', count: 1 }), /unexpected count in CDI device request/);
    throws(() => inject({ driver: 'cdi', options: { a: 'b' } }), /unexpected options in CDI device request/);
  });
});
