// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { linksUntil } from '../../support/links-until.ts';
import { createNetworkNamespace, type NetworkNamespace } from '../../support/network-namespace.ts';
import { mustRun } from '../../support/run-command.ts';
import { docker, dockerUntil } from '../../support/use-engine.ts';
import { useNetworkPlugin } from '../../support/use-network-plugin.ts';

const NAME = `berth-gateway-${process.pid}`;
/** The host's address towards outside, and that of the machine there, which knows no way back to any container. */
const HOST = '198.51.100.1';
const OUTSIDE = '198.51.100.2';

const held: { outside?: NetworkNamespace } = {};
const outside = (): NetworkNamespace => held.outside ?? assert.fail();

const connectOutside = async (): Promise<void> => {
  const there = await createNetworkNamespace('o');
  held.outside = there;
  const host = engine().netns.name;
  const wire = ['link', 'add', 'wire', 'type', 'veth', 'peer', 'name', 'wire', 'netns', there.name];
  await mustRun('ip', ['-n', host, ...wire]);
  for (const [name, address] of [
    [host, HOST],
    [there.name, OUTSIDE],
  ] as const) {
    await mustRun('ip', ['-n', name, 'address', 'add', `${address}/24`, 'dev', 'wire']);
    await mustRun('ip', ['-n', name, 'link', 'set', 'wire', 'up']);
  }
};

const { engine, plugin, methods } = useNetworkPlugin(
  NAME,
  { flags: ['--live-restore'] },
  {
    prepare: async () => {
      await connectOutside();
      withoutGateway();
      await docker(engine(), ['network', 'create', '-d', NAME, '--subnet', '10.72.0.0/24', 'plugged']);
      await docker(engine(), ['network', 'create', '--subnet', '10.73.0.0/24', 'other']);
    },
    finish: async () => held.outside?.remove(),
  },
);

/** The plugin leaves the way out to the engine. */
const withoutGateway = (): void => void plugin().extras.set('NetworkDriver.Join', { Gateway: '' });

const run = async (name: string, ...args: readonly string[]): Promise<void> => {
  withoutGateway();
  const flags = ['--network', 'plugged', '--stop-signal', 'KILL', ...args];
  await docker(engine(), ['run', '-d', '--name', name, ...flags, 'busybox', 'sh', '-c', SERVER]);
  methods();
};
/** Says who asked. */
const SERVER = 'echo it is $HOSTNAME > /name; exec httpd -f -p 80 -h /';
const ping = (to: string, patience: string): readonly string[] => ['ping', '-c', '1', '-W', patience, to];
const reach = async (from: string, to: string): Promise<string> =>
  docker(engine(), ['exec', from, ...ping(to, '10')]);
const isCutOff = async (from: string, to: string): Promise<boolean> =>
  (await engine().docker(['exec', from, ...ping(to, '1')])).code === 1;
const routes = async (name: string): Promise<string> => docker(engine(), ['exec', name, 'ip', 'route']);
const ask = async (port: string): Promise<string> => {
  const url = `http://${HOST}:${port}/name`;
  const { stdout } = await outside().run(['busybox', 'timeout', '3', 'busybox', 'wget', '-O', '-', url]);
  return stdout.trim();
};
/** Until the program in the container listens. */
const askUntil = async (port: string, wanted: RegExp): Promise<void> => {
  const deadline = performance.now() + 15_000;
  for (;;) {
    const answer = await ask(port);
    if (wanted.test(answer)) return;
    if (performance.now() > deadline) assert.match(answer, wanted);
    await sleep(100);
  }
};
const guests = async (): Promise<string> =>
  docker(engine(), [
    'network',
    'inspect',
    '-f',
    '{{range .Containers}}{{.Name}} {{.IPv4Address}};{{end}}',
    'docker_gwbridge',
  ]);
const networksOf = async (name: string): Promise<string> =>
  docker(engine(), ['inspect', '-f', '{{range $n, $e := .NetworkSettings.Networks}}{{$n}} {{end}}', name]);

it('a container whose plugin names no gateway gets out, and is reached at its published ports', async () => {
  await run('guest', '-p', '8080:80');
  await askUntil('8080', /^it is /);
  assert.match(await routes('guest'), /^default via 172\.18\.0\.1 dev eth1/m);
  await reach('guest', OUTSIDE);
  assert.match(await guests(), /^gateway_[0-9a-f]{12} 172\.18\.0\.2\/16;$/);
  assert.equal((await networksOf('guest')).trim(), 'plugged');
  assert.match(await docker(engine(), ['port', 'guest', '80']), /^0\.0\.0\.0:8080/);
});

it('containers do not reach each other by it, nor does anybody else', async () => {
  await run('second');
  const [one, two] = ['172.18.0.2', '172.18.0.3'];
  assert.match(await guests(), /172\.18\.0\.3\/16/);
  await reach('second', '172.18.0.1');
  assert.equal(await isCutOff('second', one), true);
  assert.equal(await isCutOff('guest', two), true);
  const stranger = ['run', '--rm', '--network', 'other', 'busybox', ...ping(one, '1')];
  assert.equal((await engine().docker(stranger)).code, 1);
  // Its plugin's network is what they share.
  await reach('second', 'guest');
  await mustRun('ip', ['-n', outside().name, 'route', 'add', '172.18.0.0/16', 'via', HOST]);
  const { code } = await outside().run(ping(one, '1'));
  assert.notEqual(code, 0);
  await docker(engine(), ['rm', '-f', 'second']);
});

it('it outlives a killed daemon, and follows the need with the next one', async () => {
  await engine().end('SIGKILL');
  await engine().start();
  await dockerUntil(engine(), ['inspect', '-f', '{{.State.Running}}', 'guest'], 'true');
  const before = await guests();
  assert.match(before, /^gateway_[0-9a-f]{12} 172\.18\.0\.2\/16;$/);
  await reach('guest', OUTSIDE);
  await askUntil('8080', /^it is /);
  await docker(engine(), ['network', 'connect', 'other', 'guest']);
  assert.match(await routes('guest'), /^default via 10\.73\.0\.1 dev eth2/m);
  assert.equal(await guests(), '');
  await reach('guest', OUTSIDE);
  await askUntil('8080', /^it is /);
  await docker(engine(), ['network', 'disconnect', 'other', 'guest']);
  assert.match(await routes('guest'), /^default via 172\.18\.0\.1 dev eth1/m);
  assert.equal(await guests(), before);
  await reach('guest', OUTSIDE);
  await askUntil('8080', /^it is /);
});

it('it is the engine’s: users neither take it away nor get in its way', async () => {
  const engines = await guests();
  const refused = async (args: readonly string[], text: RegExp): Promise<void> => {
    const { code, stderr } = await engine().docker(args);
    assert.equal(code, 1);
    assert.match(stderr, text);
  };
  await refused(
    ['network', 'disconnect', 'docker_gwbridge', 'guest'],
    /container [0-9a-f]{64} is not connected to network docker_gwbridge/,
  );
  const [name = ''] = engines.split(' ');
  await refused(['network', 'disconnect', '-f', 'docker_gwbridge', name], /endpoint gateway_\w+ not found/);
  await refused(['network', 'rm', 'docker_gwbridge'], /has active endpoints \(name:"gateway_/);
  await docker(engine(), ['network', 'connect', 'docker_gwbridge', 'guest']);
  assert.match(await guests(), /^guest 172\.18\.0\.3\/16;$/);
  assert.equal((await networksOf('guest')).trim(), 'docker_gwbridge plugged');
  await askUntil('8080', /^it is /);
  await docker(engine(), ['network', 'disconnect', 'docker_gwbridge', 'guest']);
  assert.equal(await guests(), engines);
  await reach('guest', OUTSIDE);
});

it('it goes with the container, and the network when nobody is there', async () => {
  await docker(engine(), ['network', 'disconnect', 'plugged', 'guest']);
  assert.equal(await guests(), '');
  assert.doesNotMatch(await docker(engine(), ['exec', 'guest', 'ip', 'link']), /eth/);
  withoutGateway();
  await docker(engine(), ['network', 'connect', 'plugged', 'guest']);
  await askUntil('8080', /^it is /);
  await docker(engine(), ['rm', '-f', 'guest']);
  assert.equal(await guests(), '');
  await linksUntil(engine().netns, [
    'docker0',
    'docker_gwbridge',
    'wire',
    ...(await engine().netns.links()).filter((link) => /^(br-|bp)/.test(link)),
  ]);
  await docker(engine(), ['network', 'prune', '-f']);
  await linksUntil(engine().netns, ['docker0', 'wire']);
});
