// SPDX-License-Identifier: Apache-2.0
import { EngineError } from '../../../base/errors.ts';
import { shortId } from '../../../base/ids.ts';
import type { Content, Leases } from '../../../adapters/containerd/index.ts';
import type { RegistrySession } from '../../../adapters/registry/index.ts';
import type { ChainId, Digest } from '../../../spec/digest.ts';
import type { ContentDescriptor } from '../../../spec/oci-image-manifest.ts';
import type { Progress } from '../images.ts';
import { chainIdsOf } from '../stored-image.ts';
import type { Unpacker } from '../unpack.ts';
import type { Downloads, DownloadState } from './downloads.ts';
import { findLayerBlob, leaseBlob, UNCOMPRESSED_LABEL } from '../find-layer-blob.ts';

/** The shortest pause (ms) between two lines on how far one layer is. Source: images.md §4.5. */
const LINE_PAUSE = 100;

export interface PullLayersDeps {
  readonly content: Content;
  readonly leases: Leases;
  readonly unpacker: Unpacker;
  readonly downloads: Downloads;
}

export interface PullLayersRequest {
  readonly session: RegistrySession;
  readonly layers: readonly ContentDescriptor[];
  readonly diffIds: readonly Digest[];
  readonly lease: string;
  readonly report: (line: Progress) => void;
  readonly signal: AbortSignal;
}

interface Layer {
  readonly blob: ContentDescriptor;
  readonly diffId: Digest;
  readonly chain: ChainId;
  readonly parent?: ChainId;
  /** The 12 digits that lines are about. */
  readonly id: string;
}

const layersOf = ({ layers, diffIds }: PullLayersRequest): readonly Layer[] => {
  const chains = chainIdsOf(diffIds);
  return layers.map((blob, at) => {
    const parent = chains[at - 1];
    return {
      blob,
      diffId: diffIds[at] as Digest,
      chain: chains[at] as ChainId,
      ...(parent === undefined ? {} : { parent }),
      id: shortId(blob.digest),
    };
  });
};

/** Turns what a download tells into lines, not too many of them. */
const reporter = (layer: Layer, report: (line: Progress) => void): ((state: DownloadState) => void) => {
  const { id } = layer;
  const total = layer.blob.size;
  let last = 0;
  return (state) => {
    if (state.kind === 'downloading') {
      if (performance.now() - last < LINE_PAUSE && state.bytes < total) return;
      last = performance.now();
      report({ status: 'Downloading', id, detail: { current: state.bytes, total } });
    } else if (state.kind === 'retrying') {
      const unit = state.seconds === 1 ? 'second' : 'seconds';
      report({ status: `Retrying in ${state.seconds} ${unit}`, id, detail: {} });
    } else report({ status: LINES[state.kind], id, detail: {} });
  };
};

const LINES = {
  waiting: 'Waiting',
  verifying: 'Verifying Checksum',
  complete: 'Download complete',
} as const;

/** One pull's layers: those that are missing are fetched side by side and unpacked from the base up, as they come. */
class LayerPull {
  readonly #deps: PullLayersDeps;
  readonly #request: PullLayersRequest;
  readonly #failed = new AbortController();
  readonly #signal: AbortSignal;

  constructor(deps: PullLayersDeps, request: PullLayersRequest) {
    this.#deps = deps;
    this.#request = request;
    this.#signal = AbortSignal.any([request.signal, this.#failed.signal]);
  }

  /** Digests of blobs that stand for layers which were there in another form. */
  async run(): Promise<readonly Digest[]> {
    const heldAs: Digest[] = [];
    const fetches: { readonly layer: Layer; readonly fetched: Promise<void> }[] = [];
    for (const layer of layersOf(this.#request)) {
      const present = fetches.length === 0 ? await this.#findPresent(layer) : undefined;
      this.#tell(layer, present ? 'Already exists' : 'Pulling fs layer');
      if (present) heldAs.push(present);
      else fetches.push({ layer, fetched: this.#fetch(layer) });
    }
    await this.#unpackAll(fetches);
    return heldAs;
  }

  #tell({ id }: Layer, status: string): void {
    this.#request.report({ status, id, detail: {} });
  }

  /** The blob of a layer that is unpacked already. */
  async #findPresent({ blob, diffId, chain }: Layer): Promise<Digest | undefined> {
    const { content, leases, unpacker } = this.#deps;
    const { lease } = this.#request;
    if (!(await unpacker.holds(chain, lease))) return undefined;
    const found = await findLayerBlob(content, blob.digest, diffId);
    const held = found && (await leaseBlob({ content, leases }, found.digest, lease));
    return held ? found.digest : undefined;
  }

  /** Begins the download; an error of it ends the others and is thrown where the layer's turn comes. */
  #fetch(layer: Layer): Promise<void> {
    const fetched = this.#download(layer);
    fetched.catch((error: unknown) => this.#failed.abort(error));
    return fetched;
  }

  async #download(layer: Layer): Promise<void> {
    const { session, lease, report } = this.#request;
    const { digest, size } = layer.blob;
    if (await leaseBlob(this.#deps, digest, lease)) {
      this.#tell(layer, 'Download complete');
      return;
    }
    const download = {
      digest,
      size,
      lease,
      open: (offset: number, signal: AbortSignal) => session.blob(digest, offset, signal),
    };
    await this.#deps.downloads.fetch(download, reporter(layer, report), this.#signal);
  }

  async #unpackAll(
    fetches: readonly { readonly layer: Layer; readonly fetched: Promise<void> }[],
  ): Promise<void> {
    try {
      for (const { layer, fetched } of fetches) {
        await fetched;
        this.#signal.throwIfAborted();
        await this.#unpack(layer);
      }
    } catch (error) {
      this.#failed.abort(error);
      await Promise.allSettled(fetches.map(({ fetched }) => fetched));
      throw error;
    }
  }

  async #unpack(layer: Layer): Promise<void> {
    const { report, lease } = this.#request;
    const total = layer.blob.size;
    const extracting = (current: number): void =>
      report({ status: 'Extracting', id: layer.id, detail: { current, total } });
    extracting(0);
    await this.#deps.unpacker.unpack(layer, lease, () => wrongDiffId(layer.blob.digest));
    extracting(total);
    await this.#deps.content.setLabels(layer.blob.digest, { [UNCOMPRESSED_LABEL]: layer.diffId });
    this.#tell(layer, 'Pull complete');
  }
}

const wrongDiffId = (digest: Digest): EngineError =>
  new EngineError('internal', `filesystem layer verification failed for digest ${digest}`);

/** Brings an image's layers here, unpacked and under the request's lease. */
export const pullLayers = (deps: PullLayersDeps, request: PullLayersRequest): Promise<readonly Digest[]> =>
  new LayerPull(deps, request).run();
