// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Disposer } from '../../../src/base/disposal.ts';
import { isKind } from '../../../src/base/errors.ts';
import { type PrivateContainerd, processOf, specOf, startPrivateContainerd } from './private-containerd.ts';

const signal = AbortSignal.timeout(120_000);
const slot: { running?: PrivateContainerd } = {};

before(async () => {
  slot.running = await startPrivateContainerd();
});
after(async () => {
  await slot.running?.stop();
});

interface Start {
  readonly stdin?: boolean;
  readonly terminal?: boolean;
  readonly memory?: number;
}

/** Starts a task and gives its streams, the request they were made by, and its end. */
const start = async (id: string, args: readonly string[], options: Start = {}) => {
  const { subject, directory } = slot.running as PrivateContainerd;
  const { stdin = false, terminal = false, memory } = options;
  const runtime = { runtimeBinary: 'runc', runtimeRoot: join(directory, 'runc') };
  const record = { id, image: '', snapshotter: '', snapshotKey: '', labels: {} };
  const spec = specOf(id, processOf(args, terminal), memory);
  await using acquired = new Disposer();
  await subject.containers.create({ ...record, runtime: 'io.containerd.runc.v2', spec });
  acquired.defer(() => subject.containers.delete(id));
  const request = {
    directory: join(subject.folder, id),
    name: 'init',
    stdin,
    stdout: true,
    stderr: true,
    terminal,
  };
  const stdio = acquired.use(subject.stdio.create(request));
  await subject.tasks.create({ id, rootfs: subject.rootfs, stdio: stdio.paths, ...runtime }, signal);
  await subject.tasks.start({ id }, signal);
  acquired.move();
  const finish = async (): Promise<void> => {
    await subject.tasks.wait({ id }, signal);
    await subject.tasks.delete({ id });
    await subject.containers.delete(id);
    await stdio[Symbol.asyncDispose]();
    assert.equal(existsSync(request.directory), false);
  };
  return { ...subject, stdio, request, finish };
};

test('50 MB go through stdin unharmed', async (context) => {
  const { stdio, tasks, finish } = await start('digest', ['/bin/sha256sum'], { stdin: true });
  const hash = createHash('sha256');
  const bytes = randomBytes(1024 * 1024);
  const stdin = stdio.stdin as Writable;
  const begun = performance.now();
  for (let count = 0; count < 50; count += 1) {
    hash.update(bytes);
    if (!stdin.write(bytes)) await once(stdin, 'drain');
  }
  stdin.end();
  await once(stdin, 'finish');
  await tasks.closeStdin({ id: 'digest' });
  assert.equal(await text(stdio.stdout as Readable), `${hash.digest('hex')}  -\n`);
  context.diagnostic(`${(50_000 / (performance.now() - begun)).toFixed(0)} MB/s`);
  await finish();
});

test('a lot of output comes whole, though its reader is slow', async () => {
  const { stdio, finish } = await start('flood', ['/bin/seq', '1', '300000']);
  const hash = createHash('sha256');
  let size = 0;
  for await (const chunk of stdio.stdout as Readable) {
    hash.update(chunk as Buffer);
    size += (chunk as Buffer).length;
    if (size % 3 === 0) await new Promise(setImmediate);
  }
  const expected = Array.from({ length: 300_000 }, (_, index) => `${index + 1}\n`).join('');
  assert.equal(size, expected.length);
  assert.equal(hash.digest('hex'), createHash('sha256').update(expected).digest('hex'));
  await finish();
});

test('streams that were let go are opened again, and nothing written meanwhile is lost', async () => {
  const script = 'echo first; sleep 0.2; echo meanwhile; cat; echo last';
  const run = await start('again', ['/bin/sh', '-c', script], { stdin: true });
  const [chunk] = (await once(run.stdio.stdout as Readable, 'data')) as [Buffer];
  assert.equal(String(chunk), 'first\n');
  run.stdio.detach();
  await sleep(400);
  const second = slot.running?.subject.stdio.reopen(run.request);
  assert.ok(second !== undefined);
  second.stdin?.end('after\n');
  await once(second.stdin as Writable, 'finish');
  await run.tasks.closeStdin({ id: 'again' });
  assert.equal(await text(second.stdout as Readable), 'meanwhile\nafter\nlast\n');
  second.detach();
  await run.finish();
});

test('pipes that nobody writes to any more are at their end at once', async () => {
  const { stdio, tasks, request, containers } = await start('over', ['/bin/sh', '-c', 'exit 0']);
  await tasks.wait({ id: 'over' }, signal);
  await tasks.delete({ id: 'over' });
  stdio.detach();
  const again = (slot.running as PrivateContainerd).subject.stdio.reopen(request);
  assert.equal(await text(again?.stdout as Readable), '');
  await again?.[Symbol.asyncDispose]();
  await containers.delete('over');
});

test('a terminal has a size and one output', async () => {
  const script = 'stty size; exit 0';
  const { stdio, tasks, finish } = await start('terminal', ['/bin/sh', '-c', `sleep 0.3; ${script}`], {
    terminal: true,
  });
  assert.equal(stdio.stderr, undefined);
  await tasks.resize({ id: 'terminal' }, { width: 100, height: 30 });
  assert.equal(await text(stdio.stdout as Readable), '30 100\r\n');
  await finish();
});

test('a process killed for its memory is told as such before its exit', async () => {
  const stop = new AbortController();
  const { subject } = slot.running as PrivateContainerd;
  const { ready, events } = subject.events.subscribe(stop.signal);
  await ready;
  const { finish } = await start('hungry', ['/bin/tail', '/dev/zero'], { memory: 16 * 1024 * 1024 });
  const kinds: string[] = [];
  for await (const event of events) {
    kinds.push(event.kind);
    if (kinds.includes('oom') && kinds.includes('exit')) break;
  }
  stop.abort();
  await finish();
});

test('a program that is not there fails with the runtime’s own text', async () => {
  await assert.rejects(start('missing', ['/bin/nope']), (error) => {
    assert.match(String(error), /OCI runtime create failed: .*"\/bin\/nope": .*no such file or directory/);
    return isKind(error, 'internal');
  });
});
