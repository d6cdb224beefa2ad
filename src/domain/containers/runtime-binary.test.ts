// SPDX-License-Identifier: Apache-2.0
import { equal, notEqual, rejects } from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { runtimeBinary } from './runtime-binary.ts';

const dataRoot = mkdtempSync(join(tmpdir(), 'berth-runtimes-'));
after(() => rmSync(dataRoot, { recursive: true }));

const config = (args: readonly string[]) => ({ dataRoot, runtimes: { own: { binary: '/bin/echo', args } } });

test('a runtime without arguments is called as it is', async () => {
  equal(await runtimeBinary(config([]), 'own'), '/bin/echo');
});

test('one with arguments is called by a script that puts them first', async () => {
  const path = await runtimeBinary(config(["it's", '--x=a b']), 'own');
  equal(execFileSync(path, ['last', '$1']).toString(), "it's --x=a b last $1\n");
  equal(await runtimeBinary(config(["it's", '--x=a b']), 'own'), path);
  notEqual(await runtimeBinary(config(['other']), 'own'), path);
});

test('one that was taken out of the configuration is refused', async () => {
  await rejects(runtimeBinary(config([]), 'gone'), /^EngineError: unknown or invalid runtime name: gone$/);
});
