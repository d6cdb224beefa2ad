// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { docker, useEngine } from '../../support/use-engine.ts';

describe('networks of a daemon that was killed', () => {
  const engine = useEngine({ flags: ['--live-restore'] });
  const onHost = async (...command: readonly string[]): Promise<string> =>
    (await engine().netns.run(command)).stdout;
  const inspect = async (name: string): Promise<string> =>
    JSON.stringify((await engine().request('GET', `/v1.51/networks/${name}`)).json);
  const bridgeOf = async (name: string): Promise<string> =>
    `br-${(await docker(engine(), ['network', 'inspect', '-f', '{{.Id}}', name])).slice(0, 12)}`;
  const run = async (name: string, network: string, ...args: readonly string[]): Promise<void> => {
    const common = `run -d --name ${name} --network ${network} --stop-signal KILL`.split(' ');
    await docker(engine(), [...common, ...args, 'busybox', 'sleep', '600']);
  };
  const killed = async (meanwhile: () => Promise<void> = () => Promise.resolve()): Promise<void> => {
    await engine().end('SIGKILL');
    await meanwhile();
    await engine().start();
  };
  const address = async (name: string): Promise<string> =>
    docker(engine(), [
      'inspect',
      '-f',
      '{{range .NetworkSettings.Networks}}{{.IPAddress}} {{.GlobalIPv6Address}}{{end}}',
      name,
    ]);

  it('are what they were, with their containers and the addresses of those', async () => {
    const options = ['--ipv6', '--subnet', '10.40.0.0/24', '--subnet', 'fd00:40::/64'];
    await docker(engine(), ['network', 'create', '--label', 'a=b', ...options, '-o', 'x=y', 'kept']);
    await run('stays', 'kept');
    const before = await inspect('kept');
    await killed();
    assert.equal(await inspect('kept'), before);
    await run('comes', 'kept');
    assert.equal(await address('stays'), '10.40.0.2 fd00:40::2');
    assert.equal(await address('comes'), '10.40.0.3 fd00:40::3');
    await docker(engine(), ['exec', 'comes', 'ping', '-c', '1', '-W', '5', '10.40.0.2']);
    await docker(engine(), ['exec', 'stays', 'ping', '-6', '-c', '1', '-W', '5', 'fd00:40::3']);
    await docker(engine(), ['rm', '-f', 'stays', 'comes']);
    assert.deepEqual(JSON.parse(await inspect('kept')).Containers, {});
    await docker(engine(), ['network', 'rm', 'kept']);
  });

  it('have their bridge again when somebody took it away, and no link or namespace of nobody', async () => {
    await docker(engine(), ['network', 'create', '--subnet', '10.41.0.0/24', 'bare']);
    await docker(engine(), ['network', 'create', '--ipv6', 'swept']);
    const [bare, swept] = [await bridgeOf('bare'), await bridgeOf('swept')];
    await killed(async () => {
      await onHost('ip', 'link', 'del', bare);
      await onHost('ip', 'link', 'add', 'veth1234567', 'type', 'veth', 'peer', 'name', 'other0');
      await onHost('ip', 'link', 'set', 'veth1234567', 'master', swept);
      await writeFile(join(engine().execRoot, 'netns', 'abcdefabcdef'), '');
    });
    assert.match(await onHost('ip', '-o', '-4', 'addr', 'show', bare), /10\.41\.0\.1\/24/);
    const links = await onHost('ip', '-o', 'link');
    assert.doesNotMatch(links, /veth1234567|other0/);
    assert.match(links, new RegExp(swept));
    assert.equal((await onHost('ls', join(engine().execRoot, 'netns'))).trim(), '');
    await run('late', 'bare');
    await docker(engine(), ['exec', 'late', 'ping', '-c', '1', '-W', '5', '10.41.0.1']);
    await docker(engine(), ['rm', '-f', 'late']);
    await docker(engine(), ['network', 'rm', 'bare', 'swept']);
    assert.doesNotMatch(await onHost('ip', '-o', 'link'), /br-/);
  });

  it('have no table of IPv6 any more when the daemon is to leave that alone', async () => {
    assert.match(await onHost('nft', 'list', 'tables'), /table ip6 \S+/);
    await engine().end('SIGKILL');
    await engine().start(['--live-restore', '--ip6tables=false']);
    assert.doesNotMatch(await onHost('nft', 'list', 'tables'), /table ip6 /);
    assert.match(await onHost('nft', 'list', 'tables'), /table ip \S+/);
  });

  it('without a default bridge there is no docker0', async () => {
    await engine().end();
    await engine().start(['--bridge=none']);
    assert.doesNotMatch(await onHost('ip', '-o', 'link'), /docker0/);
    assert.match(await inspect('bridge'), /network bridge not found/);
  });
});

describe('the default bridge', () => {
  const flags = [
    '--ipv6',
    '--fixed-cidr-v6=fd00:45::/64',
    '--default-gateway-v6=fd00:45::9',
    '--ip=127.0.0.1',
  ];
  const engine = useEngine({ flags });
  const inside = async (name: string, ...command: readonly string[]): Promise<string> =>
    docker(engine(), ['exec', name, ...command]);

  it('has IPv6 when it is asked for', async () => {
    const { json } = await engine().request('GET', '/v1.51/networks/bridge');
    const { EnableIPv6, IPAM } = json as { EnableIPv6: boolean; IPAM: { Config: readonly object[] } };
    assert.equal(EnableIPv6, true);
    assert.deepEqual(IPAM.Config[1], {
      Subnet: 'fd00:45::/64',
      Gateway: 'fd00:45::1',
      AuxiliaryAddresses: { DefaultGatewayIPv6: 'fd00:45::9' },
    });
    await docker(engine(), ['run', '-d', '--name', 'd1', '--stop-signal', 'KILL', 'busybox', 'sleep', '600']);
    assert.match(await inside('d1', 'ip', '-6', 'addr', 'show', 'eth0'), /fd00:45::2\/64/);
    assert.match(await inside('d1', 'ip', '-6', 'route'), /default via fd00:45::9 dev eth0/);
    await inside('d1', 'ping', '-6', '-c', '1', '-W', '5', 'fd00:45::1');
    await docker(engine(), ['rm', '-f', 'd1']);
  });

  it('has its ports published where the daemon says', async () => {
    await docker(engine(), ['create', '--name', 'd2', '-p', '8093:80', 'busybox', 'sleep', '600']);
    await docker(engine(), ['start', 'd2']);
    assert.equal(await docker(engine(), ['port', 'd2', '80']), '127.0.0.1:8093');
    await docker(engine(), ['rm', '-f', 'd2']);
  });

  it('has another IPv6 address when that is asked for, or one of this host alone', async () => {
    const config = async (): Promise<unknown> => {
      const { json } = await engine().request('GET', '/v1.51/networks/bridge');
      return (json as { IPAM: { Config: readonly unknown[] } }).IPAM.Config[1];
    };
    await engine().end();
    await engine().start(['--ipv6', '--bip6=fd00:46::7/64', '--fixed-cidr-v6=fd00:46::100/120']);
    assert.deepEqual(await config(), {
      Subnet: 'fd00:46::/64',
      IPRange: 'fd00:46::100/120',
      Gateway: 'fd00:46::7',
    });
    await engine().end();
    await engine().netns.run(['ip', 'link', 'del', 'docker0']);
    await engine().start(['--ipv6', '--default-address-pool=base=fd99::/48,size=64']);
    assert.deepEqual(await config(), { Subnet: 'fd99::/64', Gateway: 'fd99::1' });
    await docker(engine(), ['network', 'create', '--ipv6', 'pooled']);
    const pool = ['network', 'inspect', '-f', '{{(index .IPAM.Config 1).Subnet}}', 'pooled'];
    assert.equal(await docker(engine(), pool), 'fd99:0:0:1::/64');
    await docker(engine(), ['network', 'rm', 'pooled']);
  });
});
