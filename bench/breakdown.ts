// SPDX-License-Identifier: Apache-2.0
import type { Engine } from '../test/support/engine.ts';
import { call, createContainer } from './api-client.ts';
import { quantile, threeDigits } from './statistics.ts';

interface StageLine {
  readonly stage?: string;
  readonly container?: string;
  readonly took?: number;
}

function parseStage(line: string): StageLine | undefined {
  try {
    const parsed = JSON.parse(line) as StageLine;
    return parsed.stage === undefined || parsed.took === undefined ? undefined : parsed;
  } catch {
    return undefined;
  }
}

/**
 * Where the time of a start goes, as the engine's own debug log tells it: lines with `stage`, `container` and `took`
 * (milliseconds). Empty when the engine tells nothing.
 */
export async function breakDownStart(engine: Engine, starts: number): Promise<string> {
  const before = (await engine.log()).length;
  const ids: string[] = [];
  for (let index = 0; index < starts; index++) {
    const id = await createContainer(engine, { Cmd: ['true'] });
    await call(engine, 'POST', `/v1.41/containers/${id}/start`);
    await call(engine, 'POST', `/v1.41/containers/${id}/wait`);
    await call(engine, 'DELETE', `/v1.41/containers/${id}`);
    ids.push(id);
  }
  const lines = (await engine.log()).slice(before).split('\n');
  const stages = new Map<string, number[]>();
  for (const { stage, took } of lines.map(parseStage).filter((line) => line !== undefined)) {
    stages.set(stage ?? '', [...(stages.get(stage ?? '') ?? []), took ?? 0]);
  }
  if (stages.size === 0) return '';
  const rows = [...stages].map(
    ([stage, took]) =>
      `| ${stage} | ${threeDigits(quantile(took, 0.5))} | ${threeDigits(quantile(took, 0.95))} |`,
  );
  return `## One start, stage by stage\n\nMedians and 95th percentiles of ${starts} starts on the bridge, in ms, from Berth's debug log.\n\n| stage | median | p95 |\n|---|---|---|\n${rows.join('\n')}\n`;
}
