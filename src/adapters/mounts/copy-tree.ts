// SPDX-License-Identifier: Apache-2.0
import {
  type BigIntStats,
  closeSync,
  constants,
  fstatSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
} from 'node:fs';
import { posix } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { errnoOf } from '../../sys/errno.ts';
import { O_PATH, openInRoot } from '../../sys/openat2.ts';
import { ContentCopier } from './copy-content.ts';
import {
  copyDirectoryAttributes,
  copyFile,
  copyLink,
  copySpecial,
  inside,
  type Pair,
  self,
} from './copy-entry.ts';

/** How long small files are copied before others get their turn (ms). */
const SLICE = 4;

const DIRECTORY = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;

/** How the kernel answers for a file that has gone, or has become one of another kind, since it was looked at. */
const GONE = new Set(['ENOENT', 'ENOTDIR', 'ELOOP']);

const isGone = (error: unknown): boolean => GONE.has(errnoOf(error) ?? '');

/** Somebody may change both trees meanwhile: all is done in open directories, and no link is followed. */
class TreeCopier {
  readonly #root: number;
  readonly #signal: AbortSignal | undefined;
  readonly #content: ContentCopier;
  /** Files with several names: the path below the target that the first of them was copied to. */
  readonly #links = new Map<string, string>();
  #began = performance.now();

  constructor(root: number, signal: AbortSignal | undefined) {
    this.#root = root;
    this.#signal = signal;
    this.#content = new ContentCopier(signal);
  }

  /** All that is in a directory; `path` is the target's, below the topmost one. */
  async entries(pair: Pair, path: string): Promise<void> {
    for (const name of readdirSync(self(pair.source))) {
      const copying = this.#entry(pair, name, path);
      if (copying) await copying;
      if (performance.now() - this.#began > SLICE) await this.#letOthers();
    }
  }

  async #letOthers(): Promise<void> {
    await turn();
    this.#signal?.throwIfAborted();
    this.#began = performance.now();
  }

  #entry(pair: Pair, name: string, path: string): Promise<void> | undefined {
    const stats = lstatSync(inside(pair.source, name), { bigint: true, throwIfNoEntry: false });
    if (!stats) return undefined;
    const here = posix.join(path, name);
    if (stats.isDirectory()) return this.#directory(pair, name, here, stats);
    const key = stats.nlink < 2n ? undefined : `${stats.dev}:${stats.ino}`;
    const first = key === undefined ? undefined : this.#links.get(key);
    if (key !== undefined && first === undefined) this.#links.set(key, here);
    try {
      if (first !== undefined) this.#link(first, pair, name);
      else if (stats.isFile()) return copyFile(pair, name, this.#content);
      else if (stats.isSymbolicLink()) copyLink(pair, name, stats);
      else copySpecial(pair, name, stats);
    } catch (error) {
      if (!isGone(error)) throw error;
    }
    return undefined;
  }

  #link(first: string, { target }: Pair, name: string): void {
    using held = new DisposableStack();
    const flags = O_PATH | constants.O_DIRECTORY;
    const folder = held.adopt(openInRoot(this.#root, posix.dirname(first), flags), closeSync);
    linkSync(inside(folder, posix.basename(first)), inside(target, name));
  }

  async #directory(pair: Pair, name: string, path: string, stats: BigIntStats): Promise<void> {
    using held = new DisposableStack();
    let source: number;
    try {
      source = held.adopt(openSync(inside(pair.source, name), DIRECTORY), closeSync);
    } catch (error) {
      if (isGone(error)) return;
      throw error;
    }
    mkdirSync(inside(pair.target, name), { mode: 0o700 });
    const target = held.adopt(openSync(inside(pair.target, name), DIRECTORY), closeSync);
    await this.entries({ source, target }, path);
    copyDirectoryAttributes(source, target, stats);
  }
}

/**
 * Copies all that is in the open directory `source` into the directory `target`, which is empty and also gets the attributes
 * of `source` itself. Blocks are shared where the file system can. What was copied before a failure, or before `signal` was
 * aborted, stays.
 */
export const copyTree = async (source: number, target: string, signal?: AbortSignal): Promise<void> => {
  using held = new DisposableStack();
  const root = held.adopt(openSync(target, constants.O_RDONLY | constants.O_DIRECTORY), closeSync);
  const pair = { source, target: root };
  await new TreeCopier(root, signal).entries(pair, '/');
  copyDirectoryAttributes(source, root, fstatSync(source, { bigint: true }));
};
