// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { silentLog } from '../base/log.ts';
import { makeConfig } from './config.ts';
import { parseFlags } from './flags.ts';
import { findOpenListeners, resolveListeners } from './listeners.ts';

const config = (...args: string[]) => makeConfig(parseFlags(args), {});
const resolve = (...args: string[]) => resolveListeners(config('-G', '0', ...args), {}, silentLog);

test('hosts are sorted, each once, with the default port', () => {
  assert.deepEqual(resolve('-H', 'unix:///x', '-H', ':2375', '-H', 'tcp://[::1]:1', '-H', 'localhost'), [
    { kind: 'tcp', host: '::1', port: 1 },
    { kind: 'tcp', host: 'localhost', port: 2375 },
    { kind: 'unix', path: '/x', group: 0 },
  ]);
});

test("without a host the socket is dockerd's", () => {
  assert.deepEqual(resolve(), [{ kind: 'unix', path: '/var/run/docker.sock', group: 0 }]);
});

test('what cannot be listened on is told in the words of dockerd', () => {
  assert.throws(() => resolve('-H', 'npipe://x'), {
    message: 'failed to load listeners: invalid protocol format: "npipe"',
  });
  assert.throws(() => resolve('-H', 'fd://'), /no sockets found via socket activation/);
  assert.throws(() => resolveListeners(config('-G', 'nobody-has-it'), {}, silentLog), {
    message: 'failed to load listeners: group nobody-has-it not found',
  });
});

test('listeners that anybody can use are found', () => {
  const open = config('-H', 'tcp://0.0.0.0:2375', '-H', 'tcp://127.0.0.1:2376', '-G', '0');
  assert.deepEqual(findOpenListeners(resolveListeners(open, {}, silentLog), open, silentLog), [
    { address: '0.0.0.0:2375', encrypted: false },
  ]);
});
