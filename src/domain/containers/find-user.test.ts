// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseAccounts, parseGroups } from './account-files.ts';
import { findUser } from './find-user.ts';

const known = {
  accounts: parseAccounts(
    'root:x:0:0:root:/root:/bin/sh\n# note\n\nweb:x:33:44::/srv:/bin/false\nshort:x:9\n',
  ),
  groups: parseGroups('root:x:0:\nwheel:x:10:root,web\nweb:x:44:\naudio:x:63:web\n'),
};

test('no user is root with all its groups', () => {
  assert.deepEqual(findUser('', [], known), { uid: 0, gid: 0, additionalGids: [0, 10], home: '/root' });
});

test('a name and its number are the same user', () => {
  const web = { uid: 33, gid: 44, additionalGids: [44, 10, 63], home: '/srv' };
  assert.deepEqual(findUser('web', [], known), web);
  assert.deepEqual(findUser('33', [], known), web);
});

test('with a group, memberships do not count; groups to add do', () => {
  assert.deepEqual(findUser('web:wheel', ['audio', '777'], known), {
    uid: 33,
    gid: 10,
    additionalGids: [10, 63, 777],
    home: '/srv',
  });
});

test('a number needs no entry', () => {
  assert.deepEqual(findUser('1234:5678', [], known), {
    uid: 1234,
    gid: 5678,
    additionalGids: [5678],
    home: '/',
  });
  assert.equal(findUser('1234', [], { accounts: [], groups: [] }).gid, 0);
});

test('a missing user and a missing group are told in Docker’s words', () => {
  assert.throws(
    () => findUser('zz', [], known),
    /unable to find user zz: no matching entries in passwd file/,
  );
  assert.throws(
    () => findUser('web:zz', [], known),
    /unable to find group zz: no matching entries in group file/,
  );
  assert.throws(
    () => findUser('web', ['zz'], known),
    /Unable to find group zz: no matching entries in group file/,
  );
  assert.throws(() => findUser('4294967295', [], known), /uids and gids must be in range 0-2147483647/);
});
