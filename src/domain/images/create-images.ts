// SPDX-License-Identifier: Apache-2.0
import { sleep } from '../../base/async.ts';
import type { Nanoseconds } from '../../base/time.ts';
import type { ConfigSource } from '../../base/config-source.ts';
import type { Log } from '../../base/log.ts';
import type { Content, Diffs, ImageRecords, Leases, Snapshots } from '../../adapters/containerd/index.ts';
import type { Compression } from '../../adapters/compression/index.ts';
import type { Disk } from '../../adapters/disk/index.ts';
import type { Registries, RegistrySettings } from '../../adapters/registry/index.ts';
import type { IdMaps } from '../../spec/id-maps.ts';
import type { Platform } from '../../spec/platform.ts';
import type { EventPublisher } from '../events/index.ts';
import { commitImage } from './commit.ts';
import { deleteImage } from './delete.ts';
import { createDriverProbe } from './driver-status.ts';
import { ensureUnpacked } from './ensure-unpacked.ts';
import { Holders } from './holders.ts';
import { ImageIndex } from './image-index.ts';
import { ImageStore } from './image-records.ts';
import type { Images } from './images.ts';
import { IMAGE_OWNERS, remappedLayers, UNMAPPED_LAYERS } from './layer-form.ts';
import { listImages } from './list.ts';
import { loadImages, LOAD_LEASE_LABEL } from './load/load.ts';
import { Downloads } from './pull/downloads.ts';
import { pullImage } from './pull/pull.ts';
import { resolveImage } from './resolve.ts';
import { describeRootfs, measureRootfs, prepareRootfs, removeRootfs, sweepRootfs } from './rootfs.ts';
import { chainIdsOf } from './stored-image.ts';
import { tagImage, targetReference } from './tag.ts';
import { ensureUnmapped } from './unmapped-layers.ts';
import { Unpacker } from './unpack.ts';
import { viewLayers } from './view-layers.ts';

/** The slice of the configuration that images read. */
export interface ImagesConfig extends RegistrySettings {
  /** Blobs fetched at once, over the whole daemon. */
  readonly maxConcurrentDownloads: number;
  /** Tries for each blob. */
  readonly maxDownloadAttempts: number;
}

export interface ImagesDeps {
  readonly content: Content;
  readonly snapshots: Snapshots;
  readonly records: ImageRecords;
  readonly leases: Leases;
  readonly diffs: Diffs;
  readonly registries: Registries;
  readonly compression: Compression;
  readonly disk: Disk;
  readonly events: EventPublisher;
  readonly config: ConfigSource<ImagesConfig>;
  /** What this machine runs. */
  readonly host: Platform;
  /** The engine's version, which images made here name. */
  readonly engineVersion: string;
  readonly log: Log;
  /** Aborts when the daemon stops. */
  readonly lifetime: AbortSignal;
  /** The user namespace whose ids containers' files belong to. */
  readonly idMaps?: IdMaps;
  /** How a pull waits before it tries again; a timer when absent. */
  readonly pause?: (span: Nanoseconds, signal: AbortSignal) => Promise<void>;
}

/** The room as the daemon starts it. */
export interface StartableImages extends Images {
  /** Reads what is there, and clears away what a killed daemon left unfinished. Once, before anything else. */
  start(): Promise<void>;
}

/** Images over containerd. Nothing is read or written before `start`. */
export const createImages = (given: ImagesDeps): StartableImages => {
  const { content, snapshots, records, log, leases } = given;
  const index = new ImageIndex();
  const store = new ImageStore({ content, records, log });
  const layers = given.idMaps ? remappedLayers(given.disk, given.idMaps) : IMAGE_OWNERS;
  const unpacker = new Unpacker({ ...given, layers });
  const holders = new Holders();
  const deps = { ...given, snapshotter: snapshots.snapshotter, index, store, unpacker, holders, layers };
  const rootfs = { ...deps, ensureUnpacked: ensureUnpacked.bind(undefined, deps) };
  const unmapped = { ...deps, unpacker: new Unpacker({ ...given, layers: UNMAPPED_LAYERS }) };
  const unmappedRootfs = {
    ...rootfs,
    layers: UNMAPPED_LAYERS,
    ensureUnpacked: ensureUnmapped.bind(undefined, unmapped),
  };
  const pause = given.pause ?? sleep;
  const limits = () => {
    const { maxConcurrentDownloads, maxDownloadAttempts } = given.config.current;
    return { concurrent: maxConcurrentDownloads, attempts: maxDownloadAttempts };
  };
  const pulling = { ...deps, pause, downloads: new Downloads({ content, leases, limits, pause }) };
  const start = async (): Promise<void> => {
    await store.load(index);
    for (const { config, layerSizes } of index.stored())
      for (const [at, chain] of chainIdsOf(config.diffIds).entries())
        unpacker.know(chain, layerSizes[at] ?? 0);
    await unpacker.sweep();
    for (const { id } of await leases.list([`labels."${LOAD_LEASE_LABEL}"==true`])) await leases.delete(id);
  };
  return {
    start,
    resolve: (reference, platform) => resolveImage(index, reference, platform),
    find: (id) => index.describe(id),
    list: (query) => listImages(index, query),
    get count() {
      return index.size;
    },
    pull: (request) => pullImage(pulling, request),
    load: (archive, options) => loadImages(deps, archive, options),
    tag: async (source, repository, tag) => tagImage(deps, source, targetReference(repository, tag)),
    commit: (request) => commitImage(deps, request),
    delete: (reference, options) => deleteImage(deps, reference, options),
    hold: (id, holder) => holders.hold(id, holder, chainIdsOf(index.get(id)?.config.diffIds ?? [])),
    holders: (id) => holders.count(id),
    prepareRootfs: (container, image, { unmapped: isUnmapped = false } = {}) =>
      prepareRootfs(given.idMaps && isUnmapped ? unmappedRootfs : rootfs, container, image),
    rootfs: async (container) => describeRootfs(await snapshots.mounts(container)),
    viewLayers: async (image, { unmapped: isUnmapped = false } = {}) =>
      viewLayers(given.idMaps && isUnmapped ? unmappedRootfs : rootfs, image),
    removeRootfs: (container) => removeRootfs(rootfs, container),
    rootfsUsage: (container) => measureRootfs(rootfs, container),
    sweepRootfs: (isKnown) => sweepRootfs(rootfs, isKnown),
    driverStatus: createDriverProbe(deps),
  };
};
