// SPDX-License-Identifier: Apache-2.0
import { deepEqual, equal, throws } from 'node:assert/strict';
import { test } from 'node:test';
import { silentLog } from '../../base/log.ts';
import type { Account, Accounts } from './accounts.ts';
import { resolveRemappedRoot } from './remapped-root.ts';

interface Host {
  readonly passwd: Account[];
  readonly group: Account[];
  readonly uid: string[];
  readonly gid: string[];
  readonly programs: readonly string[];
  readonly ran: string[];
}

const makeHost = (given: Partial<Host> = {}): Host => ({
  passwd: [
    { name: 'root', id: 0 },
    { name: 'ann', id: 1000 },
    { name: 'bare', id: 1001 },
  ],
  group: [
    { name: 'root', id: 0 },
    { name: 'ann', id: 1000 },
    { name: 'staff', id: 50 },
  ],
  uid: ['1000:500000:1000', 'ann:1:1'],
  gid: ['ann:600000:1000'],
  programs: ['useradd', 'adduser', 'usermod'],
  ran: [],
  ...given,
});

/** Programs do to the lists what the real ones do to the files. */
const accountsOf = (host: Host): Accounts => ({
  find: (database, key) =>
    host[database].find(({ name, id }) => key === (typeof key === 'number' ? id : name)),
  subordinateIds: (kind) => host[kind].join('\n'),
  has: (program) => host.programs.includes(program),
  run: (program, args) => {
    host.ran.push([program, ...args].join(' '));
    const name = args.at(-1) ?? '';
    const [first = 0, last = 0] = (args[1] ?? '').split('-').map(Number);
    if (program !== 'usermod') host.passwd.push({ name, id: 103 });
    else host[args[0] === '-v' ? 'uid' : 'gid'].push(`${name}:${first}:${last - first + 1}`);
    return undefined;
  },
});

const resolve = (asked: string, host = makeHost()) => resolveRemappedRoot(asked, accountsOf(host), silentLog);

test('a user is named or numbered, its ranges by number or name; the group must be there and changes nothing', () => {
  const maps = {
    uids: [{ containerId: 0, hostId: 500_000, size: 1000 }],
    gids: [{ containerId: 0, hostId: 600_000, size: 1000 }],
  };
  for (const asked of ['ann', '1000', 'ann:staff', 'ann:50', '1000:1000'])
    deepEqual(resolve(asked), { owner: { uid: 500_000, gid: 600_000 }, maps }, asked);
});

test('root can not be remapped: there is no namespace then', () => {
  for (const asked of ['root', '0', '0:50']) deepEqual(resolve(asked), { owner: { uid: 0, gid: 0 } });
});

test('who is not there is told in the words of dockerd', () => {
  const missing = (key: string, database: string): string =>
    `getent unable to find entry "${key}" in ${database} database`;
  const cases: Readonly<Record<string, string>> = {
    'a:b:c': 'Invalid user/group specification in --userns-remap: "a:b:c"',
    eve: `Error during uid lookup for "eve": ${missing('eve', 'passwd')}`,
    '7': `Uid 7 has no entry in /etc/passwd: ${missing('7', 'passwd')}`,
    '99999999999': `Error during uid lookup for "99999999999": ${missing('99999999999', 'passwd')}`,
    'ann:eve': `Error during groupname lookup for "eve": ${missing('eve', 'group')}`,
    'ann:7': `Gid 7 has no entry in /etc/passwd: ${missing('7', 'group')}`,
    '1001': `Gid 1001 has no entry in /etc/group: ${missing('1001', 'group')}`,
    bare: `Error during gid lookup for "bare": ${missing('bare', 'group')}`,
    'bare:staff': `Can't create ID mappings: no subuid ranges found for user "bare"`,
  };
  for (const [asked, message] of Object.entries(cases)) throws(() => resolve(asked), { message });
});

test('the default user is made once, with ranges that nobody has', () => {
  const host = makeHost({ uid: ['ann:100000:65536'], gid: [] });
  const { owner } = resolve('default', host);
  deepEqual(owner, { uid: 165_536, gid: 100_000 });
  deepEqual(
    host.ran.map((line) => line.replace(/ --.* /, ' … ')),
    ['adduser … dockremap', 'usermod -v 165536-231071 dockremap', 'usermod -w 100000-165535 dockremap'],
  );
  deepEqual(resolve('default', host).owner, owner);
  equal(host.ran.length, 3);
});

test('without adduser useradd makes the user; without either it is told', () => {
  const host = makeHost({ programs: ['useradd', 'usermod'] });
  resolve('default', host);
  equal(host.ran[0], 'useradd -r -s /bin/false dockremap');
  throws(() => resolve('default', makeHost({ programs: [] })), {
    message: 'Error during "dockremap" user creation: cannot add user; no useradd/adduser binary found',
  });
});
