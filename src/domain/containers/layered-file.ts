// SPDX-License-Identifier: Apache-2.0
import { closeSync, constants, fstatSync, lstatSync, openSync, readlinkSync, readSync } from 'node:fs';
import { EngineError } from '../../base/errors.ts';
import { errnoOf } from '../../sys/errno.ts';
import { O_PATH } from '../../sys/openat2.ts';
import { isOpaque, isWhiteout } from '../../sys/overlay-marks.ts';

/** As many links as the kernel follows before it gives up (MAXSYMLINKS, include/linux/namei.h). */
const MOST_LINKS = 40;

const DIRECTORY = O_PATH | constants.O_DIRECTORY | constants.O_NOFOLLOW;
/** A pipe in a file's place must not hold us up. */
const FILE = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** One directory as the container sees it: open files of it in the layers that show through, topmost first. */
type Merged = readonly number[];

type Found =
  | { readonly kind: 'directory'; readonly merged: Merged }
  | { readonly kind: 'link' | 'file'; readonly path: string };

/** Everything opened for one walk. */
class OpenFiles implements Disposable {
  readonly #open: number[] = [];

  directory(path: string): number {
    const fd = openSync(path, DIRECTORY);
    this.#open.push(fd);
    return fd;
  }

  file(path: string): number {
    const fd = openSync(path, FILE);
    this.#open.push(fd);
    return fd;
  }

  [Symbol.dispose](): void {
    for (const fd of this.#open) closeSync(fd);
  }
}

/** A path that starts at an open directory, so that nobody can exchange what leads to it. */
const inside = (directory: number, name: string): string => `/proc/self/fd/${directory}/${name}`;

const lookUp = (open: OpenFiles, directory: Merged, name: string): Found | undefined => {
  const merged: number[] = [];
  for (const layer of directory) {
    const path = inside(layer, name);
    const stats = lstatSync(path, { throwIfNoEntry: false });
    if (stats === undefined) continue;
    if (isWhiteout(stats)) break;
    if (!stats.isDirectory()) {
      if (merged.length > 0) break;
      return { kind: stats.isSymbolicLink() ? 'link' : 'file', path };
    }
    merged.push(open.directory(path));
    if (isOpaque(path)) break;
  }
  return merged.length === 0 ? undefined : { kind: 'directory', merged };
};

const segments = (path: string): string[] => path.split('/').filter((part) => part !== '' && part !== '.');

/** Walks `path` as a process does whose root are the merged `layers`: links and `..` stay within. */
const resolve = (open: OpenFiles, layers: Merged, path: string): string | undefined => {
  let way: Merged[] = [layers];
  let links = 0;
  const left = segments(path);
  for (let name = left.shift(); name !== undefined; name = left.shift()) {
    if (name === '..') {
      if (way.length > 1) way.pop();
      continue;
    }
    const found = lookUp(open, way.at(-1) ?? layers, name);
    if (found === undefined) return undefined;
    if (found.kind === 'directory') way.push(found.merged);
    else if (found.kind === 'file') return left.length === 0 ? found.path : undefined;
    else {
      links += 1;
      if (links > MOST_LINKS) return undefined;
      const target = readlinkSync(found.path);
      if (target.startsWith('/')) way = [layers];
      left.unshift(...segments(target));
    }
  }
  return undefined;
};

const readWhole = (fd: number, path: string, limit: number): string => {
  const stats = fstatSync(fd);
  if (!stats.isFile()) throw new EngineError('internal', `${path} is not a regular file`);
  const bytes = Buffer.alloc(Math.min(stats.size, limit) + 1);
  let length = 0;
  for (let got = -1; got !== 0 && length < bytes.length; length += got)
    got = readSync(fd, bytes, length, bytes.length - length, null);
  if (length > limit) throw new EngineError('internal', `${path} is larger than ${limit} bytes`);
  return bytes.toString('utf8', 0, length);
};

/** Looks for `path`; `undefined` when nothing that is no directory lies there. */
const find = <Result>(
  layers: readonly string[],
  path: string,
  use: (open: OpenFiles, place: string) => Result,
): Result | undefined => {
  using open = new OpenFiles();
  try {
    // A layer's own path may go through links (/proc/<pid>/root is one), hence the dot.
    const roots = layers.map((layer) => open.directory(`${layer}/.`));
    const found = resolve(open, roots, path);
    return found === undefined ? undefined : use(open, found);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') return undefined;
    throw error;
  }
};

/**
 * The text of `path` in a root file system of `layers` (host directories, topmost first), which need not be mounted;
 * `undefined` when there is none. Whiteouts, opaque directories and symbolic links are read as overlayfs does.
 * @throws internal for what is no regular file or longer than `limit` bytes
 */
export const readLayeredFile = (layers: readonly string[], path: string, limit: number): string | undefined =>
  find(layers, path, (open, place) => readWhole(open.file(place), path, limit));

/** Whether `path` leads to what is no directory, in a root file system of `layers` as `readLayeredFile` has them. */
export const isLayeredFile = (layers: readonly string[], path: string): boolean =>
  find(layers, path, () => true) ?? false;
