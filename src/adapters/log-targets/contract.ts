// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isKind, messageOf } from '../../base/errors.ts';
import { seconds } from '../../base/time.ts';
import type { LogTargets } from './log-targets.ts';

/** What the contract is tried on. Nobody is at port 1 of 127.0.0.1, nor at `/no/such/socket`. */
export interface LogTargetsSubject {
  readonly targets: LogTargets;
  /** A port of 127.0.0.1 where a stream is taken. */
  readonly port: number;
}

const { signal } = new AbortController();
const OPTIONS = { patience: seconds(10), signal };

const isUnavailable =
  (text: string) =>
  (error: unknown): boolean => {
    assert.equal(messageOf(error), text);
    return isKind(error, 'unavailable');
  };

/** What every implementation keeps. */
export const logTargetsContract = (name: string, subject: () => Promise<LogTargetsSubject>): void => {
  void test(`${name}: a stream takes bytes until it is let go of`, async () => {
    const { targets, port } = await subject();
    const stream = await targets.connect({ network: 'tcp', host: '127.0.0.1', port }, OPTIONS);
    assert.equal(stream.isBroken, false);
    await stream.write(Buffer.from('line\n'));
    await stream.end(seconds(10));
    assert.equal(stream.isBroken, true);
    assert.throws(
      () => stream.write(Buffer.from('line\n')),
      (error) => isKind(error, 'unavailable'),
    );
  });

  void test(`${name}: nobody there is told in Go's words`, async () => {
    const { targets } = await subject();
    await assert.rejects(
      targets.connect({ network: 'tcp', host: '127.0.0.1', port: 1 }, OPTIONS),
      isUnavailable('dial tcp 127.0.0.1:1: connect: connection refused'),
    );
    const client = targets.httpClient({});
    const call = { url: new URL('http://127.0.0.1:1/x'), headers: {}, patience: seconds(10), signal };
    await assert.rejects(
      client.call({ method: 'POST', ...call }),
      isUnavailable('Post "http://127.0.0.1:1/x": dial tcp 127.0.0.1:1: connect: connection refused'),
    );
    client[Symbol.dispose]();
  });

  void test(`${name}: a socket or a file that is not there is told in Go's words`, async () => {
    const { targets } = await subject();
    const path = '/no/such/socket';
    await assert.rejects(targets.openDatagrams({ network: 'unixgram', path }), (error) =>
      isKind(error, 'unavailable'),
    );
    await assert.rejects(targets.openJournal(path), (error) => isKind(error, 'unavailable'));
    await assert.rejects(targets.readText(path), { message: `open ${path}: no such file or directory` });
    assert.throws(() => targets.assertExists(path), { message: `stat ${path}: no such file or directory` });
  });
};
