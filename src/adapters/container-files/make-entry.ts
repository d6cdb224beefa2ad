// SPDX-License-Identifier: Apache-2.0
import {
  chmodSync,
  chownSync,
  constants,
  fchmodSync,
  fchownSync,
  lchownSync,
  linkSync,
  lstatSync,
  mkdirSync,
  symlinkSync,
  writeSync,
  writev,
} from 'node:fs';
import { posix } from 'node:path';
import { promisify } from 'node:util';
import { EngineError } from '../../base/errors.ts';
import type { Timestamp } from '../../base/time.ts';
import type { TarEntry } from '../../spec/tar/entry.ts';
import { errnoOf } from '../../sys/errno.ts';
import { encodeDevice, makeNode, setFileTime } from '../../sys/file-node.ts';
import { O_PATH } from '../../sys/openat2.ts';
import { setXattr } from '../../sys/xattr.ts';
import { fileError, tried } from './file-error.ts';
import { inside, nameDirectory, openChild, self } from './open-file.ts';

/** An entry, and the place where it is to stand; nothing but a directory stands there. */
export interface NewFile {
  readonly root: number;
  /** The directory that is unpacked into: links lead no further. */
  readonly top: string;
  /** The open directory that the entry lies in, and its name there. */
  readonly parent: number;
  readonly base: string;
  /** The whole path in the container. */
  readonly path: string;
  readonly entry: TarEntry;
  readonly content: AsyncIterable<Uint8Array>;
  readonly owner: { readonly uid: number; readonly gid: number };
}

/** Bytes that are written together by a thread while the next are received. */
const GATHERED = 1024 * 1024;
/** Up to this size (bytes) what is left is written at once: a turn of the thread pool costs more. */
const SMALL = 64 * 1024;

const writevAsync = promisify(writev);

/** An entry's time; what lies before 1970 becomes 1970. */
export const timeOf = ({ modifiedAt }: TarEntry): Timestamp =>
  modifiedAt < 0n ? (0n as Timestamp) : modifiedAt;

const setXattrs = ({ parent, base, path, entry }: NewFile): void => {
  for (const [name, value] of entry.xattrs) {
    try {
      setXattr(inside(parent, base), name, value);
    } catch (error) {
      // A file system without extended attributes, or one that does not take this kind, is no reason to fail.
      if (errnoOf(error) !== 'EOPNOTSUPP' && errnoOf(error) !== 'EPERM')
        throw fileError('lsetxattr', path, error);
    }
  }
};

const writeAll = async (fd: number, parts: readonly Uint8Array[]): Promise<void> => {
  for (let left = parts; left.length > 0;) {
    let { bytesWritten } = await writevAsync(fd, left);
    const whole = left.findIndex((part) => (bytesWritten -= part.length) < 0);
    const [partly] = whole < 0 ? [] : left.slice(whole);
    left = partly ? [partly.subarray(partly.length + bytesWritten), ...left.slice(whole + 1)] : [];
  }
};

/** Writes to an open file what comes in pieces; `finish` says that all of it is there. */
class FileWriter {
  readonly #fd: number;
  #parts: Uint8Array[] = [];
  #length = 0;
  #writing: Promise<void> | undefined;

  constructor(fd: number) {
    this.#fd = fd;
  }

  async write(bytes: Uint8Array): Promise<void> {
    this.#parts.push(bytes);
    this.#length += bytes.length;
    if (this.#length < GATHERED) return;
    await this.#writing;
    this.#writing = writeAll(this.#fd, this.#parts);
    // Awaited with the next megabyte, or at the end.
    this.#writing.catch(() => undefined);
    this.#parts = [];
    this.#length = 0;
  }

  async finish(): Promise<void> {
    await this.#writing;
    if (this.#length > SMALL) return writeAll(this.#fd, this.#parts);
    for (const part of this.#parts)
      for (let at = 0; at < part.length;) at += writeSync(this.#fd, part, at, part.length - at);
  }

  /** Waits for what is being written, as the file is about to be closed. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#writing?.catch(() => undefined);
  }
}

const asFileError = async (path: string, write: () => Promise<void>): Promise<void> => {
  try {
    await write();
  } catch (error) {
    throw fileError('write', path, error);
  }
};

const makeFile = async (file: NewFile): Promise<void> => {
  const { parent, base, path, entry, owner } = file;
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL;
  using opened = tried('open', path, () => openChild(parent, base, flags, entry.mode & 0o777));
  await using writer = new FileWriter(opened.fd);
  for await (const chunk of file.content) await asFileError(path, () => writer.write(chunk));
  await asFileError(path, () => writer.finish());
  tried('lchown', path, () => fchownSync(opened.fd, owner.uid, owner.gid));
  setXattrs(file);
  tried('chmod', path, () => fchmodSync(opened.fd, entry.mode));
  setFileTime(self(opened.fd), timeOf(entry), true);
};

const makeDirectory = (file: NewFile): void => {
  const { parent, base, path, entry, owner } = file;
  if (!lstatSync(inside(parent, base), { throwIfNoEntry: false }))
    tried('mkdir', path, () => mkdirSync(inside(parent, base), entry.mode & 0o777));
  using opened = tried('open', path, () =>
    openChild(parent, base, constants.O_RDONLY | constants.O_DIRECTORY),
  );
  tried('lchown', path, () => fchownSync(opened.fd, owner.uid, owner.gid));
  setXattrs(file);
  tried('chmod', path, () => fchmodSync(opened.fd, entry.mode));
};

const breakout = (kind: string, path: string, linkName: string): EngineError =>
  new EngineError('internal', `invalid ${kind} "${path}" -> "${linkName}"`);

const makeSymlink = (file: NewFile): void => {
  const { parent, base, path, entry, owner, top } = file;
  // As it is written: where a link leads is not followed when it is made.
  const target = posix.join(posix.dirname(path), entry.linkName);
  if (!target.startsWith(top)) throw breakout('symlink', path, entry.linkName);
  tried('symlink', path, () => symlinkSync(entry.linkName, inside(parent, base)));
  tried('lchown', path, () => lchownSync(inside(parent, base), owner.uid, owner.gid));
  setXattrs(file);
  setFileTime(inside(parent, base), timeOf(entry), false);
};

const makeHardlink = ({ root, top, parent, base, entry }: NewFile): void => {
  const target = posix.join(top, entry.linkName);
  if (!target.startsWith(top)) throw breakout('hardlink', target, entry.linkName);
  tried('link', target, () => {
    using directory = nameDirectory(root, posix.dirname(target));
    linkSync(inside(directory.fd, posix.basename(target)), inside(parent, base));
  });
};

const NODE_KINDS: Readonly<Record<string, number>> = {
  character: constants.S_IFCHR,
  block: constants.S_IFBLK,
  fifo: constants.S_IFIFO,
};

const makeSpecial = (file: NewFile, kind: number): void => {
  const { parent, base, path, entry, owner } = file;
  const device = encodeDevice(entry.deviceMajor, entry.deviceMinor);
  tried('mknod', path, () => makeNode(inside(parent, base), kind | entry.mode, device));
  using opened = tried('open', path, () => openChild(parent, base, O_PATH));
  tried('lchown', path, () => chownSync(self(opened.fd), owner.uid, owner.gid));
  setXattrs(file);
  tried('chmod', path, () => chmodSync(self(opened.fd), entry.mode));
  setFileTime(self(opened.fd), timeOf(entry), true);
};

/** Makes one entry with its owner, mode, attributes and time; a directory that is there gets these. */
export const makeEntry = async (file: NewFile): Promise<void> => {
  const { entry } = file;
  if (entry.type === 'file') return makeFile(file);
  if (entry.type === 'directory') return makeDirectory(file);
  if (entry.type === 'symlink') return makeSymlink(file);
  if (entry.type === 'hardlink') return makeHardlink(file);
  const kind = NODE_KINDS[entry.type];
  if (kind === undefined) throw new EngineError('internal', `unhandled tar header type of ${entry.name}`);
  makeSpecial(file, kind);
};
