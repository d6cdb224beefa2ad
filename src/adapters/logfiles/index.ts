// SPDX-License-Identifier: Apache-2.0
export { createLogFiles } from './files.ts';
export type * from './logfiles.ts';
