// SPDX-License-Identifier: Apache-2.0
export type * from './compression.ts';
export { createCompression } from './streams.ts';
