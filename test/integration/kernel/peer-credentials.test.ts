// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { peerCredentials } from '../../../src/sys/peer-credentials.ts';

test('the peer of a unix socket is known by process, user and group', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'berth-peer-'));
  const path = join(folder, 'socket');
  const server = createServer().listen(path);
  try {
    await once(server, 'listening');
    const client = connect(path);
    const [accepted] = (await once(server, 'connection')) as [
      Socket & { readonly _handle: { readonly fd: number } },
    ];
    const expected = { pid: process.pid, uid: process.getuid?.(), gid: process.getgid?.() };
    assert.deepEqual(peerCredentials(accepted._handle.fd), expected);
    client.destroy();
    accepted.destroy();
  } finally {
    server.close();
    rmSync(folder, { recursive: true });
  }
});
