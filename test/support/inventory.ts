// SPDX-License-Identifier: Apache-2.0
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Engine } from './engine.ts';
import { mountsBelow, processesNaming } from './host-leaks.ts';
import { runCommand } from './run-command.ts';

/** How many of each thing an engine holds on its host: what containers must give back when they are gone. */
export interface Inventory {
  readonly tasks: number;
  readonly records: number;
  readonly snapshots: number;
  readonly leases: number;
  readonly shims: number;
  readonly veths: number;
  readonly namespaces: number;
  readonly rulesetElements: number;
  readonly mounts: number;
  readonly fifos: number;
}

async function countLines(engine: Engine, ...what: readonly string[]): Promise<number> {
  const socket = join(engine.execRoot, 'containerd/containerd.sock');
  const { code, stdout } = await runCommand('ctr', ['-a', socket, '-n', 'moby', ...what]);
  if (code !== 0) return -1;
  return stdout.split('\n').filter(Boolean).length;
}

async function countElements(engine: Engine): Promise<number> {
  const { stdout } = await engine.netns.run(['nft', '-j', 'list', 'ruleset']);
  if (stdout.trim() === '') return 0;
  type Item = {
    readonly map?: { readonly elem?: readonly unknown[] };
    readonly set?: { readonly elem?: readonly unknown[] };
  };
  const { nftables } = JSON.parse(stdout) as { nftables: readonly Item[] };
  return nftables.reduce(
    (sum, item) => sum + (item.map?.elem?.length ?? 0) + (item.set?.elem?.length ?? 0),
    0,
  );
}

async function findFifos(engine: Engine): Promise<string[]> {
  const roots = [engine.execRoot, engine.dataRoot];
  const { stdout } = await runCommand('find', [...roots, '-type', 'p', '-not', '-path', '*/snapshots/*']);
  return stdout.split('\n').filter(Boolean);
}

/** Counts what an engine with a containerd of its own holds now. */
export async function takeInventory(engine: Engine): Promise<Inventory> {
  const links = await engine.netns.links();
  const processes = await processesNaming(engine.directory);
  const namespaces = await readdir(join(engine.execRoot, 'netns')).catch(() => []);
  return {
    tasks: await countLines(engine, 'tasks', 'ls', '-q'),
    records: await countLines(engine, 'containers', 'ls', '-q'),
    snapshots: (await countLines(engine, 'snapshots', 'ls')) - 1,
    leases: await countLines(engine, 'leases', 'ls', '-q'),
    shims: processes.filter(({ command }) => command.includes('containerd-shim')).length,
    veths: links.filter((link) => link.startsWith('veth')).length,
    namespaces: namespaces.length,
    rulesetElements: await countElements(engine),
    mounts: (await mountsBelow(engine.directory)).length,
    fifos: (await findFifos(engine)).length,
  };
}

/** Waits until an engine holds no more than `before`. @throws Error naming what is still too much after `patience` ms. */
export async function settleTo(engine: Engine, before: Inventory, patience = 15_000): Promise<Inventory> {
  const deadline = performance.now() + patience;
  for (;;) {
    const now = await takeInventory(engine);
    const keys = Object.keys(before) as (keyof Inventory)[];
    const excess = keys.filter((key) => now[key] > before[key]);
    if (excess.length === 0) return now;
    if (performance.now() > deadline) {
      const counts = excess.map((key) => `${key} ${before[key]} → ${now[key]}`);
      throw new Error(`left over: ${[...counts, ...(await findFifos(engine))].join(', ')}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
}
