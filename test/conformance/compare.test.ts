// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { describeDifferences, findDifferences } from './difference.ts';
import { openLaboratory, type Laboratory } from './laboratory.ts';
import type { Json } from './mask.ts';
import { groups } from './steps/index.ts';

// What the run shall print beside its verdicts: every observation of dockerd, to write expectations from.
const isRecording = process.env['CONFORMANCE_RECORD'] === '1';
const chosen = process.env['CONFORMANCE_ONLY'];

let laboratory: Laboratory;

before(async () => {
  laboratory = await openLaboratory();
});

after(async () => {
  await laboratory?.stop();
});

for (const group of groups.filter(({ noun }) => chosen === undefined || noun === chosen)) {
  describe(group.noun, () => {
    before(() => laboratory.clear());
    for (const step of group.steps) {
      const name = step.because === undefined ? step.name : `${step.name} (${step.because})`;
      it(name, { todo: step.isLater ?? false }, async () => {
        const [said, done] = await Promise.all([
          step.observe(laboratory.oracle),
          laboratory.berth === undefined ? undefined : step.observe(laboratory.berth),
        ]);
        if (isRecording) process.stderr.write(`${group.noun} / ${step.name}\n  ${JSON.stringify(said)}\n`);
        if (done === undefined) return;
        const expected: Json = step.expect?.(said) ?? said;
        const source = step.because === undefined ? 'dockerd' : 'expected';
        const differences = findDifferences(expected, done);
        assert.equal(differences.length, 0, `\n  ${describeDifferences(differences, source)}`);
      });
    }
  });
}
