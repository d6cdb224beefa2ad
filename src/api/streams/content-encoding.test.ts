// SPDX-License-Identifier: Apache-2.0
import { equal, rejects } from 'node:assert/strict';
import { test } from 'node:test';
import { gunzipSync, inflateRawSync } from 'node:zlib';
import { chooseEncoding, encoded } from './content-encoding.ts';

test('the encoding is the one that the client likes best', () => {
  equal(chooseEncoding(''), undefined);
  equal(chooseEncoding('br'), undefined);
  equal(chooseEncoding('gzip, deflate'), 'gzip');
  equal(chooseEncoding('gzip;q=0.2, Deflate;q=0.8'), 'deflate');
  equal(chooseEncoding('gzip;q=0'), undefined);
  equal(chooseEncoding('*'), 'gzip');
});

async function* content(): AsyncGenerator<Uint8Array> {
  yield Buffer.from('one ');
  yield Buffer.from('two');
}

const collect = async (stream: AsyncIterable<Uint8Array>): Promise<Buffer> => {
  const parts: Uint8Array[] = [];
  for await (const part of stream) parts.push(part);
  return Buffer.concat(parts);
};

test('content comes packed, or as it is', async () => {
  equal(gunzipSync(await collect(encoded('gzip', content()))).toString(), 'one two');
  equal(inflateRawSync(await collect(encoded('deflate', content()))).toString(), 'one two');
  equal((await collect(encoded(undefined, content()))).toString(), 'one two');
});

test('an error of the content is the error of the stream', async () => {
  async function* failing(): AsyncGenerator<Uint8Array> {
    yield Buffer.from('x');
    throw new Error('the file is gone');
  }
  await rejects(collect(encoded('gzip', failing())), { message: 'the file is gone' });
});
