// SPDX-License-Identifier: Apache-2.0
/**
 * What testcontainers does against an engine, run inside the engine's network namespace, where published ports are
 * reached: DOCKER_HOST is its socket, argv[2] an image of a registry there. Prints one line per deed.
 */
import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import Docker from 'dockerode';
import { GenericContainer, Network, PullPolicy, Wait } from 'testcontainers';
import { encodeTar } from '../../../src/spec/tar/write.ts';

const image = process.argv[2] ?? '';
/** Milliseconds; the machine may be loaded. */
const PATIENCE = 90_000;

// Its log connections keep no process alive.
const awake = setInterval(() => undefined, 1000);

const deed = async (name: string, work: () => Promise<void>): Promise<void> => {
  const begun = performance.now();
  const end = await work().then(
    () => 'ok',
    (error: unknown) => `NOT OK (${error instanceof Error ? error.stack : String(error)})`,
  );
  process.stdout.write(`${end} ${name}, ${Math.round(performance.now() - begun)} ms\n`);
};

const generic = (...command: string[]): GenericContainer =>
  new GenericContainer(image).withCommand(command).withStartupTimeout(PATIENCE);

const packed = encodeTar([{ entry: { name: 'packed' }, content: Buffer.from('in tar') }]);

const serve = 'echo served > /index.html; exec httpd -f -v -p 80 -h /';

await deed('pulls an image, and waits for a log message', async () => {
  await using container = await generic('sh', '-c', 'echo starting; sleep 1; echo ready to go; sleep 600')
    .withPullPolicy(PullPolicy.alwaysPull())
    .withEnvironment({ KEY: 'value' })
    .withLabels({ 'org.example.test': 'yes' })
    .withWaitStrategy(Wait.forLogMessage(/ready to go/))
    .start();
  assert.equal(container.getLabels()['org.example.test'], 'yes');
  assert.match(container.getName(), /^\/\w+/);
});

await deed('waits for ports, and reaches them', async () => {
  await using container = await generic('sh', '-c', serve).withExposedPorts(80).start();
  const answer = await fetch(`http://${container.getHost()}:${container.getMappedPort(80)}/index.html`);
  assert.equal(await answer.text(), 'served\n');
  assert.equal(container.getFirstMappedPort(), container.getMappedPort('80/tcp'));
  assert.deepEqual(container.getNetworkNames(), ['bridge']);
  assert.match(container.getIpAddress('bridge'), /^\d+\.\d+\.\d+\.\d+$/);
});

await deed('waits for an answer over http', async () => {
  await using container = await generic('sh', '-c', `sleep 1; ${serve}`)
    .withExposedPorts(80)
    .withWaitStrategy(Wait.forHttp('/index.html', 80).forStatusCode(200))
    .start();
  assert.ok(container.getMappedPort(80) > 0);
});

await deed('waits for a health check, and gives up on one that fails', async () => {
  const checked = (command: string): GenericContainer =>
    generic('sh', '-c', 'sleep 1; touch /well; sleep 600')
      .withHealthCheck({ test: ['CMD-SHELL', command], interval: 300, timeout: 20_000, retries: 60 })
      .withWaitStrategy(Wait.forHealthCheck());
  await using container = await checked('test -f /well').start();
  assert.equal((await container.exec(['test', '-f', '/well'])).exitCode, 0);
  await assert.rejects(checked('false').withStartupTimeout(3000).start());
});

await deed('waits for a container that ends by itself', async () => {
  const container = await generic('sh', '-c', 'echo once').withWaitStrategy(Wait.forOneShotStartup()).start();
  await container.stop();
});

await deed('waits for a command to succeed', async () => {
  await using _container = await generic('sh', '-c', 'sleep 1; touch /well; sleep 600')
    .withWaitStrategy(Wait.forSuccessfulCommand('test -f /well'))
    .start();
});

await deed('execs, with its output, exit code, user, directory and variables', async () => {
  await using container = await generic('sleep', '600').start();
  const result = await container.exec(['sh', '-c', 'echo out; echo err >&2; exit 3']);
  assert.deepEqual([result.exitCode, result.stdout, result.stderr], [3, 'out\n', 'err\n']);
  const options = { user: '1000:1000', workingDir: '/tmp', env: { A: 'b' } };
  const inside = await container.exec(['sh', '-c', 'echo $(id -u) $(pwd) $A'], options);
  assert.equal(inside.output, '1000 /tmp b\n');
});

await deed('copies in before the start and while it runs, and out', async () => {
  await using container = await generic('sleep', '600')
    .withCopyContentToContainer([{ content: 'early', target: '/early', mode: 0o600 }])
    .start();
  assert.equal((await container.exec(['sh', '-c', 'cat /early; stat -c %a /early'])).output, 'early600\n');
  await container.copyContentToContainer([{ content: 'late', target: '/tmp/late' }]);
  await container.copyArchiveToContainer(Readable.from([packed]), '/tmp');
  assert.equal((await container.exec(['sh', '-c', 'cat /tmp/late /tmp/packed'])).output, 'latein tar');
  const archive = await container.copyArchiveFromContainer('/early');
  assert.match(await text(archive), /early/);
});

await deed('restarts, follows logs, and stops with a name, limits, tmpfs and mounts', async () => {
  const lines: string[] = [];
  const container = await generic('sh', '-c', 'echo here; exec sleep 600')
    .withName('named')
    .withHostname('hosted')
    .withResourcesQuota({ memory: 0.25, cpu: 1 })
    .withTmpFs({ '/scratch': 'rw' })
    .withBindMounts([{ source: '/usr', target: '/host', mode: 'ro' }])
    .withExtraHosts([{ host: 'elsewhere', ipAddress: '10.9.8.7' }])
    .withDroppedCapabilities('NET_RAW')
    .withUser('root')
    .withWorkingDir('/scratch')
    .withLogConsumer((stream) => stream.on('data', (line: unknown) => lines.push(String(line))))
    .withWaitStrategy(Wait.forLogMessage('here'))
    .start();
  const { output } = await container.exec([
    'sh',
    '-c',
    'hostname; pwd; grep -c 10.9.8.7 /etc/hosts; ls -d /host/bin',
  ]);
  assert.equal(output, 'hosted\n/scratch\n1\n/host/bin\n');
  await container.restart({ timeout: 0 });
  const logs = await container.logs({ tail: 1 });
  const [line] = (await logs.take(1).toArray()) as unknown[];
  assert.match(String(line), /here/);
  assert.ok(lines.some((each) => each.includes('here')));
  await container.stop({ timeout: 0 });
});

await deed('keeps a stopped container when asked, and copies from it', async () => {
  const container = await generic('sh', '-c', 'echo kept > /kept; sleep 600').withAutoRemove(false).start();
  await container.exec(['sh', '-c', 'until [ -f /kept ]; do sleep 0.1; done']);
  const stopped = await container.stop({ remove: false, timeout: 0 });
  assert.match(await text(await stopped.copyArchiveFromContainer('/kept')), /kept/);
  await new Docker().getContainer(stopped.getId()).remove();
});

await deed('uses a container again', async () => {
  const same = (): GenericContainer => generic('sleep', '600').withExposedPorts(81).withReuse();
  const listening = same().withCommand(['sh', '-c', 'exec httpd -f -p 81 -h /']);
  const first = await listening.start();
  const again = await same().withCommand(['sh', '-c', 'exec httpd -f -p 81 -h /']).start();
  assert.equal(again.getId(), first.getId());
  await first.stop({ timeout: 0 });
});

await deed('commits a container to an image', async () => {
  await using container = await generic('sh', '-c', 'echo mine > /mine; sleep 600').start();
  await container.exec(['sh', '-c', 'until [ -f /mine ]; do sleep 0.1; done']);
  const id = await container.commit({ repo: 'tc/committed', tag: '1', deleteOnExit: false });
  assert.match(id, /\S/);
  await using second = await new GenericContainer('tc/committed:1').withCommand(['sleep', '600']).start();
  assert.equal((await second.exec(['cat', '/mine'])).output, 'mine\n');
});

await deed('makes a network in which containers find each other by alias, and removes it', async () => {
  const network = await new Network().start();
  assert.match(network.getId(), /^[0-9a-f]{64}$/);
  const served = await generic('sh', '-c', serve)
    .withNetwork(network)
    .withNetworkAliases('site', 'site.example')
    .withExposedPorts(80)
    .start();
  const asker = await generic('sleep', '600').withNetwork(network).start();
  assert.ok(served.getNetworkNames().includes(network.getName()));
  assert.equal((await asker.exec(['wget', '-qO-', 'http://site.example/index.html'])).output, 'served\n');
  const address = served.getIpAddress(network.getName());
  const { output } = await asker.exec(['nslookup', 'site', '127.0.0.11']);
  assert.ok(output.includes(address), `${address} is not in ${output}`);
  const answer = await fetch(`http://${served.getHost()}:${served.getMappedPort(80)}/index.html`);
  assert.equal(await answer.text(), 'served\n');
  await Promise.all([served.stop({ timeout: 0 }), asker.stop({ timeout: 0 })]);
  await network.stop();
  const networks = await new Docker().listNetworks({ filters: { id: [network.getId()] } });
  assert.deepEqual(networks, []);
});

clearInterval(awake);
process.stdout.write('done\n');
