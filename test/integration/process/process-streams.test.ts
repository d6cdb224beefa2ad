// SPDX-License-Identifier: Apache-2.0
// Streams over real named pipes, with `cat` in the shim's place.
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, constants, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { createStdioFactory } from '../../../src/adapters/containerd/fifos.ts';
import type { Stdio } from '../../../src/adapters/containerd/stdio.ts';
import { createProcessStreams } from '../../../src/domain/containers/process-streams.ts';

/** Bytes of the large transfer, as issue and users have it: `docker run -i … < 50 MB`. */
const LARGE = 50_000_000;
/** Well below what the machine does, well above what a chunk-by-chunk accident would. */
const SLOWEST = 60_000_000;

const CLIENT = { stdin: true, stdout: true, stderr: true, detachKeys: new Uint8Array() };

/** Runs a program with the FIFOs as its streams; like a shim it keeps a writer of stdin open until told to close it. */
const startProcess = (
  command: string,
  { paths }: Stdio,
): { child: ChildProcess; closeStdin: () => Promise<void> } => {
  const kept = openSync(paths.stdin as string, constants.O_RDWR | constants.O_NONBLOCK);
  const stdin = openSync(paths.stdin as string, constants.O_RDONLY | constants.O_NONBLOCK);
  const stdout = openSync(paths.stdout as string, constants.O_WRONLY);
  const stderr = openSync(paths.stderr as string, constants.O_WRONLY);
  // A blocking reader, as programs expect it.
  const child = spawn('sh', ['-c', `exec ${command} < ${paths.stdin}`], {
    stdio: ['ignore', stdout, stderr],
  });
  child.once('spawn', () => setTimeout(() => closeSync(stdin), 200));
  closeSync(stdout);
  closeSync(stderr);
  return { child, closeStdin: async () => closeSync(kept) };
};

const withFifos = async (use: (stdio: Stdio) => Promise<void>): Promise<void> => {
  const root = mkdtempSync(join(tmpdir(), 'berth-streams-'));
  try {
    await using stdio = createStdioFactory().create({
      directory: join(root, 'fifos'),
      name: 'init',
      stdin: true,
      stdout: true,
      stderr: true,
      terminal: false,
    });
    await use(stdio);
  } finally {
    rmSync(root, { recursive: true });
  }
};

test('fifty megabytes go in and come out unharmed, and fast', { timeout: 60_000 }, async (context) => {
  await withFifos(async (stdio) => {
    const streams = createProcessStreams({ tty: false, openStdin: true, stdinOnce: true });
    const session = streams.attach(CLIENT);
    const sent = createHash('sha256');
    const got = createHash('sha256');
    let size = 0;
    const piece = Buffer.alloc(64 * 1024);
    for (let index = 0; index < piece.length; index += 1) piece[index] = (index * 31) % 251;
    const feeding = (async () => {
      for (let left = LARGE; left > 0; left -= piece.length) {
        const chunk = piece.subarray(0, Math.min(left, piece.length));
        sent.update(chunk);
        await session.stdin?.write(chunk);
      }
      session.stdin?.end();
    })();
    const reading = (async () => {
      for await (const { data } of session.output) {
        got.update(data);
        size += data.byteLength;
      }
    })();
    const { child, closeStdin } = startProcess('cat', stdio);
    const exited = new Promise((resolve) => child.once('exit', resolve));
    const { drained } = streams.join({ stdio, closeStdin });
    const start = performance.now();
    streams.started();
    await feeding;
    assert.equal(await exited, 0);
    await drained;
    streams.end();
    await reading;
    const rate = (LARGE / (performance.now() - start)) * 1000;
    context.diagnostic(`${Math.round(rate / 1e6)} MB/s`);
    assert.equal(size, LARGE);
    assert.equal(got.digest('hex'), sent.digest('hex'));
    assert.ok(rate > SLOWEST, `${rate} B/s`);
  });
});

test('the first and the last line of a short life arrive', { timeout: 20_000 }, async () => {
  for (let round = 0; round < 20; round += 1) {
    await withFifos(async (stdio) => {
      const streams = createProcessStreams({ tty: false, openStdin: true, stdinOnce: true });
      const session = streams.attach(CLIENT);
      const { drained } = streams.join({ stdio, closeStdin: async () => undefined });
      const { child, closeStdin } = startProcess('sh -c "echo first; echo last >&2"', stdio);
      const exited = new Promise((resolve) => child.once('exit', resolve));
      await exited;
      await closeStdin();
      await drained;
      streams.end();
      const chunks: string[] = [];
      for await (const { stream, data } of session.output)
        chunks.push(`${stream} ${Buffer.from(data).toString()}`);
      assert.deepEqual(chunks.toSorted(), ['stderr last\n', 'stdout first\n']);
    });
  }
});
