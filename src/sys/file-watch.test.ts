// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';

/** What a program prints that watches the reading end of a FIFO, `fd`, with one octet in it. */
const watched = async (program: string): Promise<string> => {
  const script = `
    import { constants, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
    import { execFileSync } from 'node:child_process';
    import { FileWatch } from '${join(import.meta.dirname, 'file-watch.ts')}';
    const directory = mkdtempSync('/tmp/berth-file-watch-');
    execFileSync('mkfifo', [directory + '/fifo']);
    const fd = openSync(directory + '/fifo', constants.O_RDWR | constants.O_NONBLOCK);
    rmSync(directory, { recursive: true });
    const take = () => readSync(fd, Buffer.alloc(1));
    writeSync(fd, 'x');
    const alive = setTimeout(() => process.exit(1), 10_000);
    ${program}`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script]);
  return stdout;
};

test('what is not taken is told of again, and nothing is told of an empty file or during a pause', async () => {
  const told = await watched(`
    let count = 0;
    const watch = new FileWatch(fd, () => {
      count += 1;
      if (count === 1) return;
      take();
      if (count === 2) return setTimeout(pause, 20);
      console.log(count);
      watch[Symbol.dispose]();
      clearTimeout(alive);
    });
    const pause = () => {
      watch.pause();
      writeSync(fd, 'y');
      setTimeout(() => { console.log(count); watch.resume(); }, 20);
    };`);
  assert.equal(told, '2\n3\n');
});

test('what a listener throws is uncaught like anything else, and the file is watched on', async () => {
  const told = await watched(`
    const watch = new FileWatch(fd, () => {
      take();
      throw new Error('thrown');
    });
    let count = 0;
    process.on('uncaughtException', ({ message }) => {
      console.log(message);
      count += 1;
      if (count === 1) return void writeSync(fd, 'y');
      watch[Symbol.dispose]();
      clearTimeout(alive);
    });`);
  assert.equal(told, 'thrown\nthrown\n');
});

test('a watch does not keep the process alive', async () => {
  assert.equal(await watched('take(); new FileWatch(fd, () => {}); clearTimeout(alive);'), '');
});
