// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ApiVersion } from '../version.ts';
import { readCreateBody } from './container-create.ts';
import type { CreateBody } from './create-body.ts';

const read = (json: unknown, minor = 51): CreateBody => readCreateBody(json, minor as ApiVersion);
const host = (hostConfig: object, minor: number): CreateBody['hostConfig'] =>
  read({ Image: 'x', HostConfig: hostConfig }, minor).hostConfig;

test('a body without a configuration is refused', () => {
  for (const json of [{}, null, { HostConfig: {} }])
    assert.throws(() => read(json), {
      kind: 'invalid-argument',
      message: 'config cannot be empty in order to create a container',
    });
  assert.equal(read({ image: 'x' }).config.image, 'x');
});

test('errors name the field as Go does', () => {
  assert.throws(() => read({ Image: 'x', HostConfig: { Memory: '1' } }), {
    message:
      'invalid JSON: json: cannot unmarshal string into Go struct field HostConfig.HostConfig.Memory of type int64',
  });
  assert.throws(() => read({ Hostname: 1 }), {
    message:
      'invalid JSON: json: cannot unmarshal number into Go struct field CreateRequest.Hostname of type string',
  });
});

test('permissions of a tmpfs are 32 bits without a sign', () => {
  const tmpfs = (mode: unknown): unknown => ({ Type: 'tmpfs', Target: '/t', TmpfsOptions: { Mode: mode } });
  const mounts = (mode: unknown) =>
    read({ Image: 'x', HostConfig: { Mounts: [tmpfs(mode)] } }).hostConfig.mounts;
  for (const mode of [-5, 1.5, 2 ** 32])
    assert.throws(() => mounts(mode), {
      kind: 'invalid-argument',
      message: `invalid JSON: json: cannot unmarshal number ${mode} into Go struct field TmpfsOptions.HostConfig.Mounts.TmpfsOptions.Mode of type fs.FileMode`,
    });
  assert.equal(mounts(0o1777)?.[0]?.tmpfsOptions?.mode, 0o1777);
});

test('no network mode is the bridge, and so is the default one', () => {
  assert.equal(host({}, 51).networkMode, 'bridge');
  const body = read({
    Image: 'x',
    HostConfig: { NetworkMode: 'default' },
    NetworkingConfig: { EndpointsConfig: { default: { Aliases: ['a'] } } },
  });
  assert.equal(body.hostConfig.networkMode, 'bridge');
  assert.deepEqual(body.networking.endpointsConfig?.['bridge']?.aliases, ['a']);
  assert.deepEqual(Object.keys(body.networking.endpointsConfig ?? {}), ['bridge']);
});

test('a limit of no processes is no limit', () => {
  for (const limit of [0, -1]) assert.equal(host({ PidsLimit: limit }, 51).pidsLimit, undefined);
  assert.equal(host({ PidsLimit: 5 }, 51).pidsLimit, 5);
});

test('older versions do not know what came later', () => {
  assert.equal(host({ AutoRemove: true }, 24).autoRemove, false);
  assert.equal(host({}, 39).ipcMode, 'shareable');
  assert.equal(host({}, 40).ipcMode, '');
  assert.deepEqual(host({ ConsoleSize: [10, 20] }, 41).consoleSize, [0, 0]);
  assert.deepEqual(host({ ConsoleSize: [10, 20] }, 42).consoleSize, [10, 20]);
  assert.equal(host({ Annotations: { a: 'b' } }, 42).annotations, undefined);
  assert.deepEqual(host({ Annotations: { a: 'b' } }, 43).annotations, { a: 'b' });
  assert.equal(host({ KernelMemory: 5 }, 41).kernelMemory, 5);
  assert.equal(host({ KernelMemory: 5 }, 42).kernelMemory, 0);
  const healthcheck = (minor: number): unknown =>
    read({ Image: 'x', Healthcheck: { StartInterval: 5 } }, minor).config.healthcheck?.startInterval;
  assert.equal(healthcheck(43), 0);
  assert.equal(healthcheck(44), 5);
});

test('the options of a mount must be those of its type, since API 1.42', () => {
  const stray = { Mounts: [{ Type: 'bind', Source: '/a', Target: '/b', VolumeOptions: {} }] };
  assert.throws(() => host(stray, 42), {
    message: 'VolumeOptions must not be specified on mount type "bind"',
  });
  assert.doesNotThrow(() => host(stray, 41));
});

test('mounts that a version does not have are refused by name', () => {
  const mount = (more: object): object => ({ Mounts: [{ Target: '/b', ...more }] });
  assert.throws(() => host(mount({ Type: 'image', Source: 'x' }), 47), {
    message: 'Mount type "Image" needs API v1.48 or newer',
  });
  assert.throws(() => host(mount({ Type: 'volume', VolumeOptions: { Subpath: 'a' } }), 44), {
    kind: 'invalid-argument',
  });
  assert.throws(() => host(mount({ Type: 'bind', BindOptions: { ReadOnlyForceRecursive: true } }), 43), {
    message: 'BindOptions.ReadOnlyForceRecursive needs API v1.44 or newer',
  });
});

test('a read-only bind is not recursive before API 1.44', () => {
  const mounts = { Mounts: [{ Type: 'bind', Source: '/a', Target: '/b', ReadOnly: true }] };
  assert.equal(host(mounts, 43).mounts?.[0]?.bindOptions?.readOnlyNonRecursive, true);
  assert.equal(host(mounts, 44).mounts?.[0]?.bindOptions, undefined);
});

test('several endpoints came with API 1.44', () => {
  const body = {
    Image: 'x',
    HostConfig: { NetworkMode: 'a' },
    NetworkingConfig: { EndpointsConfig: { b: {}, a: {} } },
  };
  assert.throws(() => read(body, 43), {
    message: 'Container cannot be created with multiple network endpoints: a, b',
  });
  assert.doesNotThrow(() => read(body, 44));
});

const MAC = '02:42:ac:11:00:99';

test('a container-wide MAC address moves to the main endpoint, with a warning since API 1.44', () => {
  const now = read({ Image: 'x', MacAddress: MAC });
  assert.equal(now.networking.endpointsConfig?.['bridge']?.macAddress, MAC);
  assert.equal(now.config.macAddress, '');
  assert.match(now.warnings[0] ?? '', /container-wide MacAddress field is now deprecated/);
  const then = read({ Image: 'x', MacAddress: MAC }, 43);
  assert.equal(then.networking.endpointsConfig?.['bridge']?.macAddress, MAC);
  assert.deepEqual(then.warnings, []);
});

test('a MAC address that contradicts another, or has no endpoint, is refused', () => {
  const EndpointsConfig = { bridge: { MacAddress: '02:42:ac:11:00:01' } };
  assert.throws(() => read({ Image: 'x', MacAddress: MAC, NetworkingConfig: { EndpointsConfig } }), {
    message:
      'the container-wide MAC address must match the endpoint-specific MAC address for the main network, or be left empty',
  });
  assert.throws(() => read({ Image: 'x', MacAddress: MAC, HostConfig: { NetworkMode: 'host' } }, 43), {
    message: 'conflicting options: mac-address and the network mode',
  });
});

test('sysctls of an interface move to its endpoint up to API 1.47', () => {
  const Sysctls = { 'net.ipv4.conf.eth0.log_martians': '1', 'net.ipv4.ip_forward': '1' };
  const body = read({ Image: 'x', HostConfig: { Sysctls } }, 47);
  assert.deepEqual(body.hostConfig.sysctls, { 'net.ipv4.ip_forward': '1' });
  assert.deepEqual(body.networking.endpointsConfig?.['bridge']?.driverOpts, {
    'com.docker.network.endpoint.sysctls': 'net.ipv4.conf.IFNAME.log_martians=1',
  });
  assert.deepEqual(body.warnings, [
    'Migrated sysctl "net.ipv4.conf.eth0.log_martians" to DriverOpts{"com.docker.network.endpoint.sysctls":"net.ipv4.conf.IFNAME.log_martians=1"}.',
  ]);
  assert.throws(() => read({ Image: 'x', HostConfig: { Sysctls } }, 48), { kind: 'internal' });
});
