// SPDX-License-Identifier: Apache-2.0
import type { Json } from '../mask.ts';
import { alone, newer, type Step, type StepGroup } from '../step.ts';
import { told, type Body } from './tried.ts';

const at = (version: string, row: string, name: string, body: Body): Step =>
  told(`${name}, ${version}`, body, { covers: [`create ${row}`], version });

const OLDER = 'dockerd 20.10 ends at 1.41';

/** Berth alone: 201, and these values of the fields. */
const taken = (step: Step, HostConfig: object, Config: object = {}, warnings: readonly string[] = []): Step =>
  alone(step, OLDER, { status: 201, Warnings: warnings, Config, HostConfig } as Json);

const refused = (step: Step, message: string, status = 400): Step => alone(step, OLDER, { status, message });

const also = (covers: readonly string[], step: Step): Step => ({
  ...step,
  covers: [...(step.covers ?? []), ...covers],
});

const DEPRECATED =
  'The container-wide MacAddress field is now deprecated. It should be specified in EndpointsConfig instead.';

const bind = (options: object): Body => ({
  HostConfig: { Mounts: [{ Type: 'bind', Source: '/tmp', Target: '/a', ...options }] },
});

const SYSCTL = { 'net.ipv4.conf.eth0.log_martians': '1' };
const MAC = '02:42:ac:11:00:77';

/** What create makes of one body in each version of the API. */
export const versionSteps: StepGroup = {
  noun: 'versions',
  steps: [
    at('1.24', '<1.25', 'removal', { HostConfig: { AutoRemove: true } }),
    at('1.25', '<1.25', 'removal', { HostConfig: { AutoRemove: true } }),
    at('1.39', '<1.40', 'no mode of IPC', { HostConfig: { IpcMode: '' } }),
    at('1.40', '<1.40', 'no mode of IPC', { HostConfig: { IpcMode: '' } }),
    at('1.39', '<1.40', 'a bind without what is below', bind({ BindOptions: { NonRecursive: true } })),
    at('1.41', '<1.40', 'a bind without what is below', bind({ BindOptions: { NonRecursive: true } })),
    at('1.40', '<1.41', 'no mode of cgroups', { HostConfig: { CgroupnsMode: '' } }),
    at('1.41', '<1.41', 'no mode of cgroups', { HostConfig: { CgroupnsMode: '' } }),
    newer(
      at('1.41', '<1.42', 'a size of the terminal', { HostConfig: { ConsoleSize: [10, 20] } }),
      'it is heeded since 1.42 alone',
      { HostConfig: { ConsoleSize: [0, 0] } },
    ),
    also(
      ['HostConfig.ConsoleSize'],
      taken(at('1.42', '<1.42', 'a size of the terminal', { HostConfig: { ConsoleSize: [10, 20] } }), {
        ConsoleSize: [10, 20],
      }),
    ),
    at('1.41', '<1.42', 'options of a volume on a bind', bind({ VolumeOptions: { NoCopy: true } })),
    at('1.41', '<1.42', 'options of a bind on a volume', {
      HostConfig: { Mounts: [{ Type: 'volume', Target: '/a', BindOptions: { Propagation: 'rprivate' } }] },
    }),
    refused(
      at('1.42', '>=1.42', 'options of a volume on a bind', bind({ VolumeOptions: { NoCopy: true } })),
      'VolumeOptions must not be specified on mount type "bind"',
    ),
    refused(
      at('1.51', '>=1.42', 'options of a tmpfs on a volume', {
        HostConfig: { Mounts: [{ Type: 'volume', Target: '/a', TmpfsOptions: { SizeBytes: 1 } }] },
      }),
      'TmpfsOptions must not be specified on mount type "volume"',
    ),
    refused(
      at('1.51', '>=1.42', 'options of a bind on a tmpfs', {
        HostConfig: { Mounts: [{ Type: 'tmpfs', Target: '/a', BindOptions: { NonRecursive: true } }] },
      }),
      'BindOptions must not be specified on mount type "tmpfs"',
    ),
    also(
      ['HostConfig.KernelMemory'],
      taken(at('1.42', '>=1.42', 'memory of the kernel', { HostConfig: { KernelMemory: 10_000_000 } }), {
        KernelMemory: 'absent',
      }),
    ),
    taken(at('1.42', '<1.43', 'annotations', { HostConfig: { Annotations: { a: 'b' } } }), {
      Annotations: 'absent',
    }),
    also(
      ['HostConfig.Annotations'],
      taken(at('1.43', '<1.43', 'annotations', { HostConfig: { Annotations: { a: 'b' } } }), {
        Annotations: { a: 'b' },
      }),
    ),
    also(
      ['HostConfig.Annotations'],
      refused(
        at('1.51', '<1.43', 'an annotation without a key', { HostConfig: { Annotations: { '': 'b' } } }),
        'invalid Annotations: the empty string is not permitted as an annotation key',
      ),
    ),
    taken(
      at('1.43', '<1.44', 'an interval of the start', {
        Healthcheck: { Test: ['CMD', 'true'], StartInterval: 2_000_000_000 },
      }),
      {},
      { Healthcheck: { Test: ['CMD', 'true'] } },
    ),
    also(
      ['health: start interval'],
      taken(
        at('1.44', '<1.44', 'an interval of the start', {
          Healthcheck: { Test: ['CMD', 'true'], StartInterval: 2_000_000_000 },
        }),
        {},
        { Healthcheck: { Test: ['CMD', 'true'], StartInterval: 2_000_000_000 } },
      ),
    ),
    also(
      ['HostConfig.Mounts BindOptions.ReadOnlyForceRecursive'],
      refused(
        at(
          '1.43',
          '<1.44',
          'a bind read-only to its depth',
          bind({ ReadOnly: true, BindOptions: { ReadOnlyForceRecursive: true } }),
        ),
        'BindOptions.ReadOnlyForceRecursive needs API v1.44 or newer',
      ),
    ),
    refused(
      at('1.43', '<1.44', 'two endpoints', {
        HostConfig: { NetworkMode: 'bridge' },
        NetworkingConfig: { EndpointsConfig: { bridge: {}, other: {} } },
      }),
      'Container cannot be created with multiple network endpoints: bridge, other',
    ),
    refused(
      at('1.43', '<1.44', 'an address of the interface with the network of the host', {
        MacAddress: MAC,
        HostConfig: { NetworkMode: 'host' },
      }),
      'conflicting options: mac-address and the network mode',
    ),
    taken(
      at('1.43', '<1.44', 'an address of the interface', { MacAddress: MAC }),
      {},
      { MacAddress: '<mac>' },
    ),
    taken(
      at('1.44', '>=1.44', 'an address of the interface', { MacAddress: MAC }),
      {},
      { MacAddress: 'absent' },
      [DEPRECATED],
    ),
    refused(
      at('1.44', '>=1.44', 'two addresses of one interface', {
        MacAddress: MAC,
        NetworkingConfig: { EndpointsConfig: { bridge: { MacAddress: '02:42:ac:11:00:78' } } },
      }),
      'the container-wide MAC address must match the endpoint-specific MAC address for the main network, or be left empty',
    ),
    refused(
      at('1.44', '<1.45', 'a part of a volume', {
        HostConfig: {
          Mounts: [{ Type: 'volume', Source: 'vols', Target: '/a', VolumeOptions: { Subpath: 'x' } }],
        },
      }),
      'VolumeOptions.Subpath needs API v1.45 or newer',
    ),
    refused(
      at('1.47', '<1.48', 'an image as a mount', {
        HostConfig: { Mounts: [{ Type: 'image', Source: 'busybox', Target: '/a' }] },
      }),
      'Mount type "Image" needs API v1.48 or newer',
    ),
    taken(
      at('1.47', '<1.48', 'a setting of an interface', { HostConfig: { Sysctls: SYSCTL } }),
      { Sysctls: 'absent' },
      {},
      [
        'Migrated sysctl "net.ipv4.conf.eth0.log_martians" to DriverOpts{"com.docker.network.endpoint.sysctls":"net.ipv4.conf.IFNAME.log_martians=1"}.',
      ],
    ),
    refused(
      at('1.48', '>=1.48', 'a setting of an interface', { HostConfig: { Sysctls: SYSCTL } }),
      'interface specific sysctl setting "net.ipv4.conf.eth0.log_martians" must be supplied using driver option \'com.docker.network.endpoint.sysctls\'',
      500,
    ),
    also(
      ['HostConfig.Mounts type=image'],
      alone(
        told(
          'an image as a mount, 1.48',
          { HostConfig: { Mounts: [{ Type: 'image', Source: 'busybox', Target: '/a' }] } },
          { covers: ['create <1.48'], version: '1.48' },
        ),
        OLDER,
        {
          status: 201,
          Warnings: ['Image mount is an experimental feature'],
          Config: {},
          HostConfig: { Mounts: [{ Type: 'image', Source: 'busybox', Target: '/a' }] },
        },
      ),
    ),
    at('1.41', ': every version', 'a default network', { HostConfig: { PidsLimit: 0 } }),
    newer(
      at('1.41', ': every version', 'the default network', { HostConfig: { NetworkMode: 'default' } }),
      'it is told by its name since 28',
      {
        HostConfig: { NetworkMode: 'bridge' },
      },
    ),
  ].map((step) => ({
    ...step,
    covers: (step.covers ?? []).map((name) => name.replace('create :', 'create:')),
  })),
};
