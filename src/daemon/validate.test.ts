// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeConfig } from './config.ts';
import { parseFlags } from './flags.ts';
import { refuseContradictions, validateSettings } from './validate.ts';

const complaint = (...args: string[]): string => {
  try {
    const settings = parseFlags(args);
    validateSettings(settings);
    refuseContradictions(settings);
  } catch (error) {
    return (error as Error).message;
  }
  return '';
};

test('values are checked in the words of dockerd', () => {
  assert.equal(complaint('-l', 'x'), 'invalid logging level: x');
  assert.equal(complaint('--label', 'k=v1', '--label', 'k=v2'), 'conflict labels for k=v2 and k=v1');
  assert.equal(complaint('--max-concurrent-downloads=-1'), 'invalid max concurrent downloads: -1');
  assert.equal(complaint('--mtu=-1'), 'invalid default MTU: -1');
  assert.equal(
    complaint('--bridge', 'br0', '--bip', '10.0.0.1/24'),
    'You specified -b & --bip, mutually exclusive options. Please specify only one',
  );
  assert.equal(
    complaint('--bridge', 'br0', '--bip6', 'fd00::1/64'),
    'You specified -b & --bip6, mutually exclusive options. Please specify only one',
  );
  assert.equal(
    complaint('--icc=false', '--ip6tables=false', '--ipv6'),
    'You specified --ip6tables=false with --icc=false. ICC=false uses ip6tables to function. Please set --icc or --ip6tables to true',
  );
  assert.equal(complaint('--icc=false', '--ip6tables=false'), '');
  assert.equal(complaint('--default-runtime', 'nope'), "specified default runtime 'nope' does not exist");
  assert.equal(complaint('--add-runtime', 'crun=crun', '--default-runtime', 'crun'), '');
});

test('defaults are those of dockerd', () => {
  const config = makeConfig({}, { HTTP_PROXY: 'http://p' });
  assert.equal(config.dataRoot, '/var/lib/docker');
  assert.equal(config.shutdownTimeout, 15_000_000_000n);
  assert.equal(config.icc, true);
  assert.equal(config.httpProxy, 'http://p');
  assert.deepEqual(Object.keys(config.runtimes), ['runc', 'io.containerd.runc.v2']);
  assert.ok(Object.isFrozen(config));
});
