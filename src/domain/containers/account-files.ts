// SPDX-License-Identifier: Apache-2.0

/** A line of passwd(5), as far as it matters for running a process. */
export interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
}

/** A line of group(5). */
export interface Group {
  readonly name: string;
  readonly gid: number;
  readonly members: readonly string[];
}

const fields = (text: string): readonly (readonly string[])[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => line.split(':'));

/** What is no number counts as 0, as the C library's readers do. */
const number = (text: string | undefined): number => {
  const value = Number(text ?? '');
  return Number.isInteger(value) ? value : 0;
};

/** Reads passwd(5); lines that are too short have empty fields. */
export const parseAccounts = (text: string): readonly Account[] =>
  fields(text).map(([name = '', , uid, gid, , home = '']) => ({
    name,
    uid: number(uid),
    gid: number(gid),
    home,
  }));

/** Reads group(5). */
export const parseGroups = (text: string): readonly Group[] =>
  fields(text).map(([name = '', , gid, members = '']) => ({
    name,
    gid: number(gid),
    members: members.split(',').filter((member) => member !== ''),
  }));
