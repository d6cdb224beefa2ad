// SPDX-License-Identifier: Apache-2.0
export { createRegistries, type RegistriesOptions } from './http-registries.ts';
export type * from './registry.ts';
