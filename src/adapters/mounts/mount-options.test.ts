// SPDX-License-Identifier: Apache-2.0
import { deepEqual, equal } from 'node:assert/strict';
import { it } from 'node:test';
import { parseMountOptions } from './mount-options.ts';
import { describeMount } from './volume-mounts.ts';

it('flags are told from what the file system reads itself', () => {
  deepEqual(parseMountOptions('bind,ro'), { flags: 4097, data: '' });
  deepEqual(parseMountOptions('size=1m,uid=1000,nosuid'), { flags: 2, data: 'size=1m,uid=1000' });
  deepEqual(parseMountOptions('ro,rw,noexec,defaults'), { flags: 8, data: '' });
  deepEqual(parseMountOptions('addr=1.2.3.4,nfsvers=4,soft'), {
    flags: 0,
    data: 'addr=1.2.3.4,nfsvers=4,soft',
  });
  deepEqual(parseMountOptions(''), { flags: 0, data: '' });
});

it('a mount that failed is told as Docker tells it', () => {
  equal(
    describeMount({ device: '/no', target: '/t' }, { flags: 4096, data: '' }, 'no such file or directory'),
    'mount /no:/t, flags: 0x1000: no such file or directory',
  );
  equal(
    describeMount({ device: 'x', target: '/t' }, { flags: 0, data: 'a=b' }, 'invalid argument'),
    'mount x:/t, data: a=b: invalid argument',
  );
});
