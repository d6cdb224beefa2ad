// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { createContainerd, superviseContainerd } from '../../../src/adapters/containerd/index.ts';
import { isKind } from '../../../src/base/errors.ts';
import { silentLog } from '../../../src/base/log.ts';
import { milliseconds, seconds } from '../../../src/base/time.ts';
import { mountsBelow, processesNaming } from '../../support/host-leaks.ts';

const signal = AbortSignal.timeout(120_000);

const useFolders = () => {
  const directory = mkdtempSync(join(tmpdir(), 'berth-supervisor-'));
  const paths = {
    folder: join(directory, 'exec'),
    root: join(directory, 'data'),
    state: join(directory, 'state'),
    log: silentLog,
  };
  const clear = async (): Promise<void> => {
    assert.deepEqual(await mountsBelow(directory), []);
    assert.deepEqual(await processesNaming(directory), []);
    rmSync(directory, { recursive: true });
  };
  return { directory, paths, [Symbol.asyncDispose]: clear };
};

test('a containerd that was started answers, and leaves nothing when it is stopped', async (context) => {
  await using folders = useFolders();
  const begun = performance.now();
  const supervisor = await superviseContainerd(folders.paths, signal);
  context.diagnostic(`containerd answered after ${(performance.now() - begun).toFixed(0)} ms`);
  assert.equal(supervisor.adopted, false);
  await supervisor[Symbol.asyncDispose]();
  assert.equal(existsSync(supervisor.address), false);
});

test('one that was left running is adopted by the next, not started twice', async () => {
  await using folders = useFolders();
  const first = await superviseContainerd(folders.paths, signal);
  const { pid } = first;
  first.leave();
  await first[Symbol.asyncDispose]();
  await using second = await superviseContainerd(folders.paths, signal);
  assert.equal(second.adopted, true);
  assert.equal(second.pid, pid);
});

test('one that dies is started again; calls wait for it and the events tell of the gap', async () => {
  await using folders = useFolders();
  await using supervisor = await superviseContainerd(folders.paths, signal);
  const { pid, address } = supervisor;
  await using containerd = createContainerd({ address, namespace: 'gap', log: silentLog });
  const stop = new AbortController();
  const { ready, events } = containerd.events.subscribe(stop.signal);
  await ready;
  process.kill(pid, 'SIGKILL');
  const event = await events[Symbol.asyncIterator]().next();
  assert.deepEqual(event.value, { kind: 'resubscribed' });
  await containerd.version();
  assert.notEqual(supervisor.pid, pid);
  stop.abort();
});

test('a call to a containerd that is not there fails at its deadline, and at once when cancelled', async () => {
  const address = join(tmpdir(), 'berth-nobody.sock');
  const deadlines = { call: milliseconds(50), task: seconds(60) };
  await using containerd = createContainerd({ address, namespace: 'none', log: silentLog, deadlines });
  await assert.rejects(containerd.version(), (error) => isKind(error, 'unavailable'));
  const stop = new AbortController();
  const starting = containerd.tasks.start({ id: 'nobody' }, stop.signal);
  stop.abort();
  await assert.rejects(starting, (error) => isKind(error, 'cancelled'));
});

test('a containerd that cannot start is told with its last words', async () => {
  await using folders = useFolders();
  const broken = (binary: string) => superviseContainerd({ ...folders.paths, binary }, signal);
  await assert.rejects(broken('/bin/false'), /containerd did not start: exit status 1/);
  await assert.rejects(broken('/nonexistent/containerd'), (error) => isKind(error, 'unavailable'));
});

test('a disposed client refuses calls, and an aborted subscription is at its end', async () => {
  await using folders = useFolders();
  await using supervisor = await superviseContainerd(folders.paths, signal);
  const containerd = createContainerd({ address: supervisor.address, namespace: 'end', log: silentLog });
  await containerd.version();
  const stop = new AbortController();
  const { ready, events } = containerd.events.subscribe(stop.signal);
  await ready;
  const next = events[Symbol.asyncIterator]().next();
  stop.abort();
  assert.equal((await next).done, true);
  await containerd[Symbol.asyncDispose]();
  await assert.rejects(containerd.version(), (error) => isKind(error, 'unavailable'));
});
