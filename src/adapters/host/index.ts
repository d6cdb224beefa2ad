// SPDX-License-Identifier: Apache-2.0
export type { CgroupLayout } from './cgroups.ts';
export { type Host, probeHost } from './host.ts';
export type { Limits } from './limits.ts';
export { createLiveHost, type LiveHost } from './live.ts';
export { createProcessStatus, type ProcessStatus } from './process-status.ts';
export { createPrograms, type Programs } from './programs.ts';
