// SPDX-License-Identifier: Apache-2.0
import { deepEqual, rejects } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { resolveNetworkMount } from './network-address.ts';

const lookup = async (host: string): Promise<string> => {
  if (host === 'store') return Promise.resolve('10.0.0.9');
  throw new Error('not known');
};

const resolved = async (type: string, device: string, data: string): Promise<readonly [string, string]> => {
  const found = await resolveNetworkMount(type, { device, data }, lookup);
  return [found.device, found.data];
};

describe('the address of a network file system', () => {
  it('is found by the name in `addr=`', async () => {
    deepEqual(await resolved('nfs', ':/x', 'soft,addr=store,ro'), [':/x', 'soft,addr=10.0.0.9,ro']);
    deepEqual(await resolved('nfs4', ':/x', 'addr=1.2.3.4'), [':/x', 'addr=1.2.3.4']);
    deepEqual(await resolved('nfs', ':/x', 'addr=fd00::1'), [':/x', 'addr=fd00::1']);
    deepEqual(await resolved('cifs', '//store/s', 'addr=store'), ['//store/s', 'addr=10.0.0.9']);
    await rejects(resolved('nfs', ':/x', 'addr=nobody'), {
      message: 'error resolving passed in network volume address: lookup nobody: no such host',
    });
  });

  it('is found in the name of a share', async () => {
    deepEqual(await resolved('cifs', '//store/share/a', 'ro'), ['//10.0.0.9/share/a', 'ro']);
    deepEqual(await resolved('cifs', '//10.1.1.1/share', ''), ['//10.1.1.1/share', '']);
    await rejects(resolved('cifs', '//store:445/share', ''), {
      message: "port not allowed in CIFS device URL, include 'port' in 'o=' instead",
    });
  });

  it('is nobody else’s matter', async () => {
    deepEqual(await resolved('ext4', '/dev/x', 'addr=store'), ['/dev/x', 'addr=store']);
    deepEqual(await resolved('nfs', 'store:/x', 'ro'), ['store:/x', 'ro']);
  });
});
