// SPDX-License-Identifier: Apache-2.0
export { createMounts } from './kernel.ts';
export type * from './mounts.ts';
