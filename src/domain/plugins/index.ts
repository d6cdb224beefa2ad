// SPDX-License-Identifier: Apache-2.0
export { createPlugins } from './find-plugin.ts';
export { isUnknownMethod } from './refusal.ts';
export type * from './plugins.ts';
