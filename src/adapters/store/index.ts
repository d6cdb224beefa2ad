// SPDX-License-Identifier: Apache-2.0
export { ContainerDirectory } from './container-directory.ts';
export type { ContainerDocuments, ContainerStore, FoundContainer } from './container-store.ts';
