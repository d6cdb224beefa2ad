// SPDX-License-Identifier: Apache-2.0
import type { Engine } from '../test/support/engine.ts';
import { call, createContainer } from './api-client.ts';
import { timed } from './row.ts';
import { quantile, threeDigits } from './statistics.ts';

interface StageLine {
  readonly stage: string;
  /** Milliseconds. */
  readonly took: number;
}

/** A line of the daemon's log in its text form: `… stage="tasks.Create" container=… took=40.1`. */
function parseStage(line: string): StageLine | undefined {
  const stage = / stage=(?:"([^"]*)"|(\S+))/.exec(line);
  const took = / took=([\d.]+)/.exec(line);
  if (stage === null || took === null) return undefined;
  return { stage: stage[1] ?? stage[2] ?? '', took: Number(took[1]) };
}

/**
 * Where the time of a start goes, as the engine's own debug log tells it: lines with `stage` and `took`
 * (milliseconds). Empty when the engine tells nothing.
 */
export async function breakDownStart(engine: Engine, starts: number): Promise<string> {
  const before = (await engine.log()).length;
  const whole: number[] = [];
  for (let index = 0; index < starts; index++) {
    const id = await createContainer(engine, { Cmd: ['true'] });
    whole.push(await timed(() => call(engine, 'POST', `/v1.41/containers/${id}/start`)));
    await call(engine, 'POST', `/v1.41/containers/${id}/wait`);
    await call(engine, 'DELETE', `/v1.41/containers/${id}`);
  }
  const lines = (await engine.log()).slice(before).split('\n');
  const stages = new Map<string, number[]>();
  for (const { stage, took } of lines.map(parseStage).filter((line) => line !== undefined)) {
    stages.set(stage, [...(stages.get(stage) ?? []), took]);
  }
  if (stages.size === 0) return '';
  stages.set('the whole request, as the client sees it', whole);
  const rows = [...stages].map(
    ([stage, took]) =>
      `| ${stage} | ${threeDigits(quantile(took, 0.5))} | ${threeDigits(quantile(took, 0.95))} |`,
  );
  return `## One start, stage by stage\n\nMedians and 95th percentiles of ${starts} starts on the bridge, in ms, from Berth's debug log.\n\n| stage | median | p95 |\n|---|---|---|\n${rows.join('\n')}\n`;
}
