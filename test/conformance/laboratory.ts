// SPDX-License-Identifier: Apache-2.0
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Engine } from '../support/engine.ts';
import { buildImage, dockerArchive } from '../support/image-archive.ts';
import { hasBerth, startBerth } from '../support/start-berth.ts';
import { startDockerd } from '../support/start-dockerd.ts';
import { startRegistry, type TestRegistry } from '../support/start-registry.ts';
import type { Lab } from './step.ts';

/** Both engines side by side, each with busybox loaded and a registry of the same images. */
export interface Laboratory {
  readonly oracle: Lab;
  /** Undefined while this checkout has no berthd: the steps then run on dockerd alone. */
  readonly berth: Lab | undefined;
  /** Removes all containers of both and forgets what was noted. */
  clear(): Promise<void>;
  stop(): Promise<void>;
}

async function fillRegistry(engine: Engine, address: string): Promise<string> {
  let digest = '';
  for (const name of ['one', 'two']) {
    const reference = `${address}/test/${name}:1`;
    await engine.docker(['tag', 'busybox', reference]);
    const pushed = await engine.docker(['push', reference]);
    if (pushed.code !== 0) throw new Error(`the oracle could not push: ${pushed.stderr}`);
    digest = /digest: (\S+)/.exec(pushed.stdout)?.[1] ?? '';
    await engine.docker(['rmi', reference]);
  }
  return digest;
}

/** Starts everything. */
export async function openLaboratory(): Promise<Laboratory> {
  const files = await mkdtemp(join(tmpdir(), 'bt-files-'));
  await writeFile(join(files, 'hello'), 'from a file\n');
  await writeFile(join(files, 'busybox.tar'), dockerArchive(buildImage()));
  const engines: Engine[] = [];
  const registries: TestRegistry[] = [];
  const stop = async (): Promise<void> => {
    for (const registry of registries) await registry.stop();
    const stopped = await Promise.allSettled(engines.map((engine) => engine.stop()));
    await rm(files, { recursive: true, force: true });
    const failures = stopped.filter((result) => result.status === 'rejected');
    if (failures.length > 0)
      throw new AggregateError(
        failures.map((failure) => failure.reason),
        failures.map((failure) => String(failure.reason)).join('\n'),
      );
  };
  const furnish = async (engine: Engine, data?: string): Promise<Lab> => {
    engines.push(engine);
    const loaded = await engine.docker(['load', '-i', join(files, 'busybox.tar')]);
    if (loaded.code !== 0) throw new Error(`${engine.kind} could not load busybox: ${loaded.stderr}`);
    const registry = await startRegistry(engine.netns, 5000, data);
    registries.push(registry);
    return { engine, registry: registry.address, files, notes: new Map() };
  };
  try {
    const oracle = await furnish(await startDockerd());
    const digest = await fillRegistry(oracle.engine, oracle.registry);
    const berth = hasBerth() ? await furnish(await startBerth(), registries[0]?.data) : undefined;
    const labs = berth === undefined ? [oracle] : [oracle, berth];
    const clear = async (): Promise<void> => {
      for (const { engine, notes } of labs) {
        notes.clear();
        notes.set('digest', digest);
        const ids = (await engine.docker(['ps', '-aq'])).stdout.split('\n').filter(Boolean);
        if (ids.length > 0) await engine.docker(['rm', '-f', '-v', ...ids]);
      }
    };
    await clear();
    return { oracle, berth, clear, stop };
  } catch (error) {
    await stop().catch(() => undefined);
    throw error;
  }
}
