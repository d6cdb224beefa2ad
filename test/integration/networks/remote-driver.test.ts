// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { docker, dockerUntil } from '../../support/use-engine.ts';
import { eventually, socketOf, useNetworkPlugin } from '../../support/use-network-plugin.ts';

const NAME = `berth-net-${process.pid}`;
const { engine, plugin, methods, links } = useNetworkPlugin(NAME, { flags: ['--live-restore'] });

const JOINING = ['CreateEndpoint', 'Join', 'ProgramExternalConnectivity', 'EndpointOperInfo'];
const LEAVING = ['RevokeExternalConnectivity', 'Leave', 'DeleteEndpoint'];

const addressOf = async (container: string, network: string): Promise<string> =>
  docker(engine(), [
    'inspect',
    '-f',
    `{{(index .NetworkSettings.Networks "${network}").IPAddress}}`,
    container,
  ]);

it('a network is its plugin’s: made by it, joined by it, removed by it', async () => {
  await docker(engine(), ['network', 'create', '-d', NAME, '-o', 'speed=fast', 'one']);
  const [created] = plugin()
    .takeCalls()
    .filter(({ method }) => method === 'NetworkDriver.CreateNetwork');
  assert.deepEqual((created?.body['Options'] as object | undefined) ?? {}, {
    'com.docker.network.enable_ipv4': true,
    'com.docker.network.enable_ipv6': false,
    'com.docker.network.generic': { speed: 'fast' },
  });
  assert.match(await docker(engine(), ['info', '-f', '{{.Plugins.Network}}']), new RegExp(NAME));
  await docker(engine(), ['run', '-d', '--name', 'server', '--network', 'one', 'busybox', 'sleep', '600']);
  assert.deepEqual(methods(), JOINING);
  const routes = await docker(engine(), ['exec', 'server', 'ip', 'route']);
  assert.match(routes, /^default via 172\.\d+\.0\.1 dev eth0/m);
  const address = await addressOf('server', 'one');
  await docker(engine(), ['run', '--rm', '--network', 'one', 'busybox', 'ping', '-c1', '-w5', address]);
  await docker(engine(), ['run', '--rm', '--network', 'one', 'busybox', 'ping', '-c1', '-w5', 'server']);
  assert.deepEqual(methods(), [...JOINING, ...LEAVING, ...JOINING, ...LEAVING]);
  await docker(engine(), ['rm', '-f', 'server']);
  assert.deepEqual([methods(), plugin().endpoints.size, await links()], [LEAVING, 0, []]);
  await docker(engine(), ['network', 'rm', 'one']);
  assert.deepEqual([methods(), plugin().networks.size], [['DeleteNetwork'], 0]);
});

it('a running container joins and leaves, and the way out follows', async () => {
  await docker(engine(), ['network', 'create', '-d', NAME, 'two']);
  await docker(engine(), ['run', '-d', '--name', 'roamer', 'busybox', 'sleep', '600']);
  methods();
  await docker(engine(), ['network', 'connect', 'two', 'roamer']);
  assert.deepEqual(methods(), ['CreateEndpoint', 'Join', 'EndpointOperInfo'], 'the bridge leads out');
  assert.match(await docker(engine(), ['exec', 'roamer', 'ip', 'route']), /default via \S+ dev eth0/);
  await docker(engine(), ['network', 'disconnect', 'bridge', 'roamer']);
  assert.deepEqual(methods(), ['ProgramExternalConnectivity']);
  assert.match(await docker(engine(), ['exec', 'roamer', 'ip', 'route']), /default via \S+ dev eth1/);
  await docker(engine(), ['network', 'disconnect', 'two', 'roamer']);
  assert.deepEqual([methods(), await links()], [LEAVING, []]);
  assert.doesNotMatch(await docker(engine(), ['exec', 'roamer', 'ip', 'link']), /eth/);
  await docker(engine(), ['rm', '-f', 'roamer']);
  await docker(engine(), ['network', 'rm', 'two']);
});

it('the plugin names the link and gives routes; and finds it on the host when it is told of the end', async () => {
  await docker(engine(), ['network', 'create', '-d', NAME, '--subnet', '10.71.0.0/24', 'three']);
  plugin().extras.set('NetworkDriver.Join', {
    StaticRoutes: [
      { Destination: '10.99.0.0/16', RouteType: 0, NextHop: '10.71.0.9' },
      { Destination: '10.98.0.0/16', RouteType: 1 },
    ],
  });
  const run = ['run', '--rm', '--network', 'three', '--ip', '10.71.0.7', 'busybox', 'ip', 'route'];
  const routes = await docker(engine(), run);
  assert.match(routes, /^10\.99\.0\.0\/16 via 10\.71\.0\.9 dev eth0/m);
  assert.match(routes, /^10\.98\.0\.0\/16 dev eth0/m);
  assert.match(routes, /src 10\.71\.0\.7/);
  plugin().extras.clear();
  plugin().trouble.set('NetworkDriver.DeleteEndpoint', { refuse: 'I keep it' });
  await docker(engine(), ['run', '--rm', '--network', 'three', 'busybox', 'true']);
  plugin().trouble.clear();
  const left = await links();
  assert.deepEqual(
    left.map((name) => name.slice(0, 2)).toSorted(),
    ['vc', 'vp'],
    'both ends are on the host',
  );
  for (const name of left) await engine().netns.run(['ip', 'link', 'delete', name]);
  plugin().endpoints.clear();
  await docker(engine(), ['network', 'rm', 'three']);
});

it('a killed daemon comes back to its networks and endpoints, whether or not the plugin is up', async () => {
  await docker(engine(), ['network', 'create', '-d', NAME, 'four']);
  await docker(engine(), ['run', '-d', '--name', 'stayer', '--network', 'four', 'busybox', 'sleep', '600']);
  const address = await addressOf('stayer', 'four');
  await engine().end('SIGKILL');
  await plugin()[Symbol.asyncDispose]();
  await engine().start();
  await dockerUntil(engine(), ['inspect', '-f', '{{.State.Running}}', 'stayer'], 'true');
  assert.equal(await addressOf('stayer', 'four'), address);
  assert.equal(await docker(engine(), ['network', 'inspect', '-f', '{{.Driver}}', 'four']), NAME);
  const { code, stderr } = await engine().docker(['run', '--rm', '--network', 'four', 'busybox', 'true']);
  assert.equal(code, 125);
  assert.match(stderr, new RegExp(`failed to set up container networking: .*plugin "${NAME}" not found`));
  methods();
  await docker(engine(), ['rm', '-f', 'stayer']);
  assert.deepEqual([methods(), plugin().endpoints.size], [[], 1], 'the plugin has not heard of it');
  await plugin().listen(socketOf(NAME));
  await docker(engine(), [
    'run',
    '--rm',
    '--network',
    'four',
    'busybox',
    'ping',
    '-c1',
    '-w5',
    address.replace(/\d+$/, '1'),
  ]);
  await eventually(() => plugin().endpoints.size === 0, 'the plugin hears what it missed');
  await docker(engine(), ['network', 'rm', 'four']);
  assert.deepEqual([plugin().networks.size, await links()], [0, []]);
});
