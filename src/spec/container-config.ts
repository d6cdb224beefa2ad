// SPDX-License-Identifier: Apache-2.0
import {
  bool,
  emptyStruct,
  type Infer,
  int,
  int64,
  map,
  omitEmpty,
  pointer,
  slice,
  string,
  stringOrSlice,
  struct,
} from '../base/go-json.ts';

/** Engine API 1.51, `HealthConfig`: durations in nanoseconds. */
export const healthcheck = struct('HealthcheckConfig', {
  test: omitEmpty(slice(string)),
  interval: omitEmpty(int64),
  timeout: omitEmpty(int64),
  startPeriod: omitEmpty(int64),
  startInterval: omitEmpty(int64),
  retries: omitEmpty(int),
});

/** Engine API 1.51, `ContainerConfig`: what an image can preset and a container is run with. */
export const containerConfig = struct('Config', {
  hostname: string,
  domainname: string,
  user: string,
  attachStdin: bool,
  attachStdout: bool,
  attachStderr: bool,
  exposedPorts: omitEmpty(map(emptyStruct)),
  tty: bool,
  openStdin: bool,
  stdinOnce: bool,
  env: slice(string),
  cmd: stringOrSlice,
  healthcheck: omitEmpty(pointer(healthcheck)),
  argsEscaped: omitEmpty(bool),
  image: string,
  volumes: map(emptyStruct),
  workingDir: string,
  entrypoint: stringOrSlice,
  networkDisabled: omitEmpty(bool),
  macAddress: omitEmpty(string),
  onBuild: slice(string),
  labels: map(string),
  stopSignal: omitEmpty(string),
  stopTimeout: omitEmpty(pointer(int)),
  shell: omitEmpty(stringOrSlice),
});

export type HealthcheckConfig = Infer<typeof healthcheck>;
export type ContainerConfig = Infer<typeof containerConfig>;
