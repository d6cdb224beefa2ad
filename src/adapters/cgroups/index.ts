// SPDX-License-Identifier: Apache-2.0
export type * from './cgroups.ts';
export { createCgroups } from './kernel.ts';
