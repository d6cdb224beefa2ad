// SPDX-License-Identifier: Apache-2.0
import { randomUUID } from 'node:crypto';
import { KeyedMutex } from '../../base/async.ts';
import { EngineError, isKind } from '../../base/errors.ts';
import type { ChainId, Digest } from '../../spec/digest.ts';
import type { Mount } from '../../spec/mount.ts';
import type { Diffs, Leases, Snapshots } from '../../adapters/containerd/index.ts';
import type { Disk } from '../../adapters/disk/index.ts';
import type { LayerForm } from './layer-form.ts';
import { describeRootfs } from './rootfs.ts';

/** A layer of any compression: the bytes tell which. Source: containerd, `images/mediatypes.go`. */
const ANY_LAYER = 'application/vnd.docker.image.rootfs.diff.tar.gzip';
/** Keys of snapshots that are being unpacked: a left-over of a killed daemon is known by it. */
export const KEY_PREFIX = 'unpack-';

/** One layer to unpack onto the chain below it. */
export interface PackedLayer {
  readonly blob: { readonly digest: Digest; readonly size: number };
  readonly diffId: Digest;
  readonly chain: ChainId;
  /** Absent for the base layer. */
  readonly parent?: ChainId;
}

export interface UnpackerDeps {
  readonly snapshots: Snapshots;
  readonly diffs: Diffs;
  readonly leases: Pick<Leases, 'addResource'>;
  readonly disk: Disk;
  /** Whose the files of unpacked layers are. */
  readonly layers: LayerForm;
}

/** Turns layer blobs into snapshots, each chain once however many ask, and knows what each layer weighs. */
export class Unpacker {
  readonly #deps: UnpackerDeps;
  readonly #locks = new KeyedMutex<ChainId>();
  readonly #sizes = new Map<ChainId, Promise<number>>();

  constructor(deps: UnpackerDeps) {
    this.#deps = deps;
  }

  /** True when the chain is unpacked; from then on `lease` keeps it. */
  async holds(chain: ChainId, lease: string): Promise<boolean> {
    const { leases, snapshots, layers } = this.#deps;
    const name = layers.nameOf(chain);
    try {
      await snapshots.stat(name);
      await leases.addResource(lease, { type: `snapshots/${snapshots.snapshotter}`, id: name });
      // It may have been collected between the two.
      await snapshots.stat(name);
      return true;
    } catch (error) {
      if (isKind(error, 'not-found')) return false;
      throw error;
    }
  }

  /**
   * Unpacks a layer whose parent is unpacked. `wrongDiff` makes the error for a layer that holds other bytes than
   * its image says. @throws insufficient-storage; invalid-argument for what is no layer
   */
  async unpack(
    layer: PackedLayer,
    lease: string,
    wrongDiff: (actual: Digest) => EngineError,
  ): Promise<'unpacked' | 'present'> {
    using _lock = await this.#locks.lock(layer.chain);
    if (await this.holds(layer.chain, lease)) return 'present';
    await this.#apply(layer, lease, wrongDiff);
    return 'unpacked';
  }

  async #apply(layer: PackedLayer, lease: string, wrongDiff: (actual: Digest) => EngineError): Promise<void> {
    const { snapshots, diffs, layers } = this.#deps;
    const key = `${KEY_PREFIX}${randomUUID()} ${layer.chain}`;
    const parent = layer.parent === undefined ? '' : layers.nameOf(layer.parent);
    const mounts = await snapshots.prepare(key, parent, { lease });
    try {
      const applied = await diffs.apply({ mediaType: ANY_LAYER, ...layer.blob }, mounts, { lease });
      if (applied.digest !== layer.diffId) throw wrongDiff(applied.digest);
      await layers.settle(mounts);
      await this.#commit(layer.chain, key, lease);
    } catch (error) {
      await snapshots.remove(key).catch(() => undefined);
      throw asStorageError(error);
    }
    this.#sizes.set(layer.chain, this.#measure(mounts));
  }

  /** Another daemon on the same containerd may have committed it meanwhile: then ours is of no use. */
  async #commit(chain: ChainId, key: string, lease: string): Promise<void> {
    const { snapshots, layers } = this.#deps;
    try {
      await snapshots.commit(layers.nameOf(chain), key, { lease });
    } catch (error) {
      if (!isKind(error, 'conflict')) throw error;
      await snapshots.remove(key);
    }
  }

  /** Bytes of one unpacked layer, without those below it. */
  async sizeOf(chain: ChainId): Promise<number> {
    const known = this.#sizes.get(chain) ?? this.#measureCommitted(chain);
    this.#sizes.set(chain, known);
    try {
      return await known;
    } catch (error) {
      this.#sizes.delete(chain);
      throw error;
    }
  }

  /** Takes a size as known, from an image that has the layer. */
  know(chain: ChainId, size: number): void {
    if (!this.#sizes.has(chain)) this.#sizes.set(chain, Promise.resolve(size));
  }

  /** A layer's directory is the upper one while it is unpacked, and the topmost lower one of a view afterwards. */
  async #measureCommitted(chain: ChainId): Promise<number> {
    const { snapshots, layers } = this.#deps;
    const key = `${KEY_PREFIX}${randomUUID()} ${chain}`;
    const mounts = await snapshots.view(key, layers.nameOf(chain));
    try {
      return await this.#measure(mounts);
    } finally {
      await snapshots.remove(key);
    }
  }

  #measure(mounts: readonly Mount[]): Promise<number> {
    const { upperDirectory, lowerDirectories } = describeRootfs(mounts);
    const directory = upperDirectory ?? lowerDirectories[0];
    return directory === undefined ? Promise.resolve(0) : this.#deps.disk.contentSize(directory);
  }

  /** Removes what a killed daemon was unpacking. */
  async sweep(): Promise<void> {
    const { snapshots } = this.#deps;
    const keys: string[] = [];
    for await (const { key } of snapshots.list()) if (key.startsWith(KEY_PREFIX)) keys.push(key);
    for (const key of keys) await snapshots.remove(key).catch(() => undefined);
  }
}

/** A full disk is told as one, whatever containerd makes of it. */
const asStorageError = (error: unknown): unknown => {
  const full = error instanceof EngineError && error.message.includes('no space left on device');
  return full ? new EngineError('insufficient-storage', error.message, { cause: error }) : error;
};
