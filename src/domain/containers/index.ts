// SPDX-License-Identifier: Apache-2.0
export type { Container, MountPoint } from './container.ts';
export type * from './containers.ts';
export { createContainers } from './create-containers.ts';
export type { Health } from './health/health.ts';
export { capabilitiesOfMask } from './oci-spec/capability-names.ts';
export type { ContainersConfig, ContainersDeps, ContainersRoom } from './deps.ts';
export type { HostFacts } from './oci-spec/oci-spec.ts';
export type { ContainerStats, Sample } from './stats/container-stats.ts';
export { type ContainerState, type EndedRun, hasProcess, isRunning, type Status } from './state.ts';
