// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { maskProxy } from './mask-proxy.ts';
import { hostWarnings } from './warnings.ts';

const limits = {
  memory: true,
  swap: false,
  kernelMemoryTcp: false,
  cpuCfsPeriod: true,
  cpuCfsQuota: true,
  cpuShares: true,
  cpuset: true,
  pids: true,
  oomKillDisable: true,
  ioWeight: false,
};
const cgroups = { version: '1' as const, hybrid: false, mounts: new Map<string, string>() };

test('what the kernel cannot do is told in the words that clients know', () => {
  assert.deepEqual(hostWarnings({ limits, cgroups }, false, []), [
    'WARNING: No swap limit support',
    'WARNING: IPv4 forwarding is disabled',
  ]);
});

test('an open listener is told first', () => {
  const [first] = hostWarnings({ limits, cgroups }, true, [{ address: '0.0.0.0:2375', encrypted: false }]);
  assert.match(
    first ?? '',
    /^\[DEPRECATION NOTICE\]: API is accessible on http:\/\/0\.0\.0\.0:2375 without encryption/,
  );
});

test('credentials of a proxy are never shown', () => {
  assert.equal(maskProxy('http://me:secret@proxy:3128'), 'http://xxxxx:xxxxx@proxy:3128');
  assert.equal(maskProxy('http://proxy:3128'), 'http://proxy:3128');
});
