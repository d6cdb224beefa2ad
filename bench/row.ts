// SPDX-License-Identifier: Apache-2.0
import type { Engine } from '../test/support/engine.ts';

/** What one measuring of one engine gave: values by the name of their row. */
export type Sample = Readonly<Record<string, number>>;

/** One thing that is measured on both engines; it may fill several rows of the table. */
export interface Benchmark {
  /** What `--only` looks for. */
  readonly name: string;
  /** Rows by name: unit, and whether a greater value is the better one. */
  readonly rows: Readonly<
    Record<string, { readonly unit: string; readonly greaterIsBetter?: true; readonly aim?: number }>
  >;
  /** How often each engine is sampled, and how often with --quick. */
  readonly iterations: number;
  readonly quickIterations: number;
  prepare?(engine: Engine): Promise<void>;
  sample(engine: Engine): Promise<Sample>;
  cleanUp?(engine: Engine): Promise<void>;
}

/** Milliseconds that some work takes. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

/** Runs the CLI, which must succeed. */
export async function mustDocker(
  engine: Engine,
  args: readonly string[],
  input?: Uint8Array,
): Promise<string> {
  const result = await engine.docker(args, { timeout: 300_000, ...(input === undefined ? {} : { input }) });
  if (result.code !== 0) throw new Error(`${engine.kind}: docker ${args.join(' ')}: ${result.stderr}`);
  return result.stdout.trim();
}
