// SPDX-License-Identifier: Apache-2.0
import { EngineError } from '../../base/errors.ts';
import type { Account, Group } from './account-files.ts';
import type { ResolvedUser } from './oci-spec/oci-spec.ts';

/** The accounts of one root file system. */
export interface Accounts {
  readonly accounts: readonly Account[];
  readonly groups: readonly Group[];
}

/** Ids are 32 bits wide in the kernel, but all tools take them for signed (2^31 - 1). */
const HIGHEST_ID = 2_147_483_647;

const NUMBER = /^[+-]?\d+$/;

const idOf = (text: string): number => {
  const id = Number(text);
  if (id < 0 || id > HIGHEST_ID)
    throw new EngineError('internal', `uids and gids must be in range 0-${HIGHEST_ID}`);
  return id;
};

const findAccount = (wanted: string, { accounts }: Accounts): Account => {
  const known = accounts.find(({ name, uid }) =>
    wanted === '' ? uid === 0 : name === wanted || String(uid) === wanted,
  );
  if (known) return known;
  if (wanted !== '' && !NUMBER.test(wanted))
    throw new EngineError('internal', `unable to find user ${wanted}: no matching entries in passwd file`);
  return { name: '', uid: wanted === '' ? 0 : idOf(wanted), gid: 0, home: '/' };
};

const findGroup = (wanted: string, { groups }: Accounts, unable: string): number => {
  const known = groups.find(({ name, gid }) => name === wanted || String(gid) === wanted);
  if (known) return known.gid;
  if (NUMBER.test(wanted)) return idOf(wanted);
  throw new EngineError('internal', `${unable} to find group ${wanted}: no matching entries in group file`);
};

const memberships = (account: Account, { groups }: Accounts): readonly number[] =>
  account.name === ''
    ? []
    : groups.filter(({ members }) => members.includes(account.name)).map(({ gid }) => gid);

/**
 * Who `user` (`name|uid[:group|gid]`, empty for root) is among `known`. Without a group the account's own one and all
 * its memberships count, with one only that; `groupAdd` comes on top.
 * @throws internal `unable to find user X: no matching entries in passwd file`, `unable to find group …`, and for
 *   `groupAdd` `Unable to find group …`
 */
export const findUser = (user: string, groupAdd: readonly string[], known: Accounts): ResolvedUser => {
  const [name = '', group = ''] = user.split(':', 2);
  const account = findAccount(name, known);
  const gid = group === '' ? account.gid : findGroup(group, known, 'unable');
  const own = group === '' ? memberships(account, known) : [];
  const added = groupAdd.map((wanted) => findGroup(wanted, known, 'Unable'));
  return {
    uid: account.uid,
    gid,
    additionalGids: [...new Set([gid, ...own, ...added])],
    home: account.home === '' ? '/' : account.home,
  };
};
