// SPDX-License-Identifier: Apache-2.0
import { fstatSync, lstatSync, readdirSync, type Stats } from 'node:fs';
import { posix } from 'node:path';
import type { PackRequest } from './container-files.ts';
import { tried, unlessGone } from './file-error.ts';
import { inside, nameChild, nameDirectory, nameFile, type OpenFile, self } from './open-file.ts';

/** One file on a walk. */
export interface WalkedFile {
  /** Its name in the archive, a directory's with a slash at the end. */
  readonly name: string;
  readonly stats: Stats;
  /** The open directory that it lies in, and its name there; a walk's topmost directory has none. */
  readonly place?: { readonly directory: number; readonly base: string };
}

interface Level {
  readonly directory: OpenFile;
  readonly names: readonly string[];
  readonly prefix: string;
  next: number;
}

const levelOf = (directory: OpenFile, prefix: string): Level => ({
  directory,
  names: readdirSync(self(directory.fd)).toSorted(),
  prefix,
  next: 0,
});

function* walkBelow(top: OpenFile, prefix: string): Generator<WalkedFile> {
  const levels = [levelOf(top, prefix)];
  try {
    for (let level = levels.at(-1); level; level = levels.at(-1)) {
      const base = level.names[level.next];
      level.next += 1;
      if (base === undefined) {
        levels.pop()?.directory[Symbol.dispose]();
        continue;
      }
      const directory = level.directory.fd;
      const stats = unlessGone(() => lstatSync(inside(directory, base)));
      if (!stats) continue;
      const name = `${level.prefix}${base}`;
      if (!stats.isDirectory()) {
        yield { name, stats, place: { directory, base } };
        continue;
      }
      const child = unlessGone(() => nameChild(directory, base));
      if (!child) continue;
      levels.push(levelOf(child, `${name}/`));
      yield { name: `${name}/`, stats, place: { directory, base } };
    }
  } finally {
    for (const { directory } of levels) directory[Symbol.dispose]();
  }
}

/** A file, or a directory and all below it, in the order of names; a directory comes before what is in it. */
export function* walkTree(root: number, { path, name }: PackRequest): Generator<WalkedFile> {
  using top = tried('lstat', path, () => nameFile(root, path));
  const stats = fstatSync(top.fd);
  if (stats.isDirectory()) {
    const prefix = name === undefined ? '' : `${name}/`;
    if (name !== undefined) yield { name: prefix, stats };
    yield* walkBelow(top, prefix);
    return;
  }
  using directory = nameDirectory(root, posix.dirname(path));
  const base = posix.basename(path);
  yield { name: name ?? base, stats, place: { directory: directory.fd, base } };
}
