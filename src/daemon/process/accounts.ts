// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

/** A user or a group of the host. */
export interface Account {
  readonly name: string;
  readonly id: number;
}

/** The host's users and groups, and the programs that change them. Read and run while the daemon starts, never later. */
export interface Accounts {
  /** By name, or by id when `key` is a number. */
  find(database: 'passwd' | 'group', key: string | number): Account | undefined;
  /** The text of /etc/subuid or /etc/subgid; empty when there is none. */
  subordinateIds(kind: 'uid' | 'gid'): string;
  /** Runs a program; `undefined` when it succeeded, else what it said. */
  run(program: string, args: readonly string[]): string | undefined;
  /** Whether there is such a program. */
  has(program: string): boolean;
}

/** Where programs for accounts are: not on every search path. */
const DIRECTORIES = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];
/** How long (ms) such a program may take. */
const PATIENCE = 30_000;

const readText = (path: string): string => (existsSync(path) ? readFileSync(path, 'utf8') : '');

const placeOf = (program: string): string | undefined =>
  DIRECTORIES.map((directory) => `${directory}/${program}`).find((path) => existsSync(path));

/** The fields that passwd(5) and group(5) have in common: name first, id third. */
const accountIn = (text: string, key: string | number): Account | undefined =>
  text
    .split('\n')
    .map((line) => line.split(':'))
    .map(([name = '', , id = '']) => ({ name, id: Number(id) }))
    .find(({ name, id }) => name !== '' && (typeof key === 'number' ? id === key : name === key));

/** What directories beside the files know (LDAP and the like). */
const ask = (database: string, key: string | number): string => {
  const getent = placeOf('getent');
  if (getent === undefined) return '';
  const { status, stdout } = spawnSync(getent, [database, String(key)], {
    encoding: 'utf8',
    timeout: PATIENCE,
  });
  return status === 0 ? stdout : '';
};

/** The accounts of this machine. */
export const hostAccounts = (): Accounts => ({
  find: (database, key) => accountIn(readText(`/etc/${database}`), key) ?? accountIn(ask(database, key), key),
  subordinateIds: (kind) => readText(`/etc/sub${kind}`),
  has: (program) => placeOf(program) !== undefined,
  run: (program, args) => {
    const path = placeOf(program);
    if (path === undefined) return `exec: "${program}": executable file not found in $PATH`;
    const { status, stdout, stderr, error } = spawnSync(path, args, { encoding: 'utf8', timeout: PATIENCE });
    return status === 0
      ? undefined
      : `output: "${stdout}${stderr}", err: ${error?.message ?? `exit status ${status}`}`;
  },
});
