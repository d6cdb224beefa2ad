// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PassThrough } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { htmlSafeJson, JsonLines } from './json-lines.ts';
import { frame } from './multiplex.ts';
import { OutputWriter } from './output-writer.ts';

test('a frame is a stream, a length and the payload', () => {
  assert.deepEqual([...frame('stderr', Buffer.from('ab'))], [2, 0, 0, 0, 0, 0, 0, 2, 97, 98]);
  assert.deepEqual([...frame('stdout', new Uint8Array())], [1, 0, 0, 0, 0, 0, 0, 0]);
});

const collect = (sink: PassThrough): (() => Buffer) => {
  const parts: Buffer[] = [];
  sink.on('data', (part: Buffer) => parts.push(part));
  return () => Buffer.concat(parts);
};

test('what is written in one turn goes out together', async () => {
  const sink = new PassThrough();
  let writes = 0;
  sink.on('data', () => (writes += 1));
  const writer = new OutputWriter(sink, true);
  for (let line = 0; line < 100; line += 1)
    assert.equal(writer.write('stdout', Buffer.from('x\n')), undefined);
  await turn();
  await turn();
  assert.equal(writes, 1);
});

test('small and large pieces keep their order, framed and with their prefix', async () => {
  const sink = new PassThrough({ highWaterMark: 1 << 22 });
  const got = collect(sink);
  const writer = new OutputWriter(sink, true);
  const large = Buffer.alloc(100_000, 'L');
  writer.write('stdout', Buffer.from('one'), 'p ');
  writer.write('stderr', large, 'q ');
  writer.write('stdout', Buffer.from('two'));
  writer.flush();
  await turn();
  const expected = [
    frame('stdout', Buffer.from('p one')),
    frame('stderr', Buffer.concat([Buffer.from('q '), large])),
    frame('stdout', Buffer.from('two')),
  ];
  assert.deepEqual(got(), Buffer.concat(expected));
});

test('a terminal gets bare bytes', async () => {
  const sink = new PassThrough();
  const got = collect(sink);
  const writer = new OutputWriter(sink, false);
  writer.write('stdout', Buffer.from('bare'));
  writer.flush();
  await turn();
  assert.equal(got().toString(), 'bare');
});

test('many small pieces fill more than one batch unharmed', async () => {
  const sink = new PassThrough({ highWaterMark: 1 << 24 });
  const got = collect(sink);
  const writer = new OutputWriter(sink, false);
  const pieces = Array.from({ length: 5000 }, (_, index) => Buffer.from(`${index},`.repeat(10)));
  for (const piece of pieces) writer.write('stdout', piece);
  writer.flush();
  await turn();
  assert.deepEqual(got(), Buffer.concat(pieces));
});

test('a client that holds back is waited for, and one that leaves ends the wait', async () => {
  const sink = new PassThrough({ highWaterMark: 8 });
  const writer = new OutputWriter(sink, false);
  const held = writer.write('stdout', Buffer.alloc(50_000));
  assert.ok(held);
  sink.destroy();
  await assert.rejects(held, { kind: 'cancelled' });
});

test('JSON lines escape what Go escapes and end as their kind ends', async () => {
  assert.equal(htmlSafeJson({ a: '<b> & c' }), '{"a":"\\u003cb\\u003e \\u0026 c"}');
  const sink = new PassThrough();
  const got = collect(sink);
  const lines = new JsonLines(sink, '\r\n');
  await lines.write({ a: 1 });
  await lines.write({ b: '>' });
  lines.end();
  await turn();
  assert.equal(got().toString(), '{"a":1}\r\n{"b":"\\u003e"}\r\n');
});
