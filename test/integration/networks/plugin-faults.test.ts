// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { docker } from '../../support/use-engine.ts';
import { eventually, useNetworkPlugin } from '../../support/use-network-plugin.ts';

const NAME = `berth-fault-${process.pid}`;
const NETWORK = 'one';
const { engine, plugin, links } = useNetworkPlugin(
  NAME,
  {},
  {
    prepare: async () => {
      await docker(engine(), ['network', 'create', '-d', NAME, '--ipam-driver', NAME, NETWORK]);
    },
    finish: async () => {
      await docker(engine(), ['network', 'rm', NETWORK]);
      assert.deepEqual([plugin().networks.size, plugin().addresses.pools.size], [0, 0]);
    },
  },
);

const failure = async (args: readonly string[]): Promise<string> => {
  const { code, stderr } = await engine().docker(args);
  assert.notEqual(code, 0);
  return stderr.trim();
};

const RUN = ['run', '--rm', '--name', 'guest', '--network', NETWORK, 'busybox', 'true'];

/** Nothing of an endpoint is left: neither with the plugin nor on the host. Only the gateway has an address. */
const assertClean = async (): Promise<void> => {
  const namespaces = (await engine().docker(['ps', '-aq'])).stdout;
  assert.deepEqual(
    [plugin().endpoints.size, plugin().addresses.leases.length, await links(), namespaces],
    [0, 1, [], ''],
  );
};

const STEPS: readonly (readonly [method: string, text: string])[] = [
  ['IpamDriver.RequestAddress', 'remote: no'],
  ['NetworkDriver.CreateEndpoint', 'failed to create endpoint guest on network one: remote: no'],
  ['NetworkDriver.Join', 'remote: no'],
  ['NetworkDriver.EndpointOperInfo', 'Updating join info failed: remote: no'],
];

for (const [method, text] of STEPS)
  it(`a plugin that refuses ${method} ends the start, and leaves nothing`, async () => {
    plugin().trouble.set(method, { refuse: 'no' });
    const said = await failure(RUN);
    assert.ok(said.includes(`failed to set up container networking: ${text}`), said);
    await engine().docker(['rm', '-f', 'guest']);
    await assertClean();
  });

it('a plugin that lets nobody out ends the start; one that does not know how, does not', async () => {
  plugin().trouble.set('NetworkDriver.ProgramExternalConnectivity', { refuse: 'no' });
  assert.match(
    await failure(RUN),
    /driver failed programming external connectivity on endpoint guest \([0-9a-f]{64}\): remote: no/,
  );
  await engine().docker(['rm', '-f', 'guest']);
  plugin().trouble.set('NetworkDriver.ProgramExternalConnectivity', { status: 404, text: 'what?' });
  await docker(engine(), RUN);
  await assertClean();
});

it('a link that is not there ends the start, and so does what can’t be read', async () => {
  plugin().extras.set('NetworkDriver.Join', { InterfaceName: { SrcName: 'nosuch', DstPrefix: 'eth' } });
  assert.match(
    await failure(RUN),
    /failed to add interface nosuch to sandbox: failed to get link by name "nosuch"/,
  );
  await engine().docker(['rm', '-f', 'guest']);
  plugin().extras.set('NetworkDriver.Join', { Gateway: 'zz' });
  assert.match(await failure(RUN), /unable to parse Gateway "zz"/);
  await engine().docker(['rm', '-f', 'guest']);
  plugin().extras.clear();
  plugin().answers.set('NetworkDriver.CreateEndpoint', { Interface: { Address: '1.2.3.4/24' } });
  assert.match(
    await failure(RUN),
    /driver modified interface address: endpoint interface IP present \(10\.213\.1\.2\/24\)\. Cannot be modified with \(1\.2\.3\.4\/24\)\.; rolled back/,
  );
  await engine().docker(['rm', '-f', 'guest']);
  plugin().answers.clear();
  await assertClean();
});

it('a plugin that hangs holds up nobody else, and what it got is taken back', async () => {
  plugin().trouble.set('NetworkDriver.Join', 'hang');
  const hanging = engine().docker(RUN);
  await eventually(
    () => plugin().calls.some(({ method }) => method === 'NetworkDriver.Join'),
    'the plugin is asked',
  );
  await docker(engine(), ['network', 'create', 'other']);
  await docker(engine(), ['run', '--rm', '--network', 'other', 'busybox', 'true']);
  assert.match(await failure(['network', 'rm', NETWORK]), /network one has active endpoints \(name:"guest"/);
  await docker(engine(), ['network', 'rm', 'other']);
  plugin().trouble.clear();
  plugin().hangUp();
  const { code, stderr } = await hanging;
  assert.equal(code, 125);
  assert.match(stderr, /failed to set up container networking: Post "http:.*NetworkDriver\.Join": EOF/);
  const left = plugin().calls.map(({ method }) => method);
  assert.ok(left.includes('NetworkDriver.Leave'), 'it may have done what it was asked');
  await engine().docker(['rm', '-f', 'guest']);
  await assertClean();
});

it('a second network that can’t be joined takes the first one with it', async () => {
  await docker(engine(), ['network', 'create', '-d', NAME, '--ipam-driver', NAME, 'second']);
  const create = [
    'create',
    '--name',
    'guest',
    '--network',
    NETWORK,
    '--network',
    'second',
    'busybox',
    'true',
  ];
  await docker(engine(), create);
  plugin().refuseAfter('NetworkDriver.Join', 1);
  assert.match(await failure(['start', 'guest']), /failed to set up container networking: remote: enough/);
  await docker(engine(), ['rm', 'guest']);
  await docker(engine(), ['network', 'rm', 'second']);
  await assertClean();
});

it('a daemon that is killed while it waits gives back what it was given', async () => {
  plugin().trouble.set('NetworkDriver.Join', 'hang');
  const hanging = engine().docker(RUN);
  await eventually(
    () => plugin().calls.some(({ method }) => method === 'NetworkDriver.Join'),
    'the plugin is asked',
  );
  assert.deepEqual([plugin().endpoints.size, plugin().addresses.leases.length], [1, 2]);
  await engine().end('SIGKILL');
  await hanging;
  plugin().trouble.clear();
  await engine().start();
  await eventually(() => plugin().endpoints.size === 0, 'the endpoint is given back');
  await eventually(() => plugin().addresses.leases.length === 1, 'the address is given back');
  await engine().docker(['rm', '-f', 'guest']);
  await docker(engine(), RUN);
  await assertClean();
});

it('a network that its plugin refuses is not there, and what was got for it is given back', async () => {
  for (const method of [
    'IpamDriver.RequestPool',
    'IpamDriver.RequestAddress',
    'NetworkDriver.CreateNetwork',
  ]) {
    plugin().trouble.set(method, { refuse: 'no' });
    assert.match(
      await failure(['network', 'create', '-d', NAME, '--ipam-driver', NAME, 'two']),
      /: (failed to allocate gateway \(\): )?remote: no$/,
    );
    plugin().trouble.clear();
  }
  assert.deepEqual([plugin().networks.size, plugin().addresses.pools.size], [1, 1]);
  assert.doesNotMatch(await docker(engine(), ['network', 'ls']), /two/);
});

it('what is no plugin, or no such plugin, is told of at once', async () => {
  assert.match(
    await failure(['network', 'create', '-d', 'nobody-here', 'two']),
    /plugin "nobody-here" not found$/,
  );
  plugin().implements = ['VolumeDriver'];
  await plugin()[Symbol.asyncDispose]();
  await plugin().listen(`/run/docker/plugins/${NAME}-v.sock`);
  for (const flag of ['-d', '--ipam-driver'])
    assert.match(
      await failure(['network', 'create', flag, `${NAME}-v`, 'two']),
      /legacy plugin: Plugin does not implement the requested driver$/,
    );
  plugin().implements = ['NetworkDriver'];
  plugin().extras.set('NetworkDriver.GetCapabilities', { Scope: 'global' });
  await plugin()[Symbol.asyncDispose]();
  await plugin().listen(`/run/docker/plugins/${NAME}-g.sock`);
  assert.match(
    await failure(['network', 'create', '-d', `${NAME}-g`, 'two']),
    /This node is not a swarm manager\. Use "docker swarm init"/,
  );
  await plugin()[Symbol.asyncDispose]();
  await plugin().listen(`/run/docker/plugins/${NAME}.sock`);
});
