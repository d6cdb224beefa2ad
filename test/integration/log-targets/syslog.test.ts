// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { docker, useEngine } from '../../support/use-engine.ts';
import { startDatagramReader, startStandIn } from './start-stand-in.ts';

const engine = useEngine();

const SAY = 'echo out; echo; sleep 0.2; echo err >&2';

/** Runs a container that says `out`, an empty line and, on stderr, `err`. */
const run = async (options: readonly string[], script = SAY): Promise<string> => {
  const flags = options.flatMap((option) => ['--log-opt', option]);
  return docker(engine(), ['run', '--rm', '--log-driver', 'syslog', ...flags, 'busybox', 'sh', '-c', script]);
};

it('sends datagrams over udp, one a line, empty lines left out', async () => {
  await using target = await startStandIn(engine().netns, 'udp', { port: 5514 });
  await run(['syslog-address=udp://127.0.0.1:5514', 'tag=web', 'syslog-facility=local3']);
  await target.until((text) => text.includes('err'));
  const messages = target.said.map(({ data }) => String(data));
  assert.equal(messages.length, 2);
  const pid = engine().pid;
  assert.match(messages[0] ?? '', new RegExp(String.raw`^<158>\w{3} [ \d]\d [\d:]{8} web\[${pid}\]: out\n$`));
  assert.match(messages[1] ?? '', new RegExp(String.raw`^<155>\w{3} [ \d]\d [\d:]{8} web\[${pid}\]: err\n$`));
});
