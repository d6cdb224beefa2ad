// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { docker, dockerUntil, useEngine } from '../../support/use-engine.ts';

const ADDRESS = '10.60.0.2';

describe('a container in the network of another one', () => {
  const engine = useEngine({ flags: ['--live-restore'] });
  const run = async (name: string, network: string): Promise<string> =>
    docker(
      engine(),
      `run -d --name ${name} --network ${network} --stop-signal KILL busybox sleep 600`.split(' '),
    );
  const links = async (name: string): Promise<string> =>
    docker(engine(), ['exec', name, 'sh', '-c', 'ls /sys/class/net | tr "\\n" " "']);
  const cables = async (): Promise<number> =>
    (await engine().netns.links()).filter((link) => link.startsWith('veth')).length;
  const reaches = async (name: string, address: string): Promise<boolean> =>
    (await engine().docker(['exec', name, 'ping', '-c1', '-W1', address])).code === 0;

  it('is in none when that one ends, and does not keep the address that others get', async () => {
    await docker(engine(), 'network create --subnet 10.60.0.0/24 shared'.split(' '));
    await run('donor', 'shared');
    await run('joined', 'container:donor');
    await run('peer', 'shared');
    assert.equal(await links('joined'), 'eth0 lo ');
    await docker(engine(), ['restart', 'donor']);
    assert.equal(await links('joined'), 'lo ');
    assert.equal(await links('donor'), 'eth0 lo ');
    assert.equal(await cables(), 2);
    assert.equal(await reaches('peer', ADDRESS), true);
    await docker(engine(), ['stop', 'donor']);
    assert.equal(await reaches('peer', ADDRESS), false);
    await docker(engine(), ['restart', 'joined'], 1);
    await docker(engine(), ['start', 'donor']);
    await docker(engine(), ['start', 'joined']);
    assert.equal(await links('joined'), 'eth0 lo ');
    await docker(engine(), 'rm -f donor joined peer'.split(' '));
    await docker(engine(), 'network rm shared'.split(' '));
  });

  it('is reached again when its bridge was taken away while no daemon was there', async () => {
    await docker(
      engine(),
      'network create --subnet 10.61.0.0/24 -o com.docker.network.bridge.name=lost lost'.split(' '),
    );
    await run('one', 'lost');
    await run('two', 'lost');
    await engine().end('SIGKILL');
    await engine().netns.run('ip link del lost'.split(' '));
    await engine().start();
    // The bridge has another MAC address now, which takes a moment to be seen.
    await dockerUntil(engine(), 'exec one ping -c1 -W1 10.61.0.1'.split(' '), /1 packets received/, 30_000);
    assert.equal(await reaches('one', '10.61.0.3'), true);
    await docker(engine(), 'network disconnect lost two'.split(' '));
    await engine().netns.run('ip link del lost'.split(' '));
    const late = await engine().docker('run --rm --network lost busybox true'.split(' '));
    assert.match(late.stderr, /adding interface veth\w+ to bridge lost failed: could not find bridge lost/);
    await docker(engine(), 'rm -f one two'.split(' '));
    await docker(engine(), 'network rm lost'.split(' '));
  });

  it('is in none of them all when that one leaves several, also after a daemon was killed', async () => {
    await docker(engine(), 'network create two'.split(' '));
    await run('donor', 'bridge');
    await docker(engine(), 'network connect two donor'.split(' '));
    await run('joined', 'container:donor');
    await engine().end('SIGKILL');
    await engine().start();
    await docker(engine(), 'kill donor'.split(' '));
    await dockerUntil(engine(), ['inspect', '-f', '{{.State.Status}}', 'donor'], 'exited');
    await dockerUntil(engine(), ['exec', 'joined', 'ls', '/sys/class/net'], 'lo');
    assert.equal(await cables(), 0);
    await docker(engine(), 'rm -f donor joined'.split(' '));
    await docker(engine(), 'network rm two'.split(' '));
  });
});
