// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { it, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Engine } from '../../support/engine.ts';
import { settleTo, takeInventory } from '../../support/inventory.ts';
import { docker, useEngine } from '../../support/use-engine.ts';
import { startWorkload } from './workload.ts';

const ROUNDS = Number(process.env['CRASH_ROUNDS'] ?? 8);
// 13 addresses for containers: one that leaked would soon be missed.
const ADDRESSES = 13;

const BIP = '--bip=172.30.9.1/28';

const engine = useEngine({ flags: [BIP] });

interface Known {
  readonly Id: string;
  readonly State: string;
}

async function checkStates(of: Engine, known: readonly Known[]): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { Id } of known) {
    const { json, status } = await of.request('GET', `/v1.41/containers/${Id}/json`);
    assert.equal(status, 200, `${Id} is listed but can not be inspected`);
    const { State } = json as { State: { Status: string; Pid: number; Running: boolean } };
    counts[State.Status] = (counts[State.Status] ?? 0) + 1;
    if (State.Status === 'running')
      assert.doesNotThrow(() => process.kill(State.Pid, 0), `${Id} runs without a process`);
    else if (!State.Running) assert.equal(State.Pid, 0, `${Id} is ${State.Status} with a process`);
  }
  return counts;
}

for (const [mode, flags] of [
  ['', [BIP]],
  [', with live restore,', [BIP, '--live-restore']],
] as const) {
  it(`kill -9 at ${ROUNDS} random moments${mode} loses nothing and leaves nothing`, async (context) => {
    await engine().end();
    await engine().start(flags);
    await killAtRandom(context);
  });
}

async function killAtRandom(context: TestContext): Promise<void> {
  const before = await takeInventory(engine());
  let deeds = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const workload = startWorkload(engine(), 4);
    await sleep(100 + Math.random() * 1500);
    await engine().end('SIGKILL');
    const ledger = await workload.end();
    deeds += ledger.deeds;
    await engine().start();
    const answer = await engine().request('GET', '/v1.41/containers/json?all=1');
    const known = answer.json as readonly Known[];
    const ids = new Set(known.map(({ Id }) => Id));
    for (const id of ledger.alive) assert.ok(ids.has(id), `${id} was created and is gone`);
    for (const id of ledger.removed) assert.ok(!ids.has(id), `${id} was removed and is back`);
    const counts = await checkStates(engine(), known);
    const summary = `round ${round}: ${ledger.deeds} deeds, ${ledger.alive.size} created, ${ledger.removed.size} removed, found ${JSON.stringify(counts)}, up in ${Math.round(engine().startupTime)} ms`;
    context.diagnostic(summary);
    for (const { Id } of known) {
      const removed = await engine().request('DELETE', `/v1.41/containers/${Id}?force=1`);
      assert.ok([204, 404].includes(removed.status), `${Id} can not be removed: ${removed.text}`);
    }
    try {
      await settleTo(engine(), before);
    } catch (error) {
      throw new Error(`${summary}: ${String(error)}`, { cause: error });
    }
  }
  context.diagnostic(`${deeds} deeds in ${ROUNDS} rounds`);
}

it('after all that every address can still be given out', async () => {
  const names = Array.from({ length: ADDRESSES }, (_, index) => `last${index}`);
  for (const name of names) await docker(engine(), ['run', '-d', '--name', name, 'busybox', 'sleep', '600']);
  const full = await engine().docker(['run', '--rm', 'busybox', 'true']);
  assert.equal(full.code, 125, 'there was one address too many');
  await docker(engine(), ['rm', '-f', ...names]);
});
