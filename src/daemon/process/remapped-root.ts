// SPDX-License-Identifier: Apache-2.0
import { EngineError } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import { type IdMaps, type IdRange, type Owner, rootOwner } from '../../spec/id-maps.ts';
import { idRangesOf, parseSubordinateIds } from '../../spec/subordinate-ids.ts';
import type { Account, Accounts } from './accounts.ts';
import { createRemapUser } from './remap-user.ts';

/** What `--userns-remap` comes to. */
export interface RemappedRoot {
  /** Who the containers' root is on the host. */
  readonly owner: Owner;
  /** Absent when root is to be root: there is no namespace then. */
  readonly maps?: IdMaps;
}

/** The word for the user that the daemon makes by itself, and that user. */
const DEFAULT = 'default';
const DEFAULT_USER = 'dockremap';

const invalid = (text: string): EngineError => new EngineError('invalid-argument', text);

/** Go's words for what no directory of accounts knows. */
const unknown = (key: string | number, database: string): string =>
  `getent unable to find entry "${key}" in ${database} database`;

/** A 32-bit number, as strconv.ParseInt takes it. */
const numberOf = (text: string): number | undefined =>
  /^[+-]?\d+$/.test(text) && Math.abs(Number(text)) < 2 ** 31 ? Number(text) : undefined;

const userOf = (accounts: Accounts, text: string): Account => {
  const id = numberOf(text);
  if (id !== undefined) {
    const user = accounts.find('passwd', id);
    if (user) return user;
    throw invalid(`Uid ${id} has no entry in /etc/passwd: ${unknown(id, 'passwd')}`);
  }
  const name = text === DEFAULT ? DEFAULT_USER : text;
  const user = accounts.find('passwd', name);
  if (user) return user;
  if (text !== DEFAULT) throw invalid(`Error during uid lookup for "${name}": ${unknown(name, 'passwd')}`);
  createRemapUser(accounts, name);
  return accounts.find('passwd', name) ?? { name, id: 0 };
};

/** The group must be there; which one it is makes no difference to the maps, as in dockerd. */
const checkGroup = (accounts: Accounts, text: string | undefined, user: Account, asked: string): void => {
  const id = numberOf(text ?? asked);
  if (id !== undefined) {
    const place = text === undefined ? '/etc/group' : '/etc/passwd';
    if (!accounts.find('group', id))
      throw invalid(`Gid ${id} has no entry in ${place}: ${unknown(id, 'group')}`);
    return;
  }
  const name = text ?? user.name;
  const lookup = text === undefined ? 'gid' : 'groupname';
  if (!accounts.find('group', name))
    throw invalid(`Error during ${lookup} lookup for "${name}": ${unknown(name, 'group')}`);
};

const rangesOf = (accounts: Accounts, { name, id }: Account, kind: 'uid' | 'gid'): readonly IdRange[] => {
  const all = parseSubordinateIds(accounts.subordinateIds(kind), `/etc/sub${kind}`);
  const byId = idRangesOf(all, String(id));
  const ranges = byId.length > 0 ? byId : idRangesOf(all, name);
  if (ranges.length === 0)
    throw invalid(`Can't create ID mappings: no sub${kind} ranges found for user "${name}"`);
  return ranges;
};

/**
 * Finds the user whose subordinate ids containers get: `default`, `user`, `user:group`, `uid` or `uid:gid`. The user of
 * `default` is made when it is missing.
 * @throws invalid-argument in dockerd's words; unavailable when the user can't be made
 */
export const resolveRemappedRoot = (asked: string, accounts: Accounts, log: Log): RemappedRoot => {
  const parts = asked.split(':');
  const [user = '', group] = parts;
  if (parts.length > 2) throw invalid(`Invalid user/group specification in --userns-remap: "${asked}"`);
  const account = userOf(accounts, user);
  if (group !== undefined || user !== DEFAULT) checkGroup(accounts, group, account, user);
  if (account.name === 'root') {
    log.warn('User namespaces: root cannot be remapped with itself; user namespaces are OFF');
    return { owner: { uid: 0, gid: 0 } };
  }
  log.info(`User namespaces: ID ranges will be mapped to subuid/subgid ranges of: ${account.name}`);
  const maps = { uids: rangesOf(accounts, account, 'uid'), gids: rangesOf(accounts, account, 'gid') };
  return { owner: rootOwner(maps), maps };
};
