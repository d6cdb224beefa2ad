// SPDX-License-Identifier: Apache-2.0
import type { Container } from '../../src/domain/containers/container.ts';
import { CAPABILITIES } from '../../src/domain/containers/oci-spec/capability-names.ts';
import type { HostFacts, SpecInput } from '../../src/domain/containers/oci-spec/oci-spec.ts';
import type { ContainerId } from '../../src/base/ids.ts';
import type { Timestamp } from '../../src/base/time.ts';
import { type ContainerConfig, containerConfig } from '../../src/spec/container-config.ts';
import type { ImageId } from '../../src/spec/digest.ts';
import { type HostConfig, hostConfig } from '../../src/spec/host-config.ts';

/** What differs from the plain sample. */
export interface SampleChanges {
  readonly config?: Partial<ContainerConfig>;
  readonly hostConfig?: Partial<HostConfig>;
  readonly container?: Partial<Container>;
}

/** A created container that runs `sleep 1`, with what create would have filled in. */
export const sampleContainer = ({ config, hostConfig: host, container }: SampleChanges = {}): Container => ({
  schema: 1,
  id: 'ab'.repeat(32) as ContainerId,
  name: 'sample',
  created: 1_700_000_000_000_000_000n as Timestamp,
  path: 'sleep',
  args: ['1'],
  config: { ...containerConfig.zero, hostname: 'abababababab', image: 'busybox', ...config },
  hostConfig: {
    ...hostConfig.zero,
    networkMode: 'bridge',
    ipcMode: 'private',
    cgroupnsMode: 'host',
    shmSize: 67_108_864,
    runtime: 'runc',
    ...host,
  },
  imageId: `sha256:${'cd'.repeat(32)}` as ImageId,
  platform: 'linux',
  state: { status: 'created' },
  restartCount: 0,
  hasBeenStarted: false,
  manuallyStopped: false,
  mountPoints: [],
  endpoints: {},
  networkIds: {},
  appArmorProfile: '',
  ...container,
});

/** A host with everything but AppArmor, on cgroup v1. */
export const sampleHost = (changes: Partial<HostFacts> = {}): HostFacts => ({
  cgroupVersion: '1',
  cgroupDriver: 'cgroupfs',
  kernelVersion: [6, 1],
  architecture: 'amd64',
  seccomp: true,
  x32: true,
  appArmor: false,
  appArmorDefault: false,
  throttlePaths: [],
  cpus: 2,
  memory: 8 * 1024 ** 3,
  openFilesLimit: 20_000,
  controllers: new Set(['memory', 'cpu', 'pids', 'cpuset', 'blkio', 'devices']),
  swapAccounting: true,
  ioWeight: true,
  memoryNodes: '0',
  capabilities: CAPABILITIES,
  ...changes,
});

/** Input of a spec for the sample container, run as root. */
export const sampleSpecInput = (changes: SampleChanges = {}, input: Partial<SpecInput> = {}): SpecInput => ({
  container: sampleContainer(changes),
  rootfs: { mounts: [], lowerDirectories: [] },
  host: sampleHost(),
  cgroupParent: '',
  defaultUlimits: [],
  user: { uid: 0, gid: 0, additionalGids: [0], home: '/root' },
  ...input,
});
