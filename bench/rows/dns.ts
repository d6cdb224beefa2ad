// SPDX-License-Identifier: Apache-2.0
import { join } from 'node:path';
import type { Engine } from '../../test/support/engine.ts';
import { mustRun } from '../../test/support/run-command.ts';
import { type Benchmark, mustDocker } from '../row.ts';

const PROGRAM = join(import.meta.dirname, '../dns-load.ts');
const NETWORK = 'bench-dns';
const QUERIES = 20_000;

interface Load {
  readonly rate: number;
  readonly p99: number;
}

/** What a program in the container's namespace sees of its resolver. */
async function load(engine: Engine, container: string, name: string, atATime: number): Promise<Load> {
  const pid = await mustDocker(engine, ['inspect', '-f', '{{.State.Pid}}', container]);
  const args = [`--net=/proc/${pid}/ns/net`, process.execPath, PROGRAM, name, `${QUERIES}`, `${atATime}`];
  const told = await mustRun('nsenter', args);
  return JSON.parse(told) as Load;
}

const run = async (engine: Engine, name: string): Promise<string> =>
  mustDocker(engine, ['run', '-d', '--network', NETWORK, '--name', name, 'busybox', 'sleep', '3600']);

function names(atATime: number): Benchmark {
  const many = `${atATime} at a time`;
  const [rate, p99] = [`names resolved, ${many}`, `p99 of resolving a name, ${many}`];
  return {
    name: `dns-${atATime}`,
    rows: {
      [rate]: { unit: 'queries/s', greaterIsBetter: true, aim: 1 },
      [p99]: { unit: 'µs', aim: 0.5 },
    },
    iterations: 7,
    quickIterations: 3,
    prepare: async (engine) => {
      await mustDocker(engine, ['network', 'create', NETWORK]);
      for (const name of ['dns-asker', 'dns-asked']) await run(engine, name);
    },
    sample: async (engine) => {
      const told = await load(engine, 'dns-asker', 'dns-asked', atATime);
      return { [rate]: told.rate, [p99]: told.p99 };
    },
    cleanUp: async (engine) => {
      await mustDocker(engine, ['rm', '-f', 'dns-asker', 'dns-asked']);
      await mustDocker(engine, ['network', 'rm', NETWORK]);
    },
  };
}

/** Names of containers by the resolver of their network: one program that asks, one query after the other or many. */
export const dnsBenchmarks: readonly Benchmark[] = [names(1), names(32)];
