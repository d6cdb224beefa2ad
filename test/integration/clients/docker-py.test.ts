// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { it } from 'node:test';
import { runCommand } from '../../support/run-command.ts';
import { useEngine } from '../../support/use-engine.ts';

const engine = useEngine();

it("Debian's python3-docker runs, execs in, attaches to and removes containers", async (context) => {
  const installed = await runCommand('/usr/bin/python3', ['-c', 'import docker']);
  if (installed.code !== 0) {
    context.skip('python3-docker is not installed: apt-get install python3-docker');
    return;
  }
  const script = join(import.meta.dirname, 'docker-py.py');
  const result = await runCommand('/usr/bin/python3', [script, `unix://${engine().socket}`], {
    timeout: 240_000,
  });
  assert.match(result.stdout, /\ndone\n$/, result.stderr);
  assert.deepEqual(
    result.stdout.split('\n').filter((line) => line.startsWith('NOT OK')),
    [],
  );
});
