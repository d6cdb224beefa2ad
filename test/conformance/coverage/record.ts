// SPDX-License-Identifier: Apache-2.0
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Step, StepGroup } from '../step.ts';

/** By what a step was measured: dockerd 20.10 as it is, its answer in the words of 28.5, or the specification alone. */
export type Measure = 'dockerd' | 'newer' | 'specification';

/** What came of one step. */
export interface StepResult {
  readonly step: string;
  readonly covers: readonly string[];
  readonly measure: Measure;
  readonly verdict: 'passed' | 'failed' | 'later';
}

/** What came of every group that ran, by its noun. */
export type RunRecord = ReadonlyMap<string, readonly StepResult[]>;

// Not under version control, and gone with the modules: the suite writes it anew.
const FILE = join(import.meta.dirname, '../../../node_modules/.cache/berth/conformance.json');

/** The measure of a step. */
export function measureOf(step: Step): Measure {
  if (step.isAlone === true) return 'specification';
  return step.because === undefined ? 'dockerd' : 'newer';
}

/** All rows that a step of a group covers. */
export function coversOf(group: StepGroup, step: Step): readonly string[] {
  return [...new Set([...(group.covers ?? []), ...(step.covers ?? [])])];
}

/** The record of the last runs; empty when there was none. */
export async function readRecord(): Promise<RunRecord> {
  const text = await readFile(FILE, 'utf8').catch(() => '{}');
  return new Map(Object.entries(JSON.parse(text) as Record<string, StepResult[]>));
}

/** Keeps what came of a run: groups that did not run keep what was known of them, others are forgotten. */
export async function keepRecord(ran: RunRecord, nouns: readonly string[]): Promise<RunRecord> {
  const former = await readRecord();
  const merged = new Map(
    nouns.flatMap((noun) => {
      const results = ran.get(noun) ?? former.get(noun);
      return results === undefined ? [] : [[noun, results] as const];
    }),
  );
  await mkdir(dirname(FILE), { recursive: true });
  await writeFile(FILE, JSON.stringify(Object.fromEntries(merged)));
  return merged;
}
