// SPDX-License-Identifier: Apache-2.0
import { randomUUID } from 'node:crypto';
import { EngineError } from '../../../base/errors.ts';
import { shortId } from '../../../base/ids.ts';
import type { Leases } from '../../../adapters/containerd/index.ts';
import type { Compression } from '../../../adapters/compression/index.ts';
import { type ChainId, type Digest, sha256 } from '../../../spec/digest.ts';
import { MEDIA_TYPE } from '../../../spec/media-type.ts';
import { type ImageConfig, parseImageConfig } from '../../../spec/oci-image-config.ts';
import { type ContentDescriptor, encodeManifest } from '../../../spec/oci-image-manifest.ts';
import { matchesPlatform } from '../../../spec/platform-match.ts';
import type { Platform } from '../../../spec/platform.ts';
import { familiarReference } from '../../../spec/reference.ts';
import { readTar } from '../../../spec/tar/read.ts';
import type { EventPublisher } from '../../events/index.ts';
import { publishImageEvent } from '../image-events.ts';
import type { Progress } from '../images.ts';
import { layerTypeOf, packingOf, peekStream } from '../packing.ts';
import { withProgress } from '../progress-queue.ts';
import { nameImage, recordImage, type RecordDeps } from '../record-image.ts';
import { chainIdsOf, type StoredImage } from '../stored-image.ts';
import type { Unpacker } from '../unpack.ts';
import { ArchiveContents, type ArchivedFile, type LargeFile } from './archive-contents.ts';
import { findImages, type FoundImage } from './archived-images.ts';
import { LayerArrivals } from './layer-arrivals.ts';

/** Marks leases of loads: a daemon that starts deletes those of the one before. */
export const LOAD_LEASE_LABEL = 'berth.lease/load';
/** A load that takes longer than this (ms) has been forgotten by its daemon. */
const LEASE_LIFE = 24 * 3600 * 1000;

export interface LoadDeps extends RecordDeps {
  readonly leases: Leases;
  readonly unpacker: Unpacker;
  readonly compression: Compression;
  readonly events: EventPublisher;
  readonly host: Platform;
}

export interface LoadOptions {
  readonly quiet: boolean;
  readonly platform?: Platform;
  readonly signal: AbortSignal;
}

type Report = (line: Progress) => void;

/** One load: what has come so far, and what is being done with it while the rest still streams. */
class Load {
  readonly #deps: LoadDeps;
  readonly #options: LoadOptions;
  readonly #lease: string;
  readonly #report: Report;
  readonly #contents: ArchiveContents;
  readonly #arrivals = new LayerArrivals();
  readonly #unpacking = new Map<ChainId, Promise<void>>();
  /** Writes that are under way, by their refs. */
  readonly #writes = new Map<string, Promise<Digest>>();

  constructor(deps: LoadDeps, options: LoadOptions, lease: string, report: Report) {
    this.#deps = deps;
    this.#options = options;
    this.#lease = lease;
    this.#report = report;
    this.#contents = new ArchiveContents((file) => this.#ingest(file));
  }

  async run(archive: AsyncIterable<Uint8Array>): Promise<void> {
    try {
      await this.#read(archive);
      const wanted = findImages(this.#contents, this.#options.platform ?? this.#deps.host);
      await this.#loadAll(wanted);
    } finally {
      await this.#settle();
    }
  }

  /** Lets what was begun end, whatever came between, and drops what was not finished. */
  async #settle(): Promise<void> {
    this.#arrivals.end(new EngineError('internal', 'the load has ended'));
    await Promise.allSettled(this.#unpacking.values());
    const unfinished = [...this.#writes.keys()];
    await Promise.allSettled(this.#writes.values());
    await Promise.allSettled(unfinished.map((ref) => this.#deps.content.abort(ref)));
  }

  async #read(archive: AsyncIterable<Uint8Array>): Promise<void> {
    const { head, whole } = await peekStream(archive);
    if (head.length === 0) throw new EngineError('invalid-argument', 'unexpected EOF');
    const { compression } = this.#deps;
    for await (const part of readTar(compression.unpack(packingOf(head), whole, this.#options.signal))) {
      this.#options.signal.throwIfAborted();
      const bytes = await this.#contents.add(part);
      if (bytes) this.#notice(bytes);
    }
  }

  /** A configuration tells the order of layers: unpacking can begin before the archive has ended. */
  #notice(bytes: Uint8Array): void {
    if (bytes[0] !== 0x7b) return;
    try {
      const { diffIds } = parseImageConfig(bytes);
      if (diffIds.length > 0) void this.#unpackChain(diffIds).catch(() => undefined);
    } catch {
      // It is some other document.
    }
  }

  /** Streams a large file to the content store, which hashes it. */
  async #ingest({ content, size, digest }: LargeFile): Promise<ContentDescriptor> {
    const { head, whole } = await peekStream(content);
    const packing = packingOf(head);
    const blob = await this.#write(whole, size, digest);
    const descriptor = { mediaType: layerTypeOf(packing), ...blob };
    if (packing === 'none') this.#arrivals.arrived(descriptor.digest, descriptor);
    return descriptor;
  }

  async #write(
    content: AsyncIterable<Uint8Array>,
    size: number,
    expected?: Digest,
  ): Promise<{ readonly digest: Digest; readonly size: number }> {
    const ref = `load-${randomUUID()}`;
    const known = expected === undefined ? {} : { expected };
    const request = { ref, size, lease: this.#lease, signal: this.#options.signal, ...known };
    const write = this.#deps.content.write(request, () => content);
    this.#writes.set(ref, write);
    const digest = await write;
    this.#writes.delete(ref);
    return { digest, size: size === 0 ? (await this.#deps.content.info(digest)).size : size };
  }

  /** Unpacks a chain, each layer as soon as it is here; once, however often it is asked for. */
  async #unpackChain(diffIds: readonly Digest[]): Promise<void> {
    const chains = chainIdsOf(diffIds);
    for (const [at, chain] of chains.entries()) {
      const diffId = diffIds[at] as Digest;
      const parent = chains[at - 1];
      const unpacked = this.#unpacking.get(chain) ?? this.#unpackLayer(at, diffId, chain, parent);
      this.#unpacking.set(chain, unpacked);
      await unpacked;
    }
  }

  async #unpackLayer(at: number, diffId: Digest, chain: ChainId, parent?: ChainId): Promise<void> {
    if (await this.#deps.unpacker.holds(chain, this.#lease)) return;
    const blob = await this.#arrivals.wait(diffId);
    const id = shortId(diffId);
    const total = blob.size;
    const tell = (current: number): void => {
      if (!this.#options.quiet) this.#report({ status: 'Loading layer', id, detail: { current, total } });
    };
    tell(0);
    const layer = { blob, diffId, chain, ...(parent === undefined ? {} : { parent }) };
    await this.#deps.unpacker.unpack(layer, this.#lease, (actual) => wrongDiffId(at, diffId, actual));
    tell(total);
  }

  async #loadAll(found: readonly FoundImage[]): Promise<void> {
    const images: StoredImage[] = [];
    let skipped = 0;
    for (const image of found) {
      this.#options.signal.throwIfAborted();
      const stored = await this.#loadImage(image);
      if (stored) images.push(stored);
      else skipped += 1;
    }
    // What Docker says when the wanted platform is not there.
    if (skipped > 0 && images.length === 0) this.#report({});
    if (found.some(({ references }) => references.length > 0)) return;
    for (const { id } of images) this.#report({ stream: `Loaded image ID: ${id}\n` });
  }

  async #loadImage(image: FoundImage): Promise<StoredImage | undefined> {
    const configBytes = await this.#bytes(image.configPath);
    const config = parseImageConfig(configBytes);
    if (config.platform.os === 'windows')
      throw new EngineError('invalid-argument', 'cannot load windows image on linux');
    const { platform } = this.#options;
    if (platform && !matchesPlatform(platform, config.platform)) return undefined;
    const stored = await this.#record(image, configBytes, config);
    await this.#name(stored, image);
    publishImageEvent(this.#deps, 'load', stored.id);
    return stored;
  }

  async #record(image: FoundImage, configBytes: Uint8Array, config: ImageConfig): Promise<StoredImage> {
    const expected = config.diffIds.length;
    if (expected !== image.layerPaths.length)
      throw new EngineError(
        'invalid-argument',
        `invalid manifest, layers length mismatch: expected ${expected}, got ${image.layerPaths.length}`,
      );
    const layers: ContentDescriptor[] = [];
    for (const [at, path] of image.layerPaths.entries()) {
      const blob = await this.#layerBlob(path);
      layers.push(blob);
      this.#checkPlain(at, config.diffIds[at] as Digest, blob);
      this.#arrivals.arrived(config.diffIds[at] as Digest, blob);
    }
    await this.#unpackChain(config.diffIds);
    const id = sha256(configBytes);
    const descriptor = { mediaType: MEDIA_TYPE.ociConfig, digest: id, size: configBytes.length };
    const manifest = { bytes: encodeManifest(descriptor, layers), mediaType: MEDIA_TYPE.ociManifest };
    return recordImage(this.#deps, { configBytes, config, layers, manifest, lease: this.#lease });
  }

  /** A layer that is not packed has the digest that the image says, or is another. */
  #checkPlain(at: number, diffId: Digest, { digest, mediaType }: ContentDescriptor): void {
    if (mediaType === MEDIA_TYPE.ociLayer && digest !== diffId) throw wrongDiffId(at, diffId, digest);
  }

  async #layerBlob(path: string): Promise<ContentDescriptor> {
    const file = this.#contents.file(path);
    if (!file) throw new EngineError('internal', `open ${path}: no such file or directory`);
    return this.#toLayer(file);
  }

  /** The file as a blob that containerd can unpack: xz and bzip2 it can not. */
  async #toLayer(file: ArchivedFile): Promise<ContentDescriptor> {
    const { content, compression } = this.#deps;
    const { head, whole } = await peekStream(
      'bytes' in file ? once(file.bytes) : content.read((await file.blob).digest),
    );
    const packing = packingOf(head);
    if (packing === 'xz' || packing === 'bzip2') {
      const plain = compression.unpack(packing, whole, this.#options.signal);
      return { mediaType: MEDIA_TYPE.ociLayer, ...(await this.#write(plain, 0)) };
    }
    if ('blob' in file) return file.blob;
    const written = await this.#write(whole, file.bytes.length, sha256(file.bytes));
    return { mediaType: layerTypeOf(packing), ...written };
  }

  async #bytes(path: string): Promise<Uint8Array> {
    const file = this.#contents.file(path);
    if (file && 'blob' in file) return this.#deps.content.readAll((await file.blob).digest);
    return this.#contents.bytes(path);
  }

  async #name(stored: StoredImage, { references }: FoundImage): Promise<void> {
    for (const reference of references) {
      const familiar = familiarReference(reference);
      const before = this.#deps.index.target(reference);
      if (before !== undefined && before !== stored.id)
        this.#report({
          stream: `The image ${familiar} already exists, renaming the old one with ID ${before} to empty string\n`,
        });
      await nameImage(this.#deps, reference, stored);
      this.#report({ stream: `Loaded image: ${familiar}\n` });
    }
  }
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

const wrongDiffId = (at: number, expected: Digest, actual: Digest): EngineError =>
  new EngineError(
    'invalid-argument',
    `invalid diffID for layer ${at}: expected "${expected}", got "${actual}"`,
  );

/** Reads an archive of images into the store. What it made before it failed is collected. */
export const loadImages = (
  deps: LoadDeps,
  archive: AsyncIterable<Uint8Array>,
  options: LoadOptions,
): AsyncGenerator<Progress> =>
  withProgress(options.signal, async (report, signal) => {
    const lease = await deps.leases.create({ expiresIn: LEASE_LIFE, labels: { [LOAD_LEASE_LABEL]: 'true' } });
    try {
      await new Load(deps, { ...options, signal }, lease, report).run(archive);
    } finally {
      await deps.leases.delete(lease);
    }
  });
