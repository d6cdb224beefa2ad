// SPDX-License-Identifier: Apache-2.0
export { createMounts } from './kernel.ts';
export type * from './mounts.ts';
export { createVolumeMounts } from './volume-mounts.ts';
export { createVolumeQuotas, type VolumeQuotas } from './volume-quotas.ts';
