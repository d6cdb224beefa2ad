// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { attribute, parseAnswers, parseAttributes, request, setSequence } from './message.ts';

test('attributes are padded to four bytes and read back by type', () => {
  const bytes = Buffer.concat([
    attribute(3, 'lo'),
    attribute(4, 1500),
    attribute(0x8012, [attribute(1, 'veth')]),
  ]);
  assert.equal(bytes.length % 4, 0);
  const found = parseAttributes(bytes);
  assert.equal(found.get(3)?.toString(), 'lo\0');
  assert.equal(found.get(4)?.readUInt32LE(0), 1500);
  assert.equal(
    parseAttributes(found.get(0x12) ?? Buffer.alloc(0))
      .get(1)
      ?.toString(),
    'veth\0',
  );
});

test('a request tells its whole length, its type and its sequence', () => {
  const message = request(16, 0x400, Buffer.alloc(16), [attribute(3, 'br0')]);
  setSequence(message, 7);
  assert.deepEqual(
    [message.readUInt32LE(0), message.readUInt16LE(4), message.readUInt16LE(6), message.readUInt32LE(8)],
    [message.length, 16, 0x405, 7],
  );
});

test('an error answer gives the errno and the words of the kernel', () => {
  const header = Buffer.alloc(16);
  header.writeUInt16LE(2, 4);
  header.writeUInt16LE(0x300, 6);
  header.writeUInt32LE(9, 8);
  const errno = Buffer.alloc(4);
  errno.writeInt32LE(-22);
  const message = Buffer.concat([header, errno, Buffer.alloc(16), attribute(1, 'Name too long')]);
  message.writeUInt32LE(message.length, 0);
  assert.deepEqual(parseAnswers(Buffer.concat([message, message])).length, 2);
  assert.deepEqual(parseAnswers(message), [{ end: true, sequence: 9, errno: 22, words: 'Name too long' }]);
});

test('what is cut off ends the reading instead of looping', () => {
  assert.deepEqual(parseAnswers(Buffer.alloc(20)), []);
  assert.equal(parseAttributes(Buffer.alloc(8)).size, 0);
});
