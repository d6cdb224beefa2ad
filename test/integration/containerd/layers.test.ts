// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { createContainerd } from '../../../src/adapters/containerd/index.ts';
import { isKind } from '../../../src/base/errors.ts';
import { silentLog } from '../../../src/base/log.ts';
import { type Digest, sha256 } from '../../../src/spec/digest.ts';
import { type PrivateContainerd, startPrivateContainerd } from './private-containerd.ts';

const MIB = 1024 * 1024;
const signal = AbortSignal.timeout(120_000);
const slot: { running?: PrivateContainerd } = {};

before(async () => {
  slot.running = await startPrivateContainerd({ local: true });
});
after(async () => {
  await slot.running?.stop();
});

const store = (bytes: Buffer): Promise<Digest> => {
  const { content, lease } = (slot.running as PrivateContainerd).subject;
  const request = {
    ref: `layer-${bytes.length}`,
    expected: sha256(bytes),
    size: bytes.length,
    lease,
    signal,
  };
  return content.write(request, async function* () {
    yield bytes;
  });
};

test('a compressed layer is unpacked onto a snapshot and its uncompressed digest told', async () => {
  const { subject, directory } = slot.running as PrivateContainerd;
  const { diffs, snapshots, lease } = subject;
  const source = join(directory, 'layer');
  mkdirSync(source);
  writeFileSync(join(source, 'hello'), 'world');
  const tar = execFileSync('tar', ['-C', source, '-c', '.']);
  const packed = execFileSync('gzip', ['-c'], { input: tar });
  const mediaType = 'application/vnd.oci.image.layer.v1.tar+gzip';
  const mounts = await snapshots.prepare('layer', '', { lease });
  const layer = { mediaType, digest: await store(packed), size: packed.length };
  const applied = await diffs.apply(layer, mounts, { lease });
  assert.equal(applied.digest, sha256(tar));
  const [mount] = mounts;
  assert.equal(mount?.type, 'bind');
  assert.equal(readFileSync(join(mount?.source ?? '', 'hello'), 'utf8'), 'world');
  await snapshots.remove('layer');
});

test('a layer that is not there is not found, and one that is no archive fails with a reason', async () => {
  const { diffs, snapshots, lease } = (slot.running as PrivateContainerd).subject;
  const mounts = await snapshots.prepare('broken', '', { lease });
  const mediaType = 'application/vnd.oci.image.layer.v1.tar';
  const missing = { mediaType, digest: sha256('nothing'), size: 7 };
  await assert.rejects(diffs.apply(missing, mounts), (error) => isKind(error, 'not-found'));
  const noise = randomBytes(2048);
  const broken = { mediaType, digest: await store(noise), size: noise.length };
  await assert.rejects(diffs.apply(broken, mounts, { lease }), /tar/);
  await snapshots.remove('broken');
});

test('200 MB are written and read in a time worth looking at', async (context) => {
  const { content, lease } = (slot.running as PrivateContainerd).subject;
  const chunk = randomBytes(MIB);
  const source = async function* (): AsyncGenerator<Uint8Array> {
    for (let count = 0; count < 200; count += 1) yield chunk;
  };
  const wrote = performance.now();
  const digest = await content.write({ ref: 'large', size: 200 * MIB, lease, signal }, source);
  const read = performance.now();
  let size = 0;
  for await (const part of content.read(digest)) size += part.length;
  assert.equal(size, 200 * MIB);
  const rate = (span: number): string => `${((200 / span) * 1000).toFixed(0)} MB/s`;
  context.diagnostic(`written ${rate(read - wrote)}, read ${rate(performance.now() - read)}`);
  await content.delete(digest);
});

test('a blob of another namespace is taken over without a word, and is none of ours before', async () => {
  const { subject, supervisor, options } = slot.running as PrivateContainerd;
  const { address } = supervisor;
  const other = createContainerd({ address, namespace: 'other', log: silentLog, root: options.root });
  const bytes = randomBytes(MIB);
  const digest = await store(bytes);
  await assert.rejects(other.content.readAll(digest), (error) => isKind(error, 'not-found'));
  await assert.rejects(Array.fromAsync(other.content.read(digest)), (error) => isKind(error, 'not-found'));
  const request = { ref: 'taken', expected: digest, size: bytes.length, signal };
  await other.content.write(request, async function* () {
    yield bytes;
  });
  assert.equal((await other.content.info(digest)).size, bytes.length);
  await other[Symbol.asyncDispose]();
  assert.deepEqual(Buffer.from(await subject.content.readAll(digest)), bytes);
});

test('several blobs are written at once, each by its own stream', async () => {
  const { content } = (slot.running as PrivateContainerd).subject;
  const blobs = Array.from({ length: 6 }, (_, index) => randomBytes(3 * MIB + index));
  const digests = await Promise.all(blobs.map(store));
  for (const [index, digest] of digests.entries())
    assert.deepEqual(Buffer.from(await content.readAll(digest)), blobs[index]);
});
