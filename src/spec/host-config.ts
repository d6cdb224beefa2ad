// SPDX-License-Identifier: Apache-2.0
import {
  bool,
  fileMode,
  type Infer,
  int,
  int64,
  map,
  named,
  omitEmpty,
  pointer,
  raw,
  slice,
  string,
  struct,
} from '../base/go-json.ts';

/** Engine API 1.51, `HostConfig` and the structs in it, under the API's own names (first letter lowered). */
export const portBinding = struct('PortBinding', { hostIp: string, hostPort: string });
export const restartPolicy = struct('RestartPolicy', { name: string, maximumRetryCount: int });
export const logConfig = struct('LogConfig', { type: string, config: map(string) });
export const ulimit = struct('Ulimit', { name: string, hard: int64, soft: int64 });
export const deviceMapping = struct('DeviceMapping', {
  pathOnHost: string,
  pathInContainer: string,
  cgroupPermissions: string,
});
export const deviceRequest = struct('DeviceRequest', {
  driver: string,
  count: int,
  deviceIDs: slice(string),
  capabilities: slice(slice(string)),
  options: map(string),
});
export const weightDevice = struct('WeightDevice', { path: string, weight: int64 });
export const throttleDevice = struct('ThrottleDevice', { path: string, rate: int64 });

export const mountRequest = struct('Mount', {
  type: omitEmpty(string),
  source: omitEmpty(string),
  target: omitEmpty(string),
  readOnly: omitEmpty(bool),
  consistency: omitEmpty(string),
  bindOptions: omitEmpty(
    pointer(
      struct('BindOptions', {
        propagation: omitEmpty(string),
        nonRecursive: omitEmpty(bool),
        createMountpoint: omitEmpty(bool),
        readOnlyNonRecursive: omitEmpty(bool),
        readOnlyForceRecursive: omitEmpty(bool),
      }),
    ),
  ),
  volumeOptions: omitEmpty(
    pointer(
      struct('VolumeOptions', {
        noCopy: omitEmpty(bool),
        labels: omitEmpty(map(string)),
        subpath: omitEmpty(string),
        driverConfig: omitEmpty(
          pointer(struct('Driver', { name: omitEmpty(string), options: omitEmpty(map(string)) })),
        ),
      }),
    ),
  ),
  imageOptions: omitEmpty(pointer(struct('ImageOptions', { subpath: omitEmpty(string) }))),
  tmpfsOptions: omitEmpty(
    pointer(
      struct('TmpfsOptions', {
        sizeBytes: omitEmpty(int64),
        mode: omitEmpty(fileMode),
        options: omitEmpty(slice(slice(string))),
      }),
    ),
  ),
  clusterOptions: omitEmpty(raw),
});

export const hostConfig = struct('HostConfig', {
  binds: slice(string),
  containerIDFile: string,
  logConfig,
  networkMode: string,
  portBindings: map(slice(portBinding)),
  restartPolicy,
  autoRemove: bool,
  volumeDriver: string,
  volumesFrom: slice(string),
  consoleSize: slice(int),
  annotations: omitEmpty(map(string)),
  capAdd: slice(string),
  capDrop: slice(string),
  cgroupnsMode: string,
  dns: slice(string),
  dnsOptions: slice(string),
  dnsSearch: slice(string),
  extraHosts: slice(string),
  groupAdd: slice(string),
  ipcMode: string,
  cgroup: string,
  links: slice(string),
  oomScoreAdj: int,
  pidMode: string,
  privileged: bool,
  publishAllPorts: bool,
  readonlyRootfs: bool,
  securityOpt: slice(string),
  storageOpt: omitEmpty(map(string)),
  tmpfs: omitEmpty(map(string)),
  utsMode: named('UTSMode', string),
  usernsMode: string,
  shmSize: int64,
  sysctls: omitEmpty(map(string)),
  runtime: string,
  isolation: string,
  cpuShares: int64,
  memory: int64,
  nanoCpus: int64,
  cgroupParent: string,
  blkioWeight: int,
  blkioWeightDevice: slice(weightDevice),
  blkioDeviceReadBps: slice(throttleDevice),
  blkioDeviceWriteBps: slice(throttleDevice),
  blkioDeviceReadIOps: slice(throttleDevice),
  blkioDeviceWriteIOps: slice(throttleDevice),
  cpuPeriod: int64,
  cpuQuota: int64,
  cpuRealtimePeriod: int64,
  cpuRealtimeRuntime: int64,
  cpusetCpus: string,
  cpusetMems: string,
  devices: slice(deviceMapping),
  deviceCgroupRules: slice(string),
  deviceRequests: slice(deviceRequest),
  kernelMemory: omitEmpty(int64),
  kernelMemoryTCP: omitEmpty(int64),
  memoryReservation: int64,
  memorySwap: int64,
  memorySwappiness: pointer(int64),
  oomKillDisable: pointer(bool),
  pidsLimit: pointer(int64),
  ulimits: slice(ulimit),
  cpuCount: int64,
  cpuPercent: int64,
  ioMaximumIOps: named('IOMaximumIOps', int64),
  ioMaximumBandwidth: named('IOMaximumBandwidth', int64),
  mounts: omitEmpty(slice(mountRequest)),
  maskedPaths: slice(string),
  readonlyPaths: slice(string),
  init: omitEmpty(pointer(bool)),
});

export type PortBinding = Infer<typeof portBinding>;
export type RestartPolicy = Infer<typeof restartPolicy>;
export type LogConfig = Infer<typeof logConfig>;
export type Ulimit = Infer<typeof ulimit>;
export type DeviceRequest = Infer<typeof deviceRequest>;
export type MountRequest = Infer<typeof mountRequest>;
export type HostConfig = Infer<typeof hostConfig>;
