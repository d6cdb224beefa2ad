// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { checkCoverage } from './coverage/check.ts';
import { coversOf, keepRecord, measureOf, type StepResult } from './coverage/record.ts';
import { describeDifferences, findDifferences } from './difference.ts';
import { openLaboratory, type Laboratory } from './laboratory.ts';
import type { Json } from './mask.ts';
import { documents } from './rows/index.ts';
import type { Step } from './step.ts';
import { groups } from './steps/index.ts';

// What the run shall print beside its verdicts: every observation of dockerd, to write expectations from.
const isRecording = process.env['CONFORMANCE_RECORD'] === '1';
const chosen = process.env['CONFORMANCE_ONLY']?.split(',');

let laboratory: Laboratory;
const ran = new Map<string, StepResult[]>();

before(async () => {
  laboratory = await openLaboratory();
});

after(async () => {
  await laboratory?.stop();
});

async function compare(noun: string, step: Step): Promise<void> {
  const [said, done] = await Promise.all([
    step.isAlone === true ? null : step.observe(laboratory.oracle),
    laboratory.berth === undefined ? undefined : step.observe(laboratory.berth),
  ]);
  if (isRecording) process.stderr.write(`${noun} / ${step.name}\n  ${JSON.stringify(said ?? done)}\n`);
  if (done === undefined) return;
  const expected: Json = step.expect?.(said) ?? said;
  const source = step.because === undefined ? 'dockerd' : 'expected';
  const differences = findDifferences(expected, done);
  assert.equal(differences.length, 0, `\n  ${describeDifferences(differences, source)}`);
}

for (const group of groups.filter(({ noun }) => chosen?.includes(noun) ?? true)) {
  describe(group.noun, () => {
    const results: StepResult[] = [];
    ran.set(group.noun, results);
    before(() => laboratory.clear());
    for (const step of group.steps) {
      const name = step.because === undefined ? step.name : `${step.name} (${step.because})`;
      it(name, { todo: step.isLater ?? false }, async () => {
        const about = { step: step.name, covers: coversOf(group, step), measure: measureOf(step) };
        const index = results.push({ ...about, verdict: 'failed' }) - 1;
        await compare(group.noun, step);
        results[index] = { ...about, verdict: step.isLater === true ? 'later' : 'passed' };
      });
    }
  });
}

describe('coverage', { skip: chosen !== undefined }, () => {
  for (const document of documents) {
    it(`${document.file} has a test for each row, and says so`, async () => {
      const record = await keepRecord(
        ran,
        groups.map(({ noun }) => noun),
      );
      assert.deepEqual(await checkCoverage(document, documents, record), []);
    });
  }
});

after(async () => {
  if (chosen !== undefined)
    await keepRecord(
      ran,
      groups.map(({ noun }) => noun),
    );
});
