// SPDX-License-Identifier: Apache-2.0
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DaemonOptions } from '../test/support/daemon.ts';
import type { Engine } from '../test/support/engine.ts';
import { busyboxArchive } from '../test/support/image-archive.ts';
import { mustRun } from '../test/support/run-command.ts';
import { hasBerth, startBerth } from '../test/support/start-berth.ts';
import { startDockerd } from '../test/support/start-dockerd.ts';
import { closeConnections } from './api-client.ts';
import { breakDownStart } from './breakdown.ts';
import { crunBenchmarks, startWithCrun } from './crun.ts';
import { measure, type Measured } from './measure.ts';
import { isWanted, readOptions, type BenchOptions } from './options.ts';
import { lineOf, pageOf, tableOf } from './report.ts';
import { mustDocker, type Benchmark } from './row.ts';
import { loadBenchmark, logBenchmark, pullBenchmark } from './rows/bulk.ts';
import { archiveBenchmark, containerBenchmarks } from './rows/containers.ts';
import { daemonBenchmarks } from './rows/daemon.ts';
import { dnsBenchmarks } from './rows/dns.ts';
import { networkBenchmarks } from './rows/networks.ts';
import { requestBenchmarks } from './rows/requests.ts';
import { runBenchmarks } from './rows/run.ts';
import { throughputBenchmark } from './rows/throughput.ts';
import { volumeBenchmarks } from './rows/volumes.ts';

type Starter = (options?: DaemonOptions) => Promise<Engine>;

async function startAll(starters: readonly Starter[], options: DaemonOptions = {}): Promise<Engine[]> {
  const engines: Engine[] = [];
  for (const start of starters) {
    const engine = await start(options);
    engines.push(engine);
    await mustDocker(engine, ['load', '-q'], busyboxArchive());
  }
  return engines;
}

async function stopAll(engines: readonly Engine[]): Promise<void> {
  for (const engine of engines) {
    closeConnections(engine);
    await engine.stop().catch((error: unknown) => process.stderr.write(`${String(error)}\n`));
  }
}

async function measureAll(
  benchmarks: readonly Benchmark[],
  engines: readonly Engine[],
  options: BenchOptions,
): Promise<Measured[]> {
  const all: Measured[] = [];
  for (const benchmark of benchmarks) {
    if (!isWanted(options, benchmark.name)) continue;
    const measured = await measure(benchmark, engines, options.isQuick);
    for (const one of measured) process.stdout.write(`${lineOf(one)}\n`);
    all.push(...measured);
  }
  return all;
}

async function versionOf(engine: Engine): Promise<string> {
  const { json } = await engine.request('GET', '/version');
  const { Version, Components } = json as {
    Version: string;
    Components: { Name: string; Version: string }[];
  };
  const parts = Components.slice(1).map((part) => `${part.Name} ${part.Version}`);
  return `${engine.kind} ${Version} (${parts.join(', ')})`;
}

const ROOT = join(import.meta.dirname, '..');

// What is measured is what is shipped: the bundle, with Node's compile cache; not the sources as they are.
async function bundleBerth(): Promise<void> {
  if (process.env['BERTH_COMMAND'] !== undefined) return;
  await mustRun(process.execPath, [join(ROOT, 'scripts/build.ts')]);
  process.env['BERTH_COMMAND'] = `${process.execPath} --enable-source-maps ${join(ROOT, 'dist/berthd.mjs')}`;
  process.env['NODE_COMPILE_CACHE'] = join(ROOT, 'dist/.compile-cache');
}

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  if (!options.isDockerdAlone) await bundleBerth();
  const starters: Starter[] =
    options.isDockerdAlone || !hasBerth() ? [startDockerd] : [startDockerd, startBerth];
  const disposals: (() => Promise<void>)[] = [];
  const engines = await startAll(starters);
  const wants = (name: string): boolean => isWanted(options, name);
  try {
    const [pusher] = engines;
    if (pusher === undefined) throw new Error('no engine to measure');
    const bulk = [
      ...(wants('load') ? [await loadBenchmark()] : []),
      ...(wants('archive') ? [await archiveBenchmark()] : []),
      ...(wants('pull') ? [await pullBenchmark(engines, pusher)] : []),
    ];
    disposals.push(...bulk.map(({ dispose }) => dispose));
    const benchmarks = [
      ...runBenchmarks,
      ...requestBenchmarks,
      ...containerBenchmarks,
      ...networkBenchmarks,
      throughputBenchmark(),
      ...dnsBenchmarks,
      ...volumeBenchmarks,
      logBenchmark,
      ...bulk.map(({ benchmark }) => benchmark),
      ...daemonBenchmarks,
    ];
    const measured = await measureAll(benchmarks, engines, options);
    const berth = engines.find((engine) => engine.kind === 'berth');
    const versions = await Promise.all(engines.map(versionOf));
    const breakdown =
      berth === undefined || !wants('breakdown') ? '' : await tellStages(berth, options.isQuick);
    const crun =
      options.isWithoutCrun || !crunBenchmarks.some(({ name }) => wants(name))
        ? ''
        : await measureCrun(starters, options);
    process.stdout.write(breakdown);
    if (options.only !== undefined) return;
    const page = pageOf({
      date: new Date().toISOString().slice(0, 10),
      versions,
      table: tableOf(measured),
      crun,
      breakdown,
      isQuick: options.isQuick,
    });
    await writeFile(join(ROOT, 'docs/benchmarks.md'), page);
  } finally {
    for (const dispose of disposals) await dispose();
    await stopAll(engines);
  }
}

// The debug log costs time, so the stages are told in a run of their own, after the measuring.
async function tellStages(berth: Engine, isQuick: boolean): Promise<string> {
  closeConnections(berth);
  await berth.end();
  await berth.start(['--debug']);
  return breakDownStart(berth, isQuick ? 5 : 30);
}

async function measureCrun(starters: readonly Starter[], options: BenchOptions): Promise<string> {
  const engines: Engine[] = [];
  try {
    engines.push(
      ...(await startAll(starters.map(startWithCrun), { flags: ['--add-runtime', 'crun=/usr/bin/crun'] })),
    );
    const measured = await measureAll(crunBenchmarks, engines, options);
    const why =
      'crun does not start on this cgroup layout (the v2 tree owns hugetlb); both daemons run it in a mount namespace\nwithout the v2 tree.';
    return `## With crun\n\n${why}\n\n${tableOf(measured)}\n\n`;
  } catch (error) {
    process.stderr.write(`crun could not be measured: ${String(error)}\n`);
    return '';
  } finally {
    await stopAll(engines);
  }
}

await main();
