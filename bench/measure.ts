// SPDX-License-Identifier: Apache-2.0
import type { Engine, EngineKind } from '../test/support/engine.ts';
import type { Benchmark } from './row.ts';

/** All samples of one row, by engine. */
export interface Measured {
  readonly row: string;
  readonly unit: string;
  readonly greaterIsBetter: boolean;
  readonly aim: number | undefined;
  readonly samples: ReadonlyMap<EngineKind, readonly number[]>;
}

/** Measures one benchmark on all engines, in turns, the first of each turn changing; the first turn warms up. */
export async function measure(
  benchmark: Benchmark,
  engines: readonly Engine[],
  isQuick: boolean,
): Promise<readonly Measured[]> {
  const samples = new Map(Object.keys(benchmark.rows).map((row) => [row, new Map<EngineKind, number[]>()]));
  const alive: Engine[] = [];
  for (const engine of engines) {
    try {
      await benchmark.prepare?.(engine);
      alive.push(engine);
    } catch (error) {
      process.stderr.write(`${benchmark.name}: ${engine.kind} could not be prepared: ${String(error)}\n`);
    }
  }
  const failed = new Set<Engine>();
  const turns = isQuick ? benchmark.quickIterations : benchmark.iterations;
  const warmUps = turns > 3 ? 1 : 0;
  for (let turn = -warmUps; turn < turns; turn++) {
    for (const engine of turn % 2 === 0 ? alive : alive.toReversed()) {
      if (failed.has(engine)) continue;
      try {
        const sample = await benchmark.sample(engine);
        if (turn < 0) continue;
        for (const [row, value] of Object.entries(sample)) {
          const byEngine = samples.get(row);
          byEngine?.set(engine.kind, [...(byEngine.get(engine.kind) ?? []), value]);
        }
      } catch (error) {
        failed.add(engine);
        process.stderr.write(`${benchmark.name}: ${engine.kind} failed: ${String(error)}\n`);
      }
    }
  }
  for (const engine of alive) {
    await benchmark.cleanUp?.(engine).catch((error: unknown) => {
      process.stderr.write(`${benchmark.name}: ${engine.kind} was not cleaned up: ${String(error)}\n`);
    });
  }
  return Object.entries(benchmark.rows).map(([row, { unit, greaterIsBetter, aim }]) => ({
    row,
    unit,
    greaterIsBetter: greaterIsBetter ?? false,
    aim,
    samples: samples.get(row) ?? new Map(),
  }));
}
