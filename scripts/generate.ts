// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from 'node:child_process';
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Makes the code of containerd's API from `proto/` (see `buf.gen.yaml`). With `--check` nothing is changed: it says
 * whether the committed code is what the protos give, and exits with 1 when it is not.
 */
const GENERATED = 'src/adapters/containerd/gen';

const generate = (output: string): void => {
  const run = spawnSync('node_modules/.bin/buf', ['generate', '--clean', '--output', output], {
    stdio: 'inherit',
  });
  if (run.status !== 0) process.exit(run.status ?? 1);
};

const filesOf = (folder: string): ReadonlyMap<string, string> =>
  new Map(
    globSync('**/*_pb.ts', { cwd: folder }).map((name) => [name, readFileSync(join(folder, name), 'utf8')]),
  );

const staleFiles = (): readonly string[] => {
  const scratch = mkdtempSync(join(tmpdir(), 'berth-generate-'));
  try {
    generate(scratch);
    const fresh = filesOf(join(scratch, GENERATED));
    const committed = filesOf(GENERATED);
    const names = new Set([...fresh.keys(), ...committed.keys()]);
    return [...names].filter((name) => fresh.get(name) !== committed.get(name));
  } finally {
    rmSync(scratch, { recursive: true });
  }
};

if (process.argv.includes('--check')) {
  const stale = staleFiles();
  for (const name of stale) console.error(`${GENERATED}/${name} is not what proto/ gives: npm run generate`);
  process.exitCode = stale.length === 0 ? 0 : 1;
} else {
  generate('.');
}
