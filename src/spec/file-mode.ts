// SPDX-License-Identifier: Apache-2.0

/** The kinds of files in `st_mode`, `<linux/stat.h>`. */
const S_IFMT = 0o170000;
const S_IFDIR = 0o040000;
const S_IFLNK = 0o120000;

/** What Go's `fs.FileMode` sets for each kind of file. Source: Go's documentation, package io/fs. */
const KINDS: Readonly<Record<number, number>> = {
  [S_IFDIR]: 2 ** 31,
  [S_IFLNK]: 2 ** 27,
  0o060000: 2 ** 26,
  0o010000: 2 ** 25,
  0o140000: 2 ** 24,
  0o020000: 2 ** 26 + 2 ** 21,
};

/** The special permission bits of `st_mode` and Go's for them: set-uid, set-gid, sticky. */
const SPECIAL: readonly (readonly [bit: number, go: number])[] = [
  [0o4000, 2 ** 23],
  [0o2000, 2 ** 22],
  [0o1000, 2 ** 20],
];

export const isDirectory = (mode: number): boolean => (mode & S_IFMT) === S_IFDIR;

export const isSymbolicLink = (mode: number): boolean => (mode & S_IFMT) === S_IFLNK;

/** `st_mode` as Go's `fs.FileMode` has it, which the API speaks. */
export const goFileMode = (mode: number): number => {
  const special = SPECIAL.filter(([bit]) => (mode & bit) !== 0).reduce((sum, [, go]) => sum + go, 0);
  return (mode & 0o777) + special + (KINDS[mode & S_IFMT] ?? 0);
};
