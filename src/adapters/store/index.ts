// SPDX-License-Identifier: Apache-2.0
export type { ContainerDocuments, ContainerStore, FoundContainer } from './container-store.ts';
export type { RemoteVolumeStore, StagedVolume, StoredVolume, VolumeStore } from './volume-store.ts';
export { ContainerDirectory } from './container-directory.ts';
export { RemoteVolumeDirectory } from './remote-volume-directory.ts';
export { VolumeDirectory } from './volume-directory.ts';
export { type EventStore, openEventStore, type StoredEvent } from './event-store.ts';
export { type NetworkStore, openNetworkStore, type RecordTable, type StoredRecord } from './network-store.ts';
