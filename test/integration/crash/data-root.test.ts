// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { runCommand } from '../../support/run-command.ts';
import { berthCommand } from '../../support/start-berth.ts';
import { docker, useEngine } from '../../support/use-engine.ts';

const engine = useEngine();

async function tryToStart(dataRoot: string): Promise<{ code: number; output: string }> {
  const directory = await mkdtemp(join(tmpdir(), 'bt-second-'));
  const [file = '', ...args] = engine().netns.enter([
    ...berthCommand(),
    `--data-root=${dataRoot}`,
    `--exec-root=${directory}/exec`,
    `--pidfile=${directory}/pid`,
    `--host=unix://${directory}/e.sock`,
  ]);
  const { code, stdout, stderr } = await runCommand(file, args, { timeout: 15_000 });
  await rm(directory, { recursive: true, force: true });
  return { code, output: stdout + stderr };
}

it('a data root in use by a running daemon is refused and that daemon goes on', async () => {
  const { code, output } = await tryToStart(engine().dataRoot);
  assert.equal(code, 1, output);
  assert.match(output, /in use|locked|running/i);
  assert.equal(await docker(engine(), ['run', '--rm', 'busybox', 'echo', 'on']), 'on');
});

it("a data root with another engine's data is refused and left as it is", async () => {
  const foreign = await mkdtemp(join(tmpdir(), 'bt-foreign-'));
  await mkdir(join(foreign, 'image/overlay2/imagedb'), { recursive: true });
  await mkdir(join(foreign, 'overlay2/l'), { recursive: true });
  const { code, output } = await tryToStart(foreign);
  assert.equal(code, 1, output);
  assert.ok(output.includes(foreign), output);
  assert.deepEqual((await readdir(foreign)).toSorted(), ['image', 'overlay2']);
  await rm(foreign, { recursive: true });
});
