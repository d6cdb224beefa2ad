// SPDX-License-Identifier: Apache-2.0
import { equal } from 'node:assert/strict';
import { test } from 'node:test';
import { parseShim } from './stray-shims.ts';

const owner = { address: '/run/c.sock', namespace: 'moby' };
const line = (...argv: readonly string[]): string => `${argv.join('\0')}\0`;
const shim = '/usr/bin/containerd-shim-runc-v2';

test('a shim of ours tells its container', () => {
  equal(parseShim(line(shim, '-namespace', 'moby', '-id', 'abc', '-address', '/run/c.sock'), owner), 'abc');
});

test('shims of other namespaces and of other containerds are not ours, nor are other programs', () => {
  equal(
    parseShim(line(shim, '-namespace', 'k8s.io', '-id', 'abc', '-address', '/run/c.sock'), owner),
    undefined,
  );
  equal(
    parseShim(line(shim, '-namespace', 'moby', '-id', 'abc', '-address', '/run/d.sock'), owner),
    undefined,
  );
  equal(
    parseShim(line('sh', '-namespace', 'moby', '-id', 'abc', '-address', '/run/c.sock'), owner),
    undefined,
  );
  equal(parseShim('', owner), undefined);
});
