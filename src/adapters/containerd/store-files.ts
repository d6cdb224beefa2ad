// SPDX-License-Identifier: Apache-2.0
import { type FileHandle, link, mkdir, open, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Digest, hexOf } from '../../spec/digest.ts';
import { errnoOf, fileFailure } from '../../sys/errno.ts';

/** A file name's limit on Linux file systems. */
const LONGEST_NAME = 255;
/** An unfinished blob nobody went on with for so long (ms) is dropped: containerd's own rule. */
const STALE = 24 * 3600 * 1000;

const isAbsent = (error: unknown): boolean => errnoOf(error) === 'ENOENT';

/**
 * The files of a containerd's content store on this machine: finished blobs where containerd keeps them
 * (`io.containerd.content.v1.content/blobs/<algorithm>/<hex>`, containerd's documentation "Content Flow"), unfinished
 * ones in a folder of our own beside them, under their ref.
 */
export class StoreFiles {
  readonly #blobs: string;
  readonly #unfinished: string;

  /** `root` is containerd's own `root` directory. */
  constructor(root: string) {
    this.#blobs = join(root, 'io.containerd.content.v1.content', 'blobs');
    this.#unfinished = join(root, 'berth-unfinished');
  }

  blobPath(digest: Digest): string {
    return join(this.#blobs, digest.slice(0, digest.indexOf(':')), hexOf(digest));
  }

  /** Where the unfinished blob of `ref` lies; `undefined` for a ref that makes no file name. */
  unfinishedPath(ref: string): string | undefined {
    const name = encodeURIComponent(ref);
    return name.length > LONGEST_NAME || /^\.*$/.test(name) ? undefined : join(this.#unfinished, name);
  }

  /** Opens an unfinished blob to go on with it, or a new one. */
  async openUnfinished(path: string): Promise<FileHandle> {
    await this.#makeFolder();
    return open(path, 'a+', 0o444);
  }

  /** Puts a finished file in a blob's place; the file keeps its own name too. */
  async place(path: string, digest: Digest): Promise<void> {
    const target = this.blobPath(digest);
    await mkdir(join(target, '..'), { recursive: true });
    try {
      await link(path, target);
    } catch (error) {
      if (errnoOf(error) !== 'EEXIST') throw error;
    }
  }

  async remove(path: string): Promise<void> {
    await rm(path, { force: true });
  }

  /** Bytes of the unfinished blob of `ref`; `undefined` when there is none. */
  async sizeOf(ref: string): Promise<number | undefined> {
    const path = this.unfinishedPath(ref);
    if (path === undefined) return undefined;
    try {
      return (await stat(path)).size;
    } catch (error) {
      if (isAbsent(error)) return undefined;
      throw fileFailure(error);
    }
  }

  /** The refs of all unfinished blobs. */
  async refs(): Promise<readonly string[]> {
    try {
      return (await readdir(this.#unfinished)).map((name) => decodeURIComponent(name));
    } catch (error) {
      if (isAbsent(error)) return [];
      throw fileFailure(error);
    }
  }

  /** Makes the folder; when it was there, drops what is stale in it. */
  async #makeFolder(): Promise<void> {
    if ((await mkdir(this.#unfinished, { recursive: true, mode: 0o700 })) !== undefined) return;
    const before = Date.now() - STALE;
    for (const name of await readdir(this.#unfinished)) {
      const path = join(this.#unfinished, name);
      const facts = await stat(path).catch(() => undefined);
      if (facts !== undefined && facts.mtimeMs < before) await this.remove(path);
    }
  }
}
