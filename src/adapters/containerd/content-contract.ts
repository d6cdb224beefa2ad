// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { isKind } from '../../base/errors.ts';
import { sha256 } from '../../spec/digest.ts';
import type { Content } from './content.ts';
import type { ContractSubject } from './contract-subject.ts';

const MIB = 1024 * 1024;
const { signal } = new AbortController();

const chunksOf = async function* (...chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* chunks;
};

const writeAll = async (content: Content, ref: string, bytes: Uint8Array, lease: string): Promise<string> =>
  content.write({ ref, expected: sha256(bytes), size: bytes.length, lease, signal }, () => chunksOf(bytes));

/** What every content store keeps. */
export const contentContract = (name: string, subject: () => ContractSubject): void => {
  void test(`${name}: a blob is written in chunks, read whole, in part and as its size says`, async () => {
    const { content, lease } = subject();
    const bytes = randomBytes(3 * MIB + 17);
    const digest = sha256(bytes);
    const request = { ref: 'chunks', expected: digest, size: bytes.length, lease, signal };
    const parts = [bytes.subarray(0, 100), bytes.subarray(100, 2 * MIB), bytes.subarray(2 * MIB)];
    assert.equal(await content.write(request, () => chunksOf(...parts)), digest);
    assert.equal((await content.info(digest)).size, bytes.length);
    assert.deepEqual(Buffer.from(await content.readAll(digest)), bytes);
    const middle = await Array.fromAsync(content.read(digest, { offset: 1000, size: 2 * MIB }));
    assert.deepEqual(Buffer.concat(middle), bytes.subarray(1000, 1000 + 2 * MIB));
    await assert.rejects(content.readAll(digest, 100), (error) => isKind(error, 'invalid-argument'));
  });

  void test(`${name}: a blob that is there already is not asked for again`, async () => {
    const { content, lease } = subject();
    const bytes = randomBytes(100);
    await writeAll(content, 'there', bytes, lease);
    const refuse = (): never => assert.fail('the bytes were asked for');
    const request = { ref: 'there-again', expected: sha256(bytes), size: 100, lease, signal };
    assert.equal(await content.write(request, refuse), sha256(bytes));
  });

  void test(`${name}: where nothing is expected the bytes give the digest, new or known`, async () => {
    const { content, lease } = subject();
    const bytes = randomBytes(100);
    for (const ref of ['learn', 'learn-again'])
      assert.equal(
        await content.write({ ref, size: 0, lease, signal }, () => chunksOf(bytes)),
        sha256(bytes),
      );
  });

  void test(`${name}: an empty blob is a blob`, async () => {
    const { content, lease } = subject();
    const empty = new Uint8Array();
    await writeAll(content, 'empty', empty, lease);
    assert.equal((await content.info(sha256(empty))).size, 0);
    assert.equal((await content.readAll(sha256(empty))).length, 0);
  });

  void test(`${name}: wrong bytes are refused and their ingestion does not spoil the next one`, async () => {
    const { content, lease } = subject();
    const right = randomBytes(1000);
    const request = { ref: 'wrong', expected: sha256(right), size: 1000, lease, signal };
    for (const wrong of [randomBytes(1000), right.subarray(0, 900)])
      await assert.rejects(
        content.write(request, () => chunksOf(wrong)),
        (error) => isKind(error, 'invalid-argument'),
      );
    await content.write(request, () => chunksOf(right));
    assert.equal((await content.info(sha256(right))).size, 1000);
  });

  void test(`${name}: an interrupted write is resumed where it stopped`, async () => {
    const { content, lease } = subject();
    const bytes = randomBytes(4 * MIB);
    const request = { ref: 'resume', expected: sha256(bytes), size: bytes.length, lease, signal };
    const broken = async function* (): AsyncGenerator<Uint8Array> {
      yield bytes.subarray(0, 2 * MIB);
      while ((await content.status('resume')).offset < 2 * MIB) await pause(5);
      throw new Error('the source broke');
    };
    await assert.rejects(content.write(request, broken), { message: 'the source broke' });
    const offsets: number[] = [];
    await content.write(request, (offset) => {
      offsets.push(offset);
      return chunksOf(bytes.subarray(offset));
    });
    assert.deepEqual(offsets, [2 * MIB]);
    assert.deepEqual(Buffer.from(await content.readAll(sha256(bytes))), bytes);
  });

  void test(`${name}: an ingestion can be seen and dropped, also when it does not exist`, async () => {
    const { content, lease } = subject();
    const aborting = new AbortController();
    const stuck = async function* (): AsyncGenerator<Uint8Array> {
      yield randomBytes(MIB);
      while ((await content.status('drop')).offset < MIB) await pause(5);
      aborting.abort();
      yield randomBytes(MIB);
    };
    await assert.rejects(
      content.write({ ref: 'drop', size: 9 * MIB, lease, signal: aborting.signal }, stuck),
    );
    assert.ok((await content.listStatuses()).some(({ ref }) => ref === 'drop'));
    await content.abort('drop');
    await content.abort('drop');
    await assert.rejects(content.status('drop'), (error) => isKind(error, 'not-found'));
  });

  void test(`${name}: labels are set one by one, listed by filter, and go with the blob`, async () => {
    const { content, lease } = subject();
    const bytes = randomBytes(10);
    const digest = sha256(bytes);
    const request = { ref: 'labels', expected: digest, size: 10, labels: { first: '1' }, lease, signal };
    await content.write(request, () => chunksOf(bytes));
    await content.setLabels(digest, { second: '2' });
    assert.deepEqual((await content.info(digest)).labels, { first: '1', second: '2' });
    const listed = await Array.fromAsync(content.list(['labels."second"==2']));
    assert.deepEqual(
      listed.map((info) => info.digest),
      [digest],
    );
    await content.delete(digest);
    const calls = [() => content.info(digest), () => content.readAll(digest), () => content.delete(digest)];
    for (const call of calls) await assert.rejects(call, (error) => isKind(error, 'not-found'));
  });
};
