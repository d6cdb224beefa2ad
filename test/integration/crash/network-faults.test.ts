// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { settleTo, takeInventory } from '../../support/inventory.ts';
import { runCommand } from '../../support/run-command.ts';
import { docker, dockerUntil, useEngine } from '../../support/use-engine.ts';
import { VolumePlugin } from '../../support/volume-plugin.ts';

/** Nobody is there, and nobody says so: the host drops what goes to it. Of the block for documentation (RFC 5737). */
const DEAD_SERVER = '203.0.113.53';
/** Where published ports are asked. */
const HOST_ADDRESS = '198.51.100.1';

// Four blocks of addresses, of which the default bridge takes one.
const FLAGS = ['--live-restore', `--dns=${DEAD_SERVER}`, '--default-address-pool=base=10.82.0.0/26,size=28'];

const engine = useEngine({ flags: FLAGS, patience: 60_000 }, async (of) => {
  await of.netns.run(['ip', 'address', 'add', `${HOST_ADDRESS}/32`, 'dev', 'lo']);
  await of.netns.run(['ip', 'route', 'add', 'blackhole', DEAD_SERVER]);
});

const SLEEP = ['busybox', 'sleep', '3600'];

const names = (prefix: string, count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => `${prefix}${index}`);

const killAndReturn = async (): Promise<void> => {
  await engine().end('SIGKILL');
  await engine().start();
};

/** What each command that failed said. */
const failuresOf = async (commands: readonly (readonly string[])[]): Promise<readonly string[]> => {
  const all = await Promise.all(commands.map(async (args) => engine().docker(args)));
  return all.filter(({ code }) => code !== 0).map(({ stderr }) => stderr.trim());
};

it('a network gives all its addresses, refuses the rest in words, keeps to it over a kill, and gives them again', async (context) => {
  // Of eight addresses the network, the gateway and the broadcast have theirs.
  await docker(engine(), ['network', 'create', '--subnet', '10.83.0.0/29', 'narrow']);
  const before = await takeInventory(engine());
  const guests = names('guest', 9);
  const run = (name: string) => ['run', '-d', '--name', name, '--network', 'narrow', ...SLEEP];
  const refused = await failuresOf(guests.map(run));
  context.diagnostic(
    `containers that got an address ${guests.length - refused.length}, refused ${refused.length}`,
  );
  assert.equal(refused.length, 4, refused.join('\n'));
  for (const text of refused) assert.match(text, /no available (IPv4 )?addresses? .*narrow/s);
  await killAndReturn();
  const late = await failuresOf([run('late')]);
  assert.match(late[0] ?? '', /no available/);
  await docker(engine(), ['rm', '-f', 'late', ...guests]);
  assert.deepEqual(await failuresOf(guests.slice(0, 5).map(run)), []);
  await docker(engine(), ['rm', '-f', ...guests.slice(0, 5)]);
  await settleTo(engine(), before, 30_000);
  await docker(engine(), ['network', 'rm', 'narrow']);
});

it('networks are refused when the pools are used up, and made again when one is gone', async (context) => {
  const networks = names('pool', 6);
  const create = (name: string) => ['network', 'create', name];
  const refused = await failuresOf(networks.map(create));
  context.diagnostic(`networks made ${networks.length - refused.length}, refused ${refused.length}`);
  assert.equal(refused.length, 3, refused.join('\n'));
  for (const text of refused) assert.match(text, /all predefined address pools have been fully subnetted/);
  const made = (await docker(engine(), ['network', 'ls', '-q', '-f', 'name=pool'])).split('\n');
  await docker(engine(), ['network', 'rm', made[0] ?? '']);
  await docker(engine(), create('again'));
  await killAndReturn();
  assert.equal((await failuresOf([create('more')])).length, 1);
  await docker(engine(), ['network', 'rm', 'again', ...made.slice(1)]);
});

const lookUp = async (key: string, name: string): Promise<string> =>
  (await runCommand('nsenter', [`--net=${key}`, 'busybox', 'nslookup', '-type=a', `${name}.`, '127.0.0.11']))
    .stdout;

it('names of containers are told at once while a hundred others wait for a server that is dead', async (context) => {
  await docker(engine(), ['network', 'create', '--subnet', '10.83.1.0/24', 'named']);
  await docker(engine(), ['run', '-d', '--name', 'asker', '--network', 'named', ...SLEEP]);
  const key = await docker(engine(), ['inspect', '-f', '{{.NetworkSettings.SandboxKey}}', 'asker']);
  const outside = names('nobody', 100).map(async (name) => lookUp(key, `${name}.example`));
  await sleep(200);
  const inside = await Promise.all(names('', 20).map(async () => lookUp(key, 'asker')));
  const known = inside.filter((text) => /Name:\s*asker\s+Address: 10\.83\.1\.2/.test(text)).length;
  const unknown = (await Promise.all(outside)).filter((text) => /SERVFAIL|timed out/.test(text)).length;
  context.diagnostic(`right answers ${known} of 20; outside names that were given up ${unknown} of 100`);
  assert.deepEqual([known, unknown], [20, 100]);
  await docker(engine(), ['rm', '-f', 'asker']);
  await docker(engine(), ['network', 'rm', 'named']);
});

/** Milliseconds until the published port answers. */
const portAnswers = async (): Promise<number> => {
  const began = performance.now();
  const url = `http://${HOST_ADDRESS}:21080/name`;
  while (performance.now() - began < 30_000) {
    const { stdout } = await engine().netns.run(['curl', '-s', '--max-time', '2', url]);
    if (stdout.trim() === 'served') return Math.round(performance.now() - began);
    await sleep(20);
  }
  throw new Error('the published port does not answer');
};

const LOSSES: readonly (readonly [what: string, command: readonly string[]])[] = [
  ['the whole rule set', ['flush', 'ruleset']],
  ['a table', ['delete', 'table', 'ip', 'berth-docker0']],
  ['the rules of a table', ['flush', 'table', 'ip', 'berth-docker0']],
];

/** Each table's maps, sets and chains, whatever the order in which they were made. */
const partsOf = (ruleset: string): readonly string[] =>
  ruleset
    .split(/^(?=table )/m)
    .flatMap((table) => {
      const [head = '', ...parts] = table.replace(/\n\}\s*$/, '').split(/\n+(?=\t(?:map|set|chain) )/);
      return [head, ...parts.map((part) => `${head} ${part.trim()}`)];
    })
    .toSorted();

it('rules that somebody took away come back, and published ports with them', async (context: TestContext) => {
  const serve = ['sh', '-c', 'echo served > /name; exec httpd -f -p 80 -h /'];
  await docker(engine(), ['run', '-d', '--name', 'server', '-p', '21080:80', 'busybox', ...serve]);
  await portAnswers();
  const list = async (): Promise<readonly string[]> =>
    partsOf((await engine().netns.run(['nft', '-s', 'list', 'ruleset'])).stdout);
  const whole = await list();
  for (const [what, command] of LOSSES) {
    const lost = await engine().netns.run(['nft', ...command]);
    assert.equal(lost.code, 0, lost.stderr);
    context.diagnostic(`${what}: the port answers after ${await portAnswers()} ms`);
    for (let tries = 0; !isDeepStrictEqual(await list(), whole) && tries < 100; tries += 1) await sleep(100);
    assert.deepEqual(await list(), whole);
  }
  await engine().end('SIGKILL');
  await engine().netns.run(['nft', 'flush', 'ruleset']);
  await engine().start();
  context.diagnostic(`while the daemon was dead: the port answers after ${await portAnswers()} ms`);
  await docker(engine(), ['rm', '-f', 'server']);
});

it('a daemon killed while a plugin hangs comes back without it, and what hung leaves nothing', async (context) => {
  const name = `berth-hangs-${process.pid}`;
  const directory = mkdtempSync(join(tmpdir(), 'berth-hangs-'));
  await using plugin = new VolumePlugin(directory);
  await plugin.listen(`/run/docker/plugins/${name}.sock`);
  const before = await takeInventory(engine());
  await docker(engine(), ['volume', 'create', '-d', name, 'far']);
  plugin.trouble.set('Mount', 'hang');
  const starts = names('hung', 5).map((each) =>
    engine().docker(['run', '-d', '--name', each, '-v', 'far:/data', '-p', '80', ...SLEEP]),
  );
  for (let tries = 0; !plugin.calls.some((call) => call.startsWith('Mount far')) && tries < 200; tries += 1)
    await sleep(50);
  await docker(engine(), ['run', '--rm', '-p', '80', 'busybox', 'true']);
  for (const call of ['List', 'Get', 'Unmount']) plugin.trouble.set(call, 'hang');
  await killAndReturn();
  await Promise.all(starts);
  await docker(engine(), ['run', '--rm', '-p', '80', 'busybox', 'true']);
  const hung = (await docker(engine(), ['ps', '-aq', '-f', 'name=hung'])).split('\n').filter(Boolean);
  context.diagnostic(`containers that hung, and were taken over ${hung.length} of ${starts.length}`);
  plugin.trouble.clear();
  for (const id of hung) await dockerUntil(engine(), ['rm', '-f', id], id, 60_000);
  await dockerUntil(engine(), ['volume', 'rm', '-f', 'far'], 'far', 30_000);
  assert.deepEqual([...plugin.volumes.keys(), ...plugin.mounts], []);
  await settleTo(engine(), before, 30_000);
  rmSync(directory, { recursive: true });
});
