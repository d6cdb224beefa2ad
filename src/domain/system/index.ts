// SPDX-License-Identifier: Apache-2.0
export { findInit } from './components.ts';
export { type BuildFacts, createSystem, type SystemConfig, type SystemRoom } from './create-system.ts';
export type * from './system.ts';
export type { OpenListener } from './warnings.ts';
