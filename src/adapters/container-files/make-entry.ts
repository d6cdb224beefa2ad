// SPDX-License-Identifier: Apache-2.0
import {
  chmodSync,
  chownSync,
  constants,
  fchmodSync,
  fchownSync,
  ftruncateSync,
  lchownSync,
  linkSync,
  lstatSync,
  mkdirSync,
  symlinkSync,
} from 'node:fs';
import { posix } from 'node:path';
import { EngineError } from '../../base/errors.ts';
import type { Timestamp } from '../../base/time.ts';
import type { TarEntry } from '../../spec/tar/entry.ts';
import type { TarPiece } from '../../spec/tar/sparse-content.ts';
import { errnoOf } from '../../sys/errno.ts';
import { encodeDevice, makeNode, setFileTime } from '../../sys/file-node.ts';
import { O_PATH } from '../../sys/openat2.ts';
import { setXattr } from '../../sys/xattr.ts';
import type { Blocks } from './blocks.ts';
import { fileError, tried } from './file-error.ts';
import { FileWriter } from './file-writer.ts';
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
  /** A sparse file's data, read instead of `content`. */
  readonly pieces?: AsyncIterable<TarPiece>;
  readonly owner: { readonly uid: number; readonly gid: number };
  /** What content is gathered in. */
  readonly blocks: Blocks;
}

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

const asFileError = async (path: string, write: () => Promise<void>): Promise<void> => {
  try {
    await write();
  } catch (error) {
    throw fileError('write', path, error);
  }
};

const writeContent = async ({ path, entry, content, pieces, blocks }: NewFile, fd: number): Promise<void> => {
  await using writer = new FileWriter(fd, blocks);
  if (pieces) {
    // First, so that a size which the file system does not take is told before all is written.
    tried('truncate', path, () => ftruncateSync(fd, entry.size));
    for await (const { offset, bytes } of pieces) {
      await asFileError(path, () => writer.goTo(offset));
      await asFileError(path, () => writer.write(bytes));
    }
  } else for await (const chunk of content) await asFileError(path, () => writer.write(chunk));
  await asFileError(path, () => writer.finish());
};

const makeFile = async (file: NewFile): Promise<void> => {
  const { parent, base, path, entry, owner } = file;
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL;
  using opened = tried('open', path, () => openChild(parent, base, flags, entry.mode & 0o777));
  await writeContent(file, opened.fd);
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
