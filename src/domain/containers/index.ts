// SPDX-License-Identifier: Apache-2.0
export type { Container, MountPoint } from './container.ts';
export type * from './containers.ts';
export { type ContainerState, type EndedRun, hasProcess, isRunning, type Status } from './state.ts';
