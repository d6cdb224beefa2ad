// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import type { DaemonOptions } from './daemon.ts';
import type { Engine } from './engine.ts';
import { busyboxArchive } from './image-archive.ts';
import { startBerth } from './start-berth.ts';
import { startDockerd } from './start-dockerd.ts';

/** Starts the engine that a suite is about: Berth, or dockerd when $SUITE_ENGINE says so, to try the suite itself. */
export async function startSuiteEngine(options: DaemonOptions = {}): Promise<Engine> {
  const engine = await (process.env['SUITE_ENGINE'] === 'dockerd'
    ? startDockerd(options)
    : startBerth(options));
  const loaded = await engine.docker(['load'], { input: busyboxArchive() });
  if (loaded.code === 0) return engine;
  const log = await engine.log();
  await engine.stop().catch(() => undefined);
  throw new Error(`busybox was not loaded: ${loaded.stderr}\n${log.split('\n').slice(-20).join('\n')}`);
}

/** One engine for a test file, with busybox loaded: started before its tests, stopped and checked for leaks after them. */
export function useEngine(
  options: DaemonOptions = {},
  prepare: (engine: Engine) => Promise<void> = () => Promise.resolve(),
): () => Engine {
  let engine: Engine | undefined;
  // One hook for both: node:test does not wait for one root hook before it begins the next.
  before(async () => {
    engine = await startSuiteEngine(options);
    await prepare(engine);
  });
  after(async () => {
    await engine?.stop();
  });
  return () => {
    if (engine === undefined) throw new Error('the engine did not start');
    return engine;
  };
}

/** Runs the CLI, which must answer `code` (0), and gives its stdout without the last line end. */
export async function docker(engine: Engine, args: readonly string[], code = 0): Promise<string> {
  const result = await engine.docker(args);
  assert.equal(
    result.code,
    code,
    `docker ${args.join(' ')} answered ${result.code}: ${result.stderr}${result.stdout}`,
  );
  return result.stdout.replace(/\n$/, '');
}

/** Asks again until the CLI's stdout is `wanted`. @throws Error with the last answer after `patience` ms. */
export async function dockerUntil(
  engine: Engine,
  args: readonly string[],
  wanted: string | RegExp,
  patience = 10_000,
): Promise<string> {
  const deadline = performance.now() + patience;
  for (;;) {
    const { stdout } = await engine.docker(args);
    const answer = stdout.trimEnd();
    if (typeof wanted === 'string' ? answer === wanted : wanted.test(answer)) return answer;
    if (performance.now() > deadline)
      throw new Error(`docker ${args.join(' ')} still answers ${JSON.stringify(answer)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
