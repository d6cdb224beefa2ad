// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { after, test } from 'node:test';
import { logTargetsContract } from '../../../src/adapters/log-targets/contract.ts';
import { createLogTargets } from '../../../src/adapters/log-targets/index.ts';
import { isKind } from '../../../src/base/errors.ts';
import { milliseconds, seconds } from '../../../src/base/time.ts';

const targets = createLogTargets({ proxyEnvironment: {} });
const server = createServer((socket) => {
  socket.on('error', () => undefined);
  socket.on('end', () => socket.end());
  socket.resume();
});
const listening = new Promise<number>((resolve) => {
  server.listen(0, '127.0.0.1', () => {
    const address = server.address();
    resolve(typeof address === 'object' ? (address?.port ?? 0) : 0);
  });
});
after(() => server.close());

logTargetsContract("this kernel's log targets", async () => ({ targets, port: await listening }));

test('a stream that the target does not read is not ended for ever', async () => {
  const deaf = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.pause();
  });
  const port = await new Promise<number>((resolve) => {
    deaf.listen(0, '127.0.0.1', () => resolve((deaf.address() as { readonly port: number }).port));
  });
  const { signal } = new AbortController();
  const stream = await targets.connect(
    { network: 'tcp', host: '127.0.0.1', port },
    { patience: seconds(10), signal },
  );
  const full = stream.write(Buffer.alloc(32 * 1024 * 1024));
  assert.ok(full, 'so much fits no buffer');
  const failed = assert.rejects(full, (error) => isKind(error, 'unavailable'));
  await stream.end(milliseconds(100));
  await failed;
  deaf.close();
});
