// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import type { EngineKind } from '../test/support/engine.ts';
import type { Measured } from './measure.ts';
import { quantile, threeDigits } from './statistics.ts';

function cell(samples: readonly number[] | undefined, greaterIsBetter: boolean): string {
  if (samples === undefined || samples.length === 0) return '–';
  const median = threeDigits(quantile(samples, 0.5));
  return samples.length < 4
    ? median
    : `${median} (${threeDigits(quantile(samples, greaterIsBetter ? 0.05 : 0.95))})`;
}

/** Berth's median over dockerd's, or undefined when one of them is not there. */
export function ratioOf(measured: Measured): number | undefined {
  const median = (kind: EngineKind): number | undefined => {
    const samples = measured.samples.get(kind);
    return samples === undefined || samples.length === 0 ? undefined : quantile(samples, 0.5);
  };
  const [berth, dockerd] = [median('berth'), median('dockerd')];
  return berth === undefined || dockerd === undefined ? undefined : berth / dockerd;
}

function verdict({ aim, greaterIsBetter }: Measured, ratio: number | undefined): string {
  if (aim === undefined) return '';
  const isReached = ratio !== undefined && (greaterIsBetter ? ratio >= aim : ratio <= aim);
  const sign = greaterIsBetter ? '≥' : '≤';
  return `${sign} ${aim}${ratio === undefined ? '' : isReached ? ' ✓' : ' ✗'}`;
}

/** One measured row as a line of the table. */
export function lineOf(measured: Measured): string {
  const ratio = ratioOf(measured);
  const cells = [
    measured.row,
    measured.unit,
    cell(measured.samples.get('dockerd'), measured.greaterIsBetter),
    cell(measured.samples.get('berth'), measured.greaterIsBetter),
    ratio === undefined ? '–' : threeDigits(ratio),
    verdict(measured, ratio),
  ];
  return `| ${cells.join(' | ')} |`;
}

const HEAD = '| what | unit | dockerd | Berth | Berth / dockerd | aim |\n|---|---|---|---|---|---|';

/** The whole table. */
export function tableOf(all: readonly Measured[]): string {
  return [HEAD, ...all.map(lineOf)].join('\n');
}

/** The machine in one line: CPU, memory, kernel, system, cgroups. */
export function describeMachine(): string {
  const model = cpus()[0]?.model ?? 'unknown CPU';
  const system = /PRETTY_NAME="([^"]+)"/.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? 'Linux';
  return `${cpus().length} × ${model}, ${Math.round(totalmem() / 2 ** 30)} GiB, ${system}, Linux ${release()}, Node ${process.versions.node}`;
}

/** The page docs/benchmarks.md. */
export function pageOf(parts: {
  readonly date: string;
  readonly versions: readonly string[];
  readonly table: string;
  readonly crun: string;
  readonly breakdown: string;
  readonly isQuick: boolean;
}): string {
  return `# Benchmarks

Written by \`npm run bench\`${parts.isQuick ? ' (--quick: few samples)' : ''}; run it to measure again.

- Date: ${parts.date}
- Machine: ${describeMachine()}
- ${parts.versions.join('\n- ')}

Both daemons run at the same time, each on its own roots, in its own network namespace, with its own containerd, and are
asked in turns by the same client. A cell is the median, with the 95th percentile (of rates the 5th) in brackets where
there are enough samples. The aim is a ratio to dockerd 20.10: for times, CPU and memory a smaller one is better, for rates a greater one.

${parts.table}

${parts.crun}${parts.breakdown}`;
}
