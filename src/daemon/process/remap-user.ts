// SPDX-License-Identifier: Apache-2.0
import { EngineError } from '../../base/errors.ts';
import { freeSubordinateRange, idRangesOf, parseSubordinateIds } from '../../spec/subordinate-ids.ts';
import type { Accounts } from './accounts.ts';

const failed = (name: string, reason: string): EngineError =>
  new EngineError('unavailable', `Error during "${name}" user creation: ${reason}`);

/** Debian's program makes the group as well; the other one is everywhere. */
const METHODS: readonly (readonly [program: string, args: readonly string[]])[] = [
  [
    'adduser',
    [
      '--system',
      '--shell',
      '/bin/false',
      '--no-create-home',
      '--disabled-login',
      '--disabled-password',
      '--group',
    ],
  ],
  ['useradd', ['-r', '-s', '/bin/false']],
];

const addUser = (accounts: Accounts, name: string): void => {
  const method = METHODS.find(([program]) => accounts.has(program));
  if (!method) throw failed(name, 'cannot add user; no useradd/adduser binary found');
  const [program, args] = method;
  const complaint = accounts.run(program, [...args, name]);
  if (complaint !== undefined) throw failed(name, `failed to add user with error: ${complaint}`);
};

/** usermod(8): the option that gives a user subordinate ids of one kind. */
const OPTION = { uid: '-v', gid: '-w' } as const;

const addRange = (accounts: Accounts, name: string, kind: 'uid' | 'gid'): void => {
  const all = parseSubordinateIds(accounts.subordinateIds(kind), `/etc/sub${kind}`);
  // The distribution's own tools may have seen to it.
  if (idRangesOf(all, name).length > 0) return;
  const { first, last } = freeSubordinateRange(all);
  const complaint = accounts.run('usermod', [OPTION[kind], `${first}-${last}`, name]);
  if (complaint !== undefined)
    throw failed(
      name,
      `couldn't create subordinate ID ranges: unable to add sub${kind} range to user: "${name}"; ${complaint}`,
    );
};

/** Makes the system user that containers' roots become, with 65536 subordinate ids of each kind. @throws unavailable */
export const createRemapUser = (accounts: Accounts, name: string): void => {
  addUser(accounts, name);
  addRange(accounts, name, 'uid');
  addRange(accounts, name, 'gid');
};
