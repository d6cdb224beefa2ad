// SPDX-License-Identifier: Apache-2.0
import { constants, fstatSync, read, readlinkSync, readSync, type Stats } from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';
import { promisify } from 'node:util';
import { fromUnix } from '../../base/time.ts';
import type { IdMaps } from '../../spec/id-maps.ts';
import { type NewTarEntry, paddingOf, type TarEntryType } from '../../spec/tar/entry.ts';
import { encodeHeader, TAR_END } from '../../spec/tar/write.ts';
import { decodeDevice } from '../../sys/file-node.ts';
import { getXattr } from '../../sys/xattr.ts';
import { BLOCK_SIZE, Blocks } from './blocks.ts';
import type { PackRequest } from './container-files.ts';
import { exactEntry } from './exact-entry.ts';
import { tried, unlessGone } from './file-error.ts';
import { mapOwner } from './map-owner.ts';
import { inside, openChild, type OpenFile } from './open-file.ts';
import { type WalkedFile, walkTree } from './walk.ts';

/** Up to this size (bytes) a file is read at once: a turn of the thread pool costs more. */
const SMALL = 32 * 1024;
/** The one extended attribute that Docker's archives carry. */
const CAPABILITY = 'security.capability';

const readAsync = promisify(read);

/** What a tar calls this kind of file; `undefined` for a socket. */
export const typeOf = (stats: Stats): TarEntryType | undefined => {
  if (stats.isFile()) return 'file';
  if (stats.isDirectory()) return 'directory';
  if (stats.isSymbolicLink()) return 'symlink';
  if (stats.isCharacterDevice()) return 'character';
  if (stats.isBlockDevice()) return 'block';
  return stats.isFIFO() ? 'fifo' : undefined;
};

const xattrsOf = (path: string): ReadonlyMap<string, Uint8Array> => {
  const value = getXattr(path, CAPABILITY);
  return new Map(value ? [[CAPABILITY, value]] : []);
};

/** A walked file's entry, without its size. @throws by errno for what is gone */
export const entryOf = ({ name, stats, place }: WalkedFile, type: TarEntryType): NewTarEntry => {
  const { major, minor } = decodeDevice(stats.rdev);
  const isDevice = type === 'character' || type === 'block';
  return {
    name,
    type,
    mode: stats.mode & 0o7777,
    uid: stats.uid,
    gid: stats.gid,
    // Docker's archives know whole seconds only.
    modifiedAt: fromUnix(BigInt(Math.floor(stats.mtimeMs / 1000))),
    ...(isDevice && { deviceMajor: major, deviceMinor: minor }),
    ...(place && type === 'symlink' && { linkName: readlinkSync(inside(place.directory, place.base)) }),
    ...(place && type === 'file' && { xattrs: xattrsOf(inside(place.directory, place.base)) }),
  };
};

/** The names under which files with several links were packed first. */
export class FirstNames {
  readonly #names = new Map<string, string>();

  /** The earlier name of the same file; `undefined` when there is none. */
  of({ name, stats }: WalkedFile): string | undefined {
    if (stats.nlink < 2 || stats.isDirectory()) return undefined;
    const key = `${stats.dev}:${stats.ino}`;
    const first = this.#names.get(key);
    if (first === undefined) this.#names.set(key, name);
    return first;
  }
}

/** Exactly `size` bytes: of a file that shrinks meanwhile the rest is zeros, what it grows by is left out. */
async function* contentOf(fd: number, size: number, blocks: Blocks): AsyncGenerator<Uint8Array> {
  for (let left = size; left > 0;) {
    // What is no whole block may be kept for a while, to be put together with what follows.
    const block = left < BLOCK_SIZE ? Buffer.allocUnsafe(left) : blocks.take();
    const { bytesRead } = await readAsync(fd, block, 0, block.length, null);
    if (bytesRead === 0) block.fill(0);
    const got = bytesRead === 0 ? block.length : bytesRead;
    left -= got;
    yield got === block.length ? block : Buffer.from(block.subarray(0, got));
  }
}

const readSmall = (fd: number, size: number): Uint8Array => {
  const bytes = Buffer.alloc(size);
  for (let at = 0, got = -1; got !== 0 && at < size; at += got)
    got = readSync(fd, bytes, at, size - at, null);
  return bytes;
};

/** Opens a walked file's content; `undefined` when it is gone or no plain file any more. */
const openContent = ({ name, place }: WalkedFile): OpenFile | undefined =>
  place &&
  tried('open', name, () => unlessGone(() => openChild(place.directory, place.base, constants.O_RDONLY)));

/** A plain file's entry and its content; nothing when it is gone. `adjust` sees the entry before it is told. */
export async function* packFile(
  file: WalkedFile,
  blocks: Blocks,
  adjust: (entry: NewTarEntry) => NewTarEntry = (entry) => entry,
): AsyncGenerator<Uint8Array> {
  using opened = openContent(file);
  if (!opened) return;
  const stats = fstatSync(opened.fd);
  if (!stats.isFile()) return;
  const { size } = stats;
  const entry = unlessGone(() => adjust(entryOf({ ...file, stats }, 'file')));
  if (!entry) return;
  yield encodeHeader({ ...entry, size });
  if (size > SMALL) yield* contentOf(opened.fd, size, blocks);
  else if (size > 0) yield readSmall(opened.fd, size);
  if (paddingOf(size) > 0) yield Buffer.alloc(paddingOf(size));
}

async function* packEntries(
  root: number,
  request: PackRequest,
  idMaps: IdMaps | undefined,
): AsyncGenerator<Uint8Array> {
  const first = new FirstNames();
  const blocks = new Blocks();
  const mapped = (entry: NewTarEntry): NewTarEntry => (idMaps ? mapOwner(entry, idMaps) : entry);
  for (const file of walkTree(root, request)) {
    const owned = (entry: NewTarEntry): NewTarEntry =>
      mapped(request.exact === true ? exactEntry(entry, file, root) : entry);
    const type = typeOf(file.stats);
    // A socket lives with the process that made it.
    if (type === undefined) continue;
    const linkName = first.of(file);
    if (linkName !== undefined) yield encodeHeader(mapped({ ...entryOf(file, 'hardlink'), linkName }));
    else if (type === 'file') yield* packFile(file, blocks, owned);
    else {
      const entry = unlessGone(() => owned(entryOf(file, type)));
      if (entry) yield encodeHeader(entry);
    }
  }
  yield TAR_END;
}

/** Small pieces put together. One stays as it is until the next but one is asked for; who keeps it longer copies it. */
export async function* inBlocks(entries: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of entries) {
    parts.push(part);
    length += part.length;
    if (length < BLOCK_SIZE) continue;
    for (const block of part.length === length ? parts : [Buffer.concat(parts, length)]) yield block;
    parts = [];
    length = 0;
    // Small files are read without a pause: others get their turn between blocks.
    await turn();
  }
  if (length > 0) yield Buffer.concat(parts, length);
}

/**
 * A tar stream of what `request` names in the tree below the open directory `root`. A piece stays as it is until the
 * next but one is asked for; who keeps it longer copies it.
 */
export const packTree = (root: number, request: PackRequest, idMaps?: IdMaps): AsyncGenerator<Uint8Array> =>
  inBlocks(packEntries(root, request, request.mapped === true ? idMaps : undefined));
