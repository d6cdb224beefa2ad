// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Engine } from '../../support/engine.ts';
import { docker, useEngine } from '../../support/use-engine.ts';

const engine = useEngine();

interface EventLine {
  readonly Type: string;
  readonly Action: string;
  readonly Actor: { readonly ID: string; readonly Attributes: Readonly<Record<string, string>> };
  readonly time: number;
  readonly timeNano: number;
}

/** Events up to now. */
const past = async (on: Engine, ...filters: string[]): Promise<readonly EventLine[]> => {
  const until = (Date.now() / 1000).toFixed(3);
  const args = ['events', '--since', '1', '--until', until, '--format', '{{json .}}'];
  const text = await docker(on, [...args, ...filters.flatMap((filter) => ['--filter', filter])]);
  return text === '' ? [] : text.split('\n').map((line) => JSON.parse(line) as EventLine);
};

test('events are there again after a restart of the daemon, in their order', async () => {
  await docker(engine(), ['run', '--rm', '--name', 'told', '--label', 'a=b', 'busybox', 'true']);
  await sleep(50);
  const before = await past(engine(), 'container=told');
  const actions = before.map((event) => event.Action);
  assert.deepEqual(
    actions.filter((action) => action !== 'attach'),
    ['create', 'start', 'die', 'destroy'],
  );
  await engine().end();
  await engine().start();
  assert.deepEqual(await past(engine(), 'container=told'), before);
  assert.deepEqual(
    (await past(engine(), 'label=a=b', 'event=die')).map((event) => event.Actor.Attributes['exitCode']),
    ['0'],
  );
  assert.deepEqual(await past(engine(), 'label=a=c'), []);
});

test('SIGHUP reads daemon.json anew and tells of it', async () => {
  const file = join(engine().directory, 'daemon.json');
  await writeFile(file, '{"labels": ["one=1"]}');
  await engine().end();
  await engine().start(['--config-file', file]);
  assert.equal(await docker(engine(), ['info', '--format', '{{json .Labels}}']), '["one=1"]');
  await writeFile(file, '{"labels": ["two=2"], "max-concurrent-downloads": 7}');
  process.kill(engine().pid, 'SIGHUP');
  await sleep(300);
  assert.equal(await docker(engine(), ['info', '--format', '{{json .Labels}}']), '["two=2"]');
  const told = (await past(engine(), 'type=daemon')).at(-1);
  assert.equal(told?.Action, 'reload');
  assert.equal(told.Actor.Attributes['max-concurrent-downloads'], '7');
  assert.equal(told.Actor.Attributes['labels'], '["two=2"]');
});

test('a bad daemon.json changes nothing on SIGHUP', async () => {
  await writeFile(join(engine().directory, 'daemon.json'), '{"labels": "x"}');
  process.kill(engine().pid, 'SIGHUP');
  await sleep(300);
  assert.equal(await docker(engine(), ['info', '--format', '{{json .Labels}}']), '["two=2"]');
  assert.match(await engine().log(), /Error reconfiguring the daemon/);
});
