// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { afterEach, it } from 'node:test';
import { docker, useEngine } from '../../support/use-engine.ts';
import { ask, serve, talk } from './port-peers.ts';

const HOST4 = '198.51.100.1';

const engine = useEngine({}, async ({ netns }) => {
  await netns.run(['ip', 'addr', 'add', `${HOST4}/32`, 'dev', 'lo']);
});
const here = (): string => engine().netns.path;

afterEach(async () => {
  const ids = await docker(engine(), ['ps', '-aq']);
  if (ids !== '') await docker(engine(), ['rm', '-f', ...ids.split('\n')]);
});

const run = async (name: string, ...flags: readonly string[]): Promise<string> =>
  docker(engine(), ['run', '-d', '--name', name, ...flags, 'busybox', 'sleep', '3600']);

const openFiles = (): number => readdirSync(`/proc/${engine().pid}/fd`).length;

/** Waits until `met` holds. */
const until = async (met: () => boolean, what: string): Promise<void> => {
  for (let attempt = 0; !met(); attempt += 1) {
    assert.ok(attempt < 200, what);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
};

it('hundreds of connections and clients pass, and nothing is left of them', async () => {
  await run('web', '-p', '8080:80', '-p', '5353:53/udp');
  await using _server = await serve(engine(), 'web', { tcp: [80], udp: [53] });
  await ask(here(), ['tcp', '::1', 8080], ['udp', '::1', 5353]);
  const before = openFiles();
  const places = Array.from({ length: 300 }, () => ['tcp', '::1', 8080] as const);
  assert.deepEqual(new Set(await ask(here(), ...places)), new Set(['tcp 80 hi']));
  await until(() => openFiles() <= before, 'connections stay open');
  await using open = await talk(here(), '::1', 8080);
  assert.equal(await open.say('still'), 'tcp 80 still');
  // The container goes, and with it who talks to it.
  await docker(engine(), ['rm', '-f', 'web']);
  assert.equal(await open.say('gone?'), 'closed');
});

it('without a proxy there is what address translation reaches: no IPv6, the host itself, neighbours and the container', async () => {
  await engine().end();
  await engine().start(['--userland-proxy=false']);
  await run('web', '-p', '8080:80');
  await run('peer');
  assert.equal(await docker(engine(), ['port', 'web']), '80/tcp -> 0.0.0.0:8080');
  await using _server = await serve(engine(), 'web', { tcp: [80] });
  assert.deepEqual(
    await ask(here(), ['tcp', '127.0.0.1', 8080], ['tcp', HOST4, 8080], ['tcp', '::1', 8080]),
    ['tcp 80 hi', 'tcp 80 hi', 'ECONNREFUSED'],
  );
  for (const name of ['web', 'peer']) {
    const pid = await docker(engine(), ['inspect', '-f', '{{.State.Pid}}', name]);
    assert.deepEqual(await ask(`/proc/${pid}/ns/net`, ['tcp', HOST4, 8080], ['tcp', '172.17.0.1', 8080]), [
      'tcp 80 hi',
      'tcp 80 hi',
    ]);
  }
});

it('where the firewall is left alone the engine passes everything on', async () => {
  await engine().end();
  await engine().start(['--iptables=false', '--ip6tables=false']);
  await run('web', '-p', '8080:80', '-p', '5353:53/udp', '-p', '9000-9099:9000-9099');
  assert.doesNotMatch((await engine().netns.run(['nft', 'list', 'ruleset'])).stdout, /8080/);
  await using _server = await serve(engine(), 'web', { tcp: [80, 9050], udp: [53] });
  assert.deepEqual(
    await ask(
      here(),
      ['tcp', '127.0.0.1', 8080],
      ['tcp', HOST4, 8080],
      ['tcp', '::1', 8080],
      ['udp', '127.0.0.1', 5353],
      ['udp', '::1', 5353],
      ['tcp', HOST4, 9050],
    ),
    ['tcp 80 hi', 'tcp 80 hi', 'tcp 80 hi', 'udp 53 hi', 'udp 53 hi', 'tcp 9050 hi'],
  );
});
