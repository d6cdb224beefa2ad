// SPDX-License-Identifier: Apache-2.0
export type * from './container-files.ts';
export { createContainerFiles } from './kernel.ts';
