// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Engine } from '../../support/engine.ts';
import { linksUntil } from '../../support/links-until.ts';
import { busyboxArchive } from '../../support/image-archive.ts';
import { createNetworkNamespace, type NetworkNamespace } from '../../support/network-namespace.ts';
import { mustRun } from '../../support/run-command.ts';
import { startBerth } from '../../support/start-berth.ts';
import { docker } from '../../support/use-engine.ts';

/** Addresses of the two hosts towards each other. */
const HOSTS = ['192.0.2.1', '192.0.2.2'] as const;

/** Two hosts on one wire. */
const createHosts = async (): Promise<readonly [NetworkNamespace, NetworkNamespace]> => {
  const [one, two] = [await createNetworkNamespace('h1'), await createNetworkNamespace('h2')];
  await mustRun('ip', [
    '-n',
    one.name,
    'link',
    'add',
    'wire',
    'type',
    'veth',
    'peer',
    'name',
    'wire',
    'netns',
    two.name,
  ]);
  for (const [{ name }, address] of [[one, HOSTS[0]] as const, [two, HOSTS[1]] as const]) {
    await mustRun('ip', ['-n', name, 'addr', 'add', `${address}/24`, 'dev', 'wire']);
    await mustRun('ip', ['-n', name, 'link', 'set', 'wire', 'up']);
  }
  return [one, two];
};

describe('overlay networks', () => {
  const hosts: NetworkNamespace[] = [];
  const engines: Engine[] = [];
  const [first, second] = [() => engines[0] ?? assert.fail(), () => engines[1] ?? assert.fail()];

  before(async () => {
    hosts.push(...(await createHosts()));
    for (const netns of hosts) {
      const engine = await startBerth({ netns, flags: ['--live-restore'] });
      engines.push(engine);
      assert.equal((await engine.docker(['load'], { input: busyboxArchive() })).code, 0);
    }
  });
  after(async () => {
    for (const engine of engines) await engine.stop();
    for (const host of hosts) await host.remove();
  });

  /** The network as the engine on host `index` is told of it. */
  const create = (index: 0 | 1, name: string, ...args: readonly string[]) =>
    docker(engines[index] ?? assert.fail(), [
      'network',
      'create',
      '-d',
      'overlay',
      '-o',
      `berth.overlay.peers=${HOSTS[1 - index]}`,
      '--subnet',
      '10.90.0.0/16',
      '--ip-range',
      `10.90.${index + 1}.0/24`,
      ...args,
      name,
    ]);
  const run = (engine: Engine, name: string, ...args: readonly string[]) =>
    docker(engine, [
      'run',
      '-d',
      '--stop-signal',
      'KILL',
      '--name',
      name,
      ...args,
      'busybox',
      'sleep',
      '600',
    ]);
  const ping = (engine: Engine, from: string, to: string, ...args: readonly string[]) =>
    docker(engine, ['exec', from, 'ping', '-c', '1', '-W', '10', ...args, to]);

  it('connect containers of two hosts, who keep their addresses apart, with names of each host', async () => {
    await create(0, 'net');
    await create(1, 'net');
    await run(first(), 'one', '--network', 'net');
    await run(first(), 'uno', '--network', 'net');
    await run(second(), 'two', '--network', 'net', '--ip', '10.90.2.7');
    const { json } = await first().request('GET', '/containers/one/json');
    const { net } = (json as { NetworkSettings: { Networks: Record<string, Record<string, string>> } })
      .NetworkSettings.Networks;
    assert.deepEqual(
      [net?.['IPAddress'], net?.['MacAddress'], net?.['Gateway']],
      ['10.90.1.0', '02:42:0a:5a:01:00', ''],
    );
    await ping(first(), 'one', '10.90.2.7');
    await ping(second(), 'two', '10.90.1.0');
    await ping(first(), 'one', 'uno');
    // Whole frames pass: the links know how much of a packet the tunnel takes.
    await ping(first(), 'one', '10.90.2.7', '-s', '1400');
  });

  it('go on while a daemon is dead, and work with the next one', async () => {
    await first().end('SIGKILL');
    await ping(second(), 'two', '10.90.1.0');
    await first().start();
    await ping(first(), 'one', '10.90.2.7');
    await ping(first(), 'uno', 'one');
    await docker(first(), ['rm', '-f', 'uno']);
    await run(first(), 'uno', '--network', 'net');
    await ping(second(), 'two', '10.90.1.1');
  });

  it('lead out by docker_gwbridge, which publishes ports too, unless another network leads out', async () => {
    const serve = ['--network', 'net', '-p', '8080:80', 'busybox', 'httpd', '-f', '-p', '80', '-h', '/etc'];
    await docker(first(), ['run', '-d', '--stop-signal', 'KILL', '--name', 'server', ...serve]);
    const routes = () => docker(second(), ['exec', 'two', 'ip', 'route']);
    const reachServer = async (): Promise<void> => {
      const url = `http://${HOSTS[0]}:8080/hostname`;
      await docker(second(), ['exec', 'two', 'wget', '-q', '-O', '-', url]);
    };
    assert.match(await routes(), /default via 172\.18\.0\.1 dev eth1/);
    await reachServer();
    await docker(second(), ['network', 'connect', 'bridge', 'two']);
    assert.match(await routes(), /default via 172\.17\.0\.1 dev eth2/);
    await ping(second(), 'two', '10.90.1.0');
    await reachServer();
    await docker(second(), ['network', 'disconnect', 'bridge', 'two']);
    assert.match(await routes(), /default via 172\.18\.0\.1 dev eth/);
    await reachServer();
    await docker(first(), ['rm', '-f', 'server']);
  });

  it('of other numbers do not see each other', async () => {
    await docker(first(), [
      'network',
      'create',
      '-d',
      'overlay',
      '-o',
      `berth.overlay.peers=${HOSTS[1]}`,
      '--subnet',
      '10.91.0.0/24',
      'other',
    ]);
    await run(first(), 'stranger', '--network', 'other', '--cap-add', 'NET_ADMIN');
    await docker(first(), ['exec', 'stranger', 'ip', 'addr', 'add', '10.90.3.3/16', 'dev', 'eth0']);
    const { code } = await first().docker(['exec', 'stranger', 'ping', '-c', '1', '-W', '1', '10.90.2.7']);
    assert.notEqual(code, 0);
    await docker(first(), ['rm', '-f', 'stranger']);
    await docker(first(), ['network', 'rm', 'other']);
  });

  it('are a manager’s where nobody names peers, and never encrypted', async () => {
    const refused = async (text: RegExp, ...args: readonly string[]): Promise<void> => {
      const { code, stderr } = await first().docker(['network', 'create', '-d', 'overlay', ...args, 'x']);
      assert.notEqual(code, 0);
      assert.match(stderr, text);
    };
    await refused(/This node is not a swarm manager\./);
    const peers = ['-o', 'berth.overlay.peers='];
    await refused(
      /encrypted overlay networks are not implemented by this engine/,
      ...peers,
      '-o',
      'encrypted',
    );
    await refused(/Pool overlaps with other one/, ...peers, '--subnet', '10.90.5.0/24');
    const vni = 'com.docker.network.driver.overlay.vxlanid_list=4711';
    await docker(first(), ['network', 'create', '-d', 'overlay', ...peers, '-o', vni, 'numbered']);
    await refused(
      /network numbered is already using the VXLAN id 4711 on udp port 4789/,
      ...peers,
      '-o',
      vni,
    );
    await docker(first(), ['network', 'rm', 'numbered']);
  });

  it('leave no link', async () => {
    await docker(first(), ['rm', '-f', 'one', 'uno']);
    await docker(second(), ['rm', '-f', 'two']);
    for (const engine of engines) {
      await docker(engine, ['network', 'rm', 'net', 'docker_gwbridge']);
      await linksUntil(engine.netns, ['docker0', 'wire']);
    }
  });
});
