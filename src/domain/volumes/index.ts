// SPDX-License-Identifier: Apache-2.0
export type { VolumeHolder, VolumeRename } from './volume-holder.ts';
export { createVolumes, type VolumesDeps } from './create-volumes.ts';
export type * from './volumes.ts';
