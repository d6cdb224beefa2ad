// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { docker, dockerUntil } from '../../support/use-engine.ts';
import { eventually, useNetworkPlugin } from '../../support/use-network-plugin.ts';

const NAME = `berth-ipam-${process.pid}`;
const { engine, plugin, methods } = useNetworkPlugin(NAME, { flags: ['--live-restore'] });

const run = async (network: string, ...args: readonly string[]): Promise<string> =>
  docker(engine(), ['run', '--rm', '--network', network, ...args]);

const bodies = (method: string): readonly object[] =>
  plugin()
    .takeCalls()
    .filter((call) => call.method === `IpamDriver.${method}`)
    .map(({ body }) => body);

it('a bridge has the subnet, the gateway and the addresses that a plugin gives', async () => {
  await docker(engine(), ['network', 'create', '--ipam-driver', NAME, '--ipam-opt', 'site=a', 'one']);
  assert.deepEqual(bodies('RequestPool'), [
    { AddressSpace: 'here', Pool: '', SubPool: '', Options: { site: 'a' }, V6: false },
  ]);
  const config = await docker(engine(), ['network', 'inspect', '-f', '{{json .IPAM}}', 'one']);
  assert.deepEqual(JSON.parse(config), {
    Driver: NAME,
    Options: { site: 'a' },
    Config: [{ Subnet: '10.213.1.0/24', Gateway: '10.213.1.1' }],
  });
  const shown = await run(
    'one',
    'busybox',
    'sh',
    '-c',
    'ip address show eth0; ip route; ping -c1 -w5 10.213.1.1',
  );
  assert.match(shown, /inet 10\.213\.1\.2\/24/);
  assert.match(shown, /default via 10\.213\.1\.1/);
  assert.deepEqual(methods(), ['RequestAddress', 'ReleaseAddress']);
  await docker(engine(), ['network', 'rm', 'one']);
  assert.deepEqual(methods(), ['ReleaseAddress', 'ReleasePool']);
  assert.equal(plugin().addresses.pools.size, 0);
});

it('subnet, range, gateway, auxiliary and chosen addresses reach the plugin', async () => {
  const wishes = ['--subnet', '10.72.0.0/24', '--ip-range', '10.72.0.128/25', '--gateway', '10.72.0.9'];
  await docker(engine(), [
    'network',
    'create',
    '--ipam-driver',
    NAME,
    ...wishes,
    '--aux-address',
    'a=10.72.0.5',
    'two',
  ]);
  const asked = plugin()
    .takeCalls()
    .filter(({ method }) => method.startsWith('IpamDriver.Request'))
    .map(({ body }) => [body['Pool'] ?? body['Address'], body['SubPool'] ?? body['Options']]);
  assert.deepEqual(asked, [
    ['10.72.0.0/24', '10.72.0.128/25'],
    ['10.72.0.9', { RequestAddressType: 'com.docker.network.gateway' }],
    ['10.72.0.5', null],
  ]);
  assert.match(await run('two', '--ip', '10.72.0.77', 'busybox', 'ip', 'route'), /src 10\.72\.0\.77/);
  await docker(engine(), ['run', '-d', '--name', 'guest', 'busybox', 'sleep', '600']);
  methods();
  await docker(engine(), ['network', 'connect', '--ip', '10.72.0.78', 'two', 'guest']);
  assert.deepEqual(plugin().addresses.leases.filter((lease) => lease.endsWith('.78')).length, 1);
  await docker(engine(), ['network', 'disconnect', 'two', 'guest']);
  assert.deepEqual(methods(), ['RequestAddress', 'ReleaseAddress']);
  await docker(engine(), ['rm', '-f', 'guest']);
  await docker(engine(), ['network', 'rm', 'two']);
  assert.deepEqual([plugin().addresses.leases, plugin().addresses.pools.size], [[], 0]);
});

it('a plugin that gives addresses by MAC address is told one, and the interface has it', async () => {
  plugin().addresses.capabilities = { RequiresMACAddress: true };
  const other = `${NAME}-mac`;
  await plugin()[Symbol.asyncDispose]();
  await plugin().listen(`/run/docker/plugins/${other}.sock`);
  await docker(engine(), ['network', 'create', '--ipam-driver', other, 'three']);
  methods();
  const link = await run('three', 'busybox', 'ip', 'link', 'show', 'eth0');
  const [asked] = bodies('RequestAddress') as readonly {
    readonly Options: Readonly<Record<string, string>>;
  }[];
  const mac = asked?.Options['com.docker.network.endpoint.macaddress'] ?? 'none';
  assert.ok(link.includes(`link/ether ${mac}`), `${link} has not ${mac}`);
  await docker(engine(), ['network', 'rm', 'three']);
  await plugin()[Symbol.asyncDispose]();
  await plugin().listen(`/run/docker/plugins/${NAME}.sock`);
});

it('a plugin that forgets is asked again for all that it gave, when the daemon comes back', async () => {
  plugin().addresses.capabilities = { RequiresRequestReplay: true };
  await docker(engine(), ['network', 'create', '--ipam-driver', NAME, '--subnet', '10.73.0.0/24', 'four']);
  await docker(engine(), ['run', '-d', '--name', 'stayer', '--network', 'four', 'busybox', 'sleep', '600']);
  await engine().end('SIGKILL');
  plugin().addresses.pools.clear();
  plugin().takeCalls();
  await engine().start();
  await dockerUntil(engine(), ['inspect', '-f', '{{.State.Running}}', 'stayer'], 'true');
  await eventually(
    () => plugin().addresses.leases.length === 2,
    'the gateway and the container have theirs again',
  );
  assert.deepEqual(
    plugin().addresses.leases.map((lease) => lease.split(' ')[1]),
    ['10.73.0.1', '10.73.0.2'],
  );
  assert.match(await run('four', 'busybox', 'ip', 'route'), /src 10\.73\.0\.3/);
  await docker(engine(), ['rm', '-f', 'stayer']);
  await docker(engine(), ['network', 'rm', 'four']);
  assert.equal(plugin().addresses.pools.size, 0);
});

it('without a plugin of that name there is no network', async () => {
  const { code, stderr } = await engine().docker([
    'network',
    'create',
    '--ipam-driver',
    'nobody-here',
    'five',
  ]);
  assert.equal(code, 1);
  assert.match(stderr, /plugin "nobody-here" not found/);
  const refused = await engine().docker(['network', 'create', '--ipam-driver', 'null', 'five']);
  assert.match(refused.stderr, /ipv4 pool is empty/);
});
