// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import { test } from 'node:test';
import { dnsSocketsContract } from './contract.ts';
import { createFakeDnsSockets } from './fake.ts';
import { framed, readFrames } from './framing.ts';

dnsSocketsContract('fake DNS sockets', () => createFakeDnsSockets(), '127.0.0.11');

test('messages on a connection are found whatever pieces they come in', () => {
  const whole = Buffer.concat(['', 'one', 'x'.repeat(300)].map((text) => framed(Buffer.from(text))));
  for (let size = 1; size <= whole.length; size += 1) {
    const socket = new EventEmitter();
    const taken: string[] = [];
    readFrames(socket as Socket, (message) => taken.push(message.toString()));
    for (let at = 0; at < whole.length; at += size) socket.emit('data', whole.subarray(at, at + size));
    assert.deepEqual(taken, ['', 'one', 'x'.repeat(300)]);
  }
});
