// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import type { Engine } from '../../support/engine.ts';
import { linksUntil } from '../../support/links-until.ts';
import { mustRun } from '../../support/run-command.ts';
import { docker, useEngine } from '../../support/use-engine.ts';

/** A cable on the host whose other end is a neighbour outside, who has 10.70.0.254. */
const addUplink = async ({ netns }: Engine): Promise<void> => {
  const outside = `${netns.name}-out`;
  const inHost = (...args: readonly string[]) => mustRun('ip', ['-n', netns.name, ...args]);
  const inOutside = (...args: readonly string[]) => mustRun('ip', ['-n', outside, ...args]);
  await mustRun('ip', ['netns', 'add', outside]);
  await inHost('link', 'add', 'up0', 'type', 'veth', 'peer', 'name', 'far0', 'netns', outside);
  await inHost('link', 'set', 'up0', 'up');
  await inOutside('addr', 'add', '10.70.0.254/24', 'dev', 'far0');
  await inOutside('addr', 'add', '198.51.100.7/32', 'dev', 'far0');
  await inOutside('link', 'set', 'far0', 'up');
};

describe('macvlan networks', () => {
  after(async () => mustRun('ip', ['netns', 'del', `${engine().netns.name}-out`]));
  const engine = useEngine({ flags: ['--live-restore'] }, addUplink);
  const macvlan = (name: string, ...args: readonly string[]) =>
    docker(engine(), ['network', 'create', '-d', 'macvlan', ...args, name]);
  const run = (name: string, ...args: readonly string[]) =>
    docker(engine(), [
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
  const inside = (name: string, ...command: readonly string[]) =>
    docker(engine(), ['exec', name, ...command]);
  const ping = (from: string, to: string) => inside(from, 'ping', '-c', '1', '-W', '5', to);
  const addressOf = (name: string, network: string) =>
    docker(engine(), ['inspect', '-f', `{{(index .NetworkSettings.Networks "${network}").IPAddress}}`, name]);
  const refusal = async (args: readonly string[]): Promise<string> => {
    const { code, stderr } = await engine().docker(args);
    assert.notEqual(code, 0, args.join(' '));
    return stderr;
  };

  it('have their containers beside the neighbours of a link, with names, and survive a daemon that is killed', async () => {
    await macvlan('lan', '-o', 'parent=up0', '--subnet', '10.70.0.0/24', '--gateway', '10.70.0.254');
    await run('m1', '--network', 'lan', '-p', '8080:80');
    await run('m2', '--network', 'lan', '--mac-address', '02:11:22:33:44:55');
    assert.deepEqual(
      [await addressOf('m1', 'lan'), await addressOf('m2', 'lan')],
      ['10.70.0.1', '10.70.0.2'],
    );
    assert.equal((await docker(engine(), ['port', 'm1'])).trim(), '');
    assert.match(await inside('m2', 'ip', 'link', 'show', 'eth0'), /02:11:22:33:44:55/);
    await ping('m1', 'm2');
    await ping('m1', '198.51.100.7');
    assert.deepEqual(
      (await engine().netns.links()).filter((link) => link.startsWith('veth')),
      [],
    );
    await engine().end('SIGKILL');
    await engine().start();
    await ping('m2', 'm1');
    await ping('m2', '10.70.0.254');
    await docker(engine(), ['rm', '-f', 'm1']);
    // Its address is free at once, and nobody else answers for it.
    await run('m3', '--network', 'lan');
    assert.equal(await addressOf('m3', 'lan'), '10.70.0.1');
    await ping('m2', 'm3');
    assert.match(await refusal(['network', 'rm', 'lan']), /network lan has active endpoints/);
  });

  it('are joined and left by containers that run', async () => {
    await run('c1');
    await docker(engine(), ['network', 'connect', '--ip', '10.70.0.77', 'lan', 'c1']);
    await ping('c1', 'm2');
    assert.match(await inside('c1', 'ip', '-o', '-4', 'addr', 'show', 'eth1'), /10\.70\.0\.77\/24/);
    await docker(engine(), ['network', 'disconnect', 'lan', 'c1']);
    assert.doesNotMatch(await inside('c1', 'ip', 'link'), /eth1/);
    await docker(engine(), ['network', 'connect', '--ip', '10.70.0.77', 'lan', 'c1']);
    await ping('m2', 'c1');
    await docker(engine(), ['rm', '-f', 'c1', 'm2', 'm3']);
    await docker(engine(), ['network', 'rm', 'lan']);
  });

  it('keep containers apart in mode private, and give the whole link to one in mode passthru', async () => {
    await macvlan('apart', '-o', 'parent=up0', '-o', 'macvlan_mode=private', '--subnet', '10.70.0.0/24');
    assert.match(
      await refusal([
        'network',
        'create',
        '-d',
        'macvlan',
        '-o',
        'parent=up0',
        '-o',
        'macvlan_mode=passthru',
        'x',
      ]),
      /cannot use mode passthru, macvlan network [0-9a-f]{64} is already using parent interface up0/,
    );
    await run('p1', '--network', 'apart');
    await run('p2', '--network', 'apart');
    await ping('p1', '10.70.0.254');
    const lost = await engine().docker(['exec', 'p1', 'ping', '-c', '1', '-W', '1', 'p2']);
    assert.match(lost.stdout, /100% packet loss/);
    await docker(engine(), ['rm', '-f', 'p1', 'p2']);
    await docker(engine(), ['network', 'rm', 'apart']);
    await macvlan('whole', '-o', 'parent=up0', '-o', 'macvlan_mode=passthru', '--subnet', '10.70.0.0/24');
    for (const round of ['one', 'two']) {
      await run(round, '--network', 'whole');
      await ping(round, '10.70.0.254');
      await docker(engine(), ['rm', '-f', round]);
    }
    await run('one', '--network', 'whole');
    assert.match(
      await refusal(['run', '--name', 'two', '--network', 'whole', 'busybox', 'true']),
      /failed to create the macvlan port: invalid argument/,
    );
    await docker(engine(), ['rm', '-f', 'one', 'two']);
    await docker(engine(), ['network', 'rm', 'whole']);
  });

  it('without a parent lead nowhere and leave no link', async () => {
    const before = await engine().netns.links();
    const id = await macvlan('alone', '--ipv6', '--subnet', '10.71.0.0/24', '--subnet', 'fd71::/64');
    await macvlan('shut', '--internal', '-o', 'parent=up0');
    await run('a1', '--network', 'alone');
    await run('a2', '--network', 'alone');
    assert.ok((await engine().netns.links()).includes(`dm-${id.slice(0, 12)}`));
    // No router takes the first address.
    assert.equal(await addressOf('a1', 'alone'), '10.71.0.1');
    assert.doesNotMatch(await inside('a1', 'ip', 'route'), /default/);
    await ping('a1', 'a2');
    await inside('a1', 'ping', '-c', '1', '-W', '5', 'fd71::2');
    await run('s1', '--network', 'shut');
    assert.doesNotMatch(await inside('s1', 'ip', 'route'), /default/);
    await engine().end('SIGKILL');
    await engine().start();
    await ping('a2', 'a1');
    await docker(engine(), ['rm', '-f', 'a1', 'a2', 's1']);
    await docker(engine(), ['network', 'rm', 'alone', 'shut']);
    await linksUntil(engine().netns, before);
  });

  it('have several subnets, each with its own router', async () => {
    const subnets = ['--subnet', '10.72.0.0/30', '--subnet', '10.73.0.0/24', '--gateway', '10.73.0.9'];
    await macvlan('many', '-o', 'parent=up0', ...subnets);
    await run('s1', '--network', 'many');
    await run('s2', '--network', 'many');
    assert.deepEqual(
      [await addressOf('s1', 'many'), await addressOf('s2', 'many')],
      ['10.72.0.2', '10.73.0.1'],
    );
    assert.match(await inside('s2', 'ip', 'route'), /default via 10\.73\.0\.9 dev eth0/);
    await docker(engine(), ['rm', '-f', 's1', 's2']);
    await docker(engine(), ['network', 'rm', 'many']);
  });

  it('on a VLAN make its link, if the kernel can, and take it away', async () => {
    const before = await engine().netns.links();
    const created = await engine().docker([
      'network',
      'create',
      '-d',
      'macvlan',
      '-o',
      'parent=up0.10',
      'vlan',
    ]);
    const links = await engine().netns.links();
    if (created.code === 0) {
      assert.ok(links.includes('up0.10'));
      await docker(engine(), ['network', 'rm', 'vlan']);
    } else assert.match(created.stderr, /failed to create up0\.10 vlan link: operation not supported/);
    await linksUntil(engine().netns, before);
    assert.equal(await docker(engine(), ['network', 'ls', '-q', '--filter', 'driver=macvlan']), '');
  });
});
