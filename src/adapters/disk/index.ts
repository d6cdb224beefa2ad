// SPDX-License-Identifier: Apache-2.0
export type * from './disk.ts';
export { createDisk } from './kernel.ts';
