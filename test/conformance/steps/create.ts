// SPDX-License-Identifier: Apache-2.0
import type { Json } from '../mask.ts';
import { covering, api, cli, newer, refused, reworded, type Step, type StepGroup } from '../step.ts';

function create(name: string, body: object, query = ''): Step {
  return api(name, 'POST', `/containers/create${query}`, { body });
}

const IMAGE = { Image: 'busybox' };

/** What create accepts and refuses, and the texts of its refusals. */
export const createSteps: StepGroup = {
  noun: 'create',
  steps: [
    ...covering(
      'create: body',
      refused(create('an empty body', {}), 400, 'config cannot be empty in order to create a container'),
    ),
    create('an image that is not there', { Image: 'nope' }),
    reworded(
      create('an image by a reference that is none', { Image: 'UPPER' }),
      'repository name must be',
      'repository name (library/UPPER) must be',
    ),
    ...covering(
      ['Config.Image', 'rule: id form', 'pitfall 7'],
      create('a container with no more than an image', IMAGE),
    ),
    create('a container with a name', IMAGE, '?name=one'),
    ...covering('rule: name conflict', create('a name that is taken', IMAGE, '?name=one')),
    ...covering(
      ['rule: name form', 'pitfall 23'],
      create('a name with a slash before it', IMAGE, '?name=/two'),
    ),
    ...covering('rule: name form', create('a name of one letter', IMAGE, '?name=x')),
    ...covering('rule: name form', create('a name with a blank', IMAGE, '?name=a%20b')),
    ...covering('create: body', create('keys in any case', { image: 'busybox', hostconfig: { memory: 1 } })),
    ...covering('create: body', create('unknown keys', { ...IMAGE, Nonsense: { a: 1 } })),
    ...covering(
      'create: body',
      create('null for a list', { ...IMAGE, Cmd: null, Env: null, HostConfig: null }),
    ),
    ...covering(['Config.Cmd', 'pitfall 8'], create('a string for a command', { ...IMAGE, Cmd: 'true' })),
    ...covering(
      'HostConfig.Memory',
      create('less memory than 6 MB', { ...IMAGE, HostConfig: { Memory: 1000 } }),
    ),
    ...covering(
      'HostConfig.MemorySwap',
      refused(
        create('more swap limit than memory limit is needed', {
          ...IMAGE,
          HostConfig: { Memory: 8_000_000, MemorySwap: 7_000_000 },
        }),
        400,
        'Minimum memoryswap limit should be larger than memory limit, see usage',
      ),
    ),
    ...covering(
      'HostConfig.MemorySwap',
      create('a swap limit without a memory limit', { ...IMAGE, HostConfig: { MemorySwap: 7_000_000 } }),
    ),
    ...covering(
      'HostConfig.MemorySwappiness',
      create('a swappiness out of range', { ...IMAGE, HostConfig: { MemorySwappiness: 101 } }),
    ),
    ...covering(
      'HostConfig.OomScoreAdj',
      create('an oom score out of range', { ...IMAGE, HostConfig: { OomScoreAdj: 2000 } }),
    ),
    ...covering(
      'HostConfig.NanoCpus',
      newer(
        create('more CPUs than there are', { ...IMAGE, HostConfig: { NanoCpus: 99_000_000_000 } }),
        'the text begins with a small letter and a different number form since 28',
        lowerMessage,
      ),
    ),
    ...covering(
      'HostConfig.NanoCpus',
      create('cpus beside a quota', { ...IMAGE, HostConfig: { NanoCpus: 1_000_000_000, CpuQuota: 5000 } }),
    ),
    ...covering(
      'HostConfig.CpuPeriod',
      create('a period out of range', { ...IMAGE, HostConfig: { CpuPeriod: 10 } }),
    ),
    ...covering(
      'HostConfig.CpuQuota',
      create('a quota out of range', { ...IMAGE, HostConfig: { CpuQuota: 10 } }),
    ),
    ...covering(
      'HostConfig.CpusetCpus',
      create('cpus of a set that are not there', { ...IMAGE, HostConfig: { CpusetCpus: '77' } }),
    ),
    ...covering(
      'HostConfig.CapAdd',
      refused(
        create('a capability that is none', { ...IMAGE, HostConfig: { CapAdd: ['ZZ'] } }),
        400,
        'invalid CapAdd: unknown capability: "CAP_ZZ"',
      ),
    ),
    ...covering(
      'Config.StopSignal',
      refused(
        create('a stop signal that is none', { ...IMAGE, StopSignal: 'ZZ' }),
        400,
        'invalid signal: ZZ',
      ),
    ),
    ...covering('Config.WorkingDir', create('a relative working directory', { ...IMAGE, WorkingDir: 'rel' })),
    ...covering('Config.Env', create('an environment without a name', { ...IMAGE, Env: ['=x'] })),
    ...covering(
      'HostConfig.AutoRemove',
      create('auto-remove with a restart policy', {
        ...IMAGE,
        HostConfig: { AutoRemove: true, RestartPolicy: { Name: 'always' } },
      }),
    ),
    ...covering(
      ['rule: restart names', 'HostConfig.RestartPolicy'],
      newer(
        create('a restart policy that is none', { ...IMAGE, HostConfig: { RestartPolicy: { Name: 'zz' } } }),
        'the text of 28.5',
        {
          status: 400,
          body: {
            message:
              "invalid restart policy: unknown policy 'zz'; use one of 'no', 'always', 'on-failure', or 'unless-stopped'",
          },
        },
      ),
    ),
    ...covering(
      'rule: restart names',
      newer(
        create('a count with the wrong policy', {
          ...IMAGE,
          HostConfig: { RestartPolicy: { Name: 'always', MaximumRetryCount: 2 } },
        }),
        'the text of 28.5',
        {
          status: 400,
          body: { message: "invalid restart policy: maximum retry count can only be used with 'on-failure'" },
        },
      ),
    ),
    ...covering(
      'HostConfig.Runtime',
      refused(
        create('a runtime that is none', { ...IMAGE, HostConfig: { Runtime: 'zz' } }),
        400,
        'unknown or invalid runtime name: zz',
      ),
    ),
    ...covering(
      ['HostConfig.LogConfig', 'log driver: options'],
      create('a log driver that is none', { ...IMAGE, HostConfig: { LogConfig: { Type: 'zz' } } }),
    ),
    ...covering(
      ['HostConfig.LogConfig', 'log driver: options'],
      create('a log option that is none', {
        ...IMAGE,
        HostConfig: { LogConfig: { Type: 'json-file', Config: { zz: '1' } } },
      }),
    ),
    ...covering(
      'HostConfig.IpcMode errors',
      refused(
        create('an IPC mode that is none', { ...IMAGE, HostConfig: { IpcMode: 'zz' } }),
        400,
        'invalid IPC mode: zz',
      ),
    ),
    ...covering(
      'HostConfig.ShmSize',
      create('a negative shm size', { ...IMAGE, HostConfig: { ShmSize: -1 } }),
    ),
    ...covering(
      'HostConfig.Binds errors',
      create('a bind with a mode that is none', { ...IMAGE, HostConfig: { Binds: ['/tmp:/a:zz'] } }),
    ),
    ...covering(
      'HostConfig.Binds errors',
      create('a bind to the root', { ...IMAGE, HostConfig: { Binds: ['/tmp:/'] } }),
    ),
    ...covering(
      'HostConfig.Binds errors',
      create('a bind to a relative path', { ...IMAGE, HostConfig: { Binds: ['/tmp:rel'] } }),
    ),
    ...covering(
      'HostConfig.Binds errors',
      create('a bind with too many parts', { ...IMAGE, HostConfig: { Binds: ['/tmp:/a:ro:zz'] } }),
    ),
    ...covering(
      ['HostConfig.Mounts errors', 'pitfall 15'],
      create('a mount of a source that is not there', {
        ...IMAGE,
        HostConfig: { Mounts: [{ Type: 'bind', Source: '/nope/here', Target: '/a' }] },
      }),
    ),
    ...covering(
      'HostConfig.Mounts errors',
      create('a mount without a target', {
        ...IMAGE,
        HostConfig: { Mounts: [{ Type: 'bind', Source: '/tmp' }] },
      }),
    ),
    ...covering(
      'HostConfig.Mounts errors',
      create('a mount of a type that is none', {
        ...IMAGE,
        HostConfig: { Mounts: [{ Type: 'zz', Target: '/a' }] },
      }),
    ),
    ...covering(
      'HostConfig.Mounts duplicates',
      create('two mounts at one place', { ...IMAGE, HostConfig: { Binds: ['/tmp:/a', '/root:/a'] } }),
    ),
    ...covering(
      'HostConfig.PortBindings',
      create('a port that is none', {
        ...IMAGE,
        HostConfig: { PortBindings: { '80/tcp': [{ HostPort: 'zz' }] } },
      }),
    ),
    ...covering(
      'create: body',
      newer(
        api('a number for a host port', 'POST', '/containers/create', {
          body: { ...IMAGE, HostConfig: { PortBindings: { '80/tcp': [{ HostPort: 80 }] } } },
          pick: () => 'refused',
        }),
        "a body that can not be decoded is the client's fault since 25",
        { status: 400 },
      ),
    ),
    ...covering(
      'create: body',
      newer(
        create('a string for a number', { ...IMAGE, HostConfig: { Memory: 'much' } }),
        'the detail of a decoding error is newer',
        {
          status: 400,
          body: {
            message:
              'invalid JSON: json: cannot unmarshal string into Go struct field HostConfig.HostConfig.Memory of type int64',
          },
        },
      ),
    ),
    ...covering(
      'HostConfig.ExtraHosts',
      create('an extra host without an address', { ...IMAGE, HostConfig: { ExtraHosts: ['zz'] } }),
    ),
    ...covering(
      'HostConfig.ExtraHosts',
      create('an extra host with a bad address', { ...IMAGE, HostConfig: { ExtraHosts: ['zz:1.2.3.x'] } }),
    ),
    ...covering(
      'rule: network static address on a predefined network',
      refused(
        create('a static address on the default bridge', {
          ...IMAGE,
          NetworkingConfig: { EndpointsConfig: { bridge: { IPAMConfig: { IPv4Address: '172.17.0.9' } } } },
        }),
        400,
        'invalid config for network bridge: invalid endpoint settings:\nuser specified IP address is supported on user defined networks only',
      ),
    ),
    ...covering(
      'rule: network container: + hostname',
      create('a host name with the network of another', {
        ...IMAGE,
        Hostname: 'h',
        HostConfig: { NetworkMode: 'container:one' },
      }),
    ),
    ...covering(
      'HostConfig.SecurityOpt errors',
      create('a security option that is none', { ...IMAGE, HostConfig: { SecurityOpt: ['zz'] } }),
    ),
    create('a platform that is none', IMAGE, '?platform=a/b/c/d'),
    newer(
      cli('created containers are listed', ['ps', '-a', '--format', '{{.Image}} {{.Status}}'], {
        sort: true,
      }),
      '28.5 refuses more of them',
      (oracle) => ({ ...(oracle as object), stdout: (oracle as { stdout: Json[] }).stdout.slice(2) }),
    ),
    ...covering(
      'rule: link errors',
      create('a link to nobody', { ...IMAGE, HostConfig: { Links: ['nobody:x'] } }),
    ),
  ],
};

function lowerMessage(oracle: Json): Json {
  const { body, ...rest } = oracle as { body: { message: string } };
  return { ...rest, body: { message: body.message.replace(/^R/, 'r') } };
}
