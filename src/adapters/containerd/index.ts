// SPDX-License-Identifier: Apache-2.0
export type * from './containerd.ts';
export { createContainerd } from './containerd.ts';
export type * from './content.ts';
export type * from './records.ts';
export type * from './snapshots.ts';
export type * from './stdio.ts';
export type { Supervisor, SupervisorOptions } from './supervisor.ts';
export { superviseContainerd } from './supervisor.ts';
export type * from './task-events.ts';
export type * from './tasks.ts';
