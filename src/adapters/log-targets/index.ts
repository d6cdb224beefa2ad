// SPDX-License-Identifier: Apache-2.0
export { createLogTargets } from './kernel.ts';
export type * from './log-targets.ts';
