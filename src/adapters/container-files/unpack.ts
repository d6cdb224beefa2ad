// SPDX-License-Identifier: Apache-2.0
import { close, closeSync, constants, lstatSync, openSync } from 'node:fs';
import { posix } from 'node:path';
import { promisify } from 'node:util';
import { EngineError } from '../../base/errors.ts';
import type { Timestamp } from '../../base/time.ts';
import { type IdMaps, type Owner, toHostOwner } from '../../spec/id-maps.ts';
import type { TarEntry } from '../../spec/tar/entry.ts';
import type { TarPart } from '../../spec/tar/read.ts';
import { errnoOf } from '../../sys/errno.ts';
import { setFileTime } from '../../sys/file-node.ts';
import { O_PATH } from '../../sys/openat2.ts';
import { Blocks } from './blocks.ts';
import type { UnpackRequest } from './container-files.ts';
import { clean, isOutside, refuseOutside } from './entry-paths.ts';
import { tried } from './file-error.ts';
import { makeDirectories } from './make-directories.ts';
import { makeEntry, timeOf } from './make-entry.ts';
import { inside, nameDirectory, openPath, type OpenFile, self } from './open-file.ts';
import { removeTree } from './remove-tree.ts';

/** Mode of directories that an archive implies without having them. */
const IMPLIED_MODE = 0o755;

/** From this size on (bytes) giving a replaced file's blocks back takes long enough for a thread of its own. */
const LARGE = 1024 * 1024;

const closeAsync = promisify(close);

class Unpacker implements Disposable {
  readonly #root: number;
  readonly #request: UnpackRequest;
  readonly #idMaps: IdMaps | undefined;
  /** The directory of the entry before: archives go directory by directory. */
  #parent: { readonly path: string; readonly file: OpenFile } | undefined;
  /** Times of directories, which later entries would change. */
  readonly #times = new Map<string, Timestamp>();
  /** Large files that were replaced: their blocks are given back meanwhile. */
  readonly #releases: Promise<void>[] = [];
  readonly #blocks = new Blocks();

  constructor(root: number, request: UnpackRequest, idMaps: IdMaps | undefined) {
    this.#root = root;
    this.#request = request;
    this.#idMaps = idMaps;
  }

  async add(part: TarPart): Promise<void> {
    const { entry } = part;
    const { directory } = this.#request;
    const name = clean(entry.name);
    const path = posix.join(directory, name);
    if (isOutside(directory, path)) throw refuseOutside(name, directory);
    const parent = this.#parentOf(path);
    // The root has no name of its own in the directory above it, which is itself.
    const base = posix.basename(path) || '.';
    if (name === '.' && !this.#isTopWanted(entry) && this.#kindOf(parent, base) === 'directory') return;
    const owner = this.#ownerOf(entry);
    this.#makeRoom(entry, parent, base, path);
    const place = { root: this.#root, top: directory, parent, base, path };
    await makeEntry({ ...place, ...part, owner, blocks: this.#blocks });
    if (entry.type === 'directory') this.#times.set(path, timeOf(entry));
  }

  #isTopWanted({ type }: TarEntry): boolean {
    return this.#request.withTop === true && type === 'directory';
  }

  /** Sets the times of directories, when nothing is made in them any more. */
  async finish(): Promise<void> {
    await Promise.all(this.#releases);
    for (const [path, time] of this.#times) {
      const flags = constants.O_DIRECTORY | constants.O_NOFOLLOW | constants.O_RDONLY;
      try {
        using file = openPath(this.#root, path, flags);
        setFileTime(self(file.fd), time, true);
      } catch (error) {
        // Replaced by a later entry.
        if (errnoOf(error) !== 'ENOENT' && errnoOf(error) !== 'ENOTDIR') throw error;
      }
    }
  }

  [Symbol.dispose](): void {
    this.#parent?.file[Symbol.dispose]();
    this.#parent = undefined;
  }

  #ownerOf(entry: TarEntry): Owner {
    const owner = this.#request.owner ?? entry;
    return this.#idMaps ? toHostOwner(this.#idMaps, owner) : owner;
  }

  #parentOf(path: string): number {
    const directory = posix.dirname(path);
    if (this.#parent?.path === directory) return this.#parent.file.fd;
    this[Symbol.dispose]();
    this.#parent = { path: directory, file: this.#openParent(directory) };
    return this.#parent.file.fd;
  }

  #openParent(path: string): OpenFile {
    try {
      return nameDirectory(this.#root, path);
    } catch (error) {
      if (errnoOf(error) !== 'ENOENT') return tried('lstat', path, () => nameDirectory(this.#root, path));
    }
    return tried('mkdir', path, () => makeDirectories(this.#root, path, IMPLIED_MODE, this.#idMaps));
  }

  #kindOf(parent: number, base: string): 'directory' | 'other' | 'none' {
    const stats = lstatSync(inside(parent, base), { throwIfNoEntry: false });
    if (!stats) return 'none';
    return stats.isDirectory() ? 'directory' : 'other';
  }

  /** What stands at an entry's place goes, unless both are directories. */
  #makeRoom(entry: TarEntry, parent: number, base: string, path: string): void {
    const found = tried('lstat', path, () => this.#kindOf(parent, base));
    const isDirectory = entry.type === 'directory';
    if (found === 'none' || (found === 'directory' && isDirectory)) return;
    if (this.#request.keepKinds && (found === 'directory' || isDirectory)) {
      const [old, made] = isDirectory ? ['non-directory', 'directory'] : ['directory', 'non-directory'];
      const { directory } = this.#request;
      throw new EngineError('internal', `cannot overwrite ${old} "${path}" with ${made} "${directory}"`);
    }
    this.#remove(parent, base, path);
    this.#times.delete(path);
  }

  /** A large file is kept open while its name goes, so that what takes time is the closing. */
  #remove(parent: number, base: string, path: string): void {
    const stats = lstatSync(inside(parent, base), { throwIfNoEntry: false });
    if (!stats?.isFile() || stats.size < LARGE) return removeTree(parent, base, path);
    const held = openSync(inside(parent, base), O_PATH | constants.O_NOFOLLOW);
    try {
      removeTree(parent, base, path);
    } catch (error) {
      closeSync(held);
      throw error;
    }
    const release = closeAsync(held);
    release.catch(() => undefined);
    this.#releases.push(release);
  }
}

/** Makes what the archive says below `request.directory` of the tree below the open directory `root`. */
export const unpackTree = async (
  root: number,
  parts: AsyncIterable<TarPart>,
  request: UnpackRequest,
  idMaps?: IdMaps,
): Promise<void> => {
  using unpacker = new Unpacker(root, request, idMaps);
  for await (const part of parts) await unpacker.add(part);
  await unpacker.finish();
};
