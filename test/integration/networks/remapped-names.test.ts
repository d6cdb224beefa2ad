// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import { TYPE } from '../../../src/spec/dns/message.ts';
import { askInside } from '../../support/dns-query.ts';
import { spawnDnsUpstream } from '../../support/dns-upstream.ts';
import type { Engine } from '../../support/engine.ts';
import { makePrivateEtc, type PrivateEtc } from '../../support/private-etc.ts';
import { docker, startSuiteEngine } from '../../support/use-engine.ts';

const GATEWAY = '10.44.0.1';

let etc: PrivateEtc;
let engine: Engine;

before(async () => {
  etc = await makePrivateEtc();
  engine = await startSuiteEngine({
    flags: ['--userns-remap=default', '--live-restore'],
    wrapper: etc.wrapper,
  });
});
after(async () => {
  await engine?.stop();
  await etc?.remove();
});

const run = async (...args: readonly string[]): Promise<string> =>
  docker(engine, [
    'run',
    '-d',
    '--stop-signal',
    'KILL',
    '--dns',
    GATEWAY,
    ...args,
    'busybox',
    'sleep',
    '600',
  ]);
/** The addresses of names, as a container's resolver tells them. */
const found = async (container: string, ...names: readonly string[]): Promise<readonly string[]> => {
  const pid = await docker(engine, ['inspect', '-f', '{{.State.Pid}}', container]);
  const told = await askInside(
    pid,
    names.map((name) => ({ name, type: TYPE.a })),
  );
  return told.map(({ rcode, answers }) => `${rcode} ${answers.toSorted().join(' ')}`);
};

it("names are resolved in namespaces of other users, over connections and a daemon's end", async () => {
  await docker(engine, ['network', 'create', '--subnet', '10.44.0.0/24', 'mapped']);
  await docker(engine, ['network', 'create', '--subnet', '10.45.0.0/24', 'mapped2']);
  await using _upstream = await spawnDnsUpstream((command) => engine.netns.enter(command), GATEWAY, 7);
  await run('--name', 'm1', '--network', 'mapped', '--network-alias', 'all');
  await run('--name', 'm2', '--network', 'mapped', '--network-alias', 'all');
  await run('--name', 'm3', '--network', 'mapped2');
  const all = '0 10.44.0.2 10.44.0.3';
  assert.deepEqual(await found('m1', 'm2', 'all', 'good.example'), ['0 10.44.0.3', all, '0 192.0.2.7']);
  const first = ['run', '--rm', '--network', 'mapped', 'busybox', 'sh', '-c', 'ping -c 1 -W 5 m1'];
  assert.match(await docker(engine, first), /\(10\.44\.0\.2\)/);
  await docker(engine, ['network', 'connect', 'mapped2', 'm1']);
  assert.deepEqual(await found('m1', 'm3'), ['0 10.45.0.2']);
  assert.deepEqual(await found('m3', 'm1'), ['0 10.45.0.3']);

  await engine.end('SIGKILL');
  await engine.start();
  assert.deepEqual(await found('m1', 'm3', 'all'), ['0 10.45.0.2', all]);
  await docker(engine, ['network', 'disconnect', 'mapped2', 'm1']);
  assert.notDeepEqual(await found('m3', 'm1'), ['0 10.45.0.3']);
  await docker(engine, ['rm', '-f', 'm1', 'm2', 'm3']);
  await docker(engine, ['network', 'rm', 'mapped', 'mapped2']);
});

it('a container of a namespace of other users finds its way out by docker_gwbridge', async () => {
  const peers = ['-o', 'berth.overlay.peers=', '--subnet', '10.46.0.0/24'];
  await docker(engine, ['network', 'create', '-d', 'overlay', ...peers, 'spread']);
  await run('--name', 'm4', '--network', 'spread', '-p', '8080:80');
  assert.match(await docker(engine, ['exec', 'm4', 'ip', 'route']), /default via 172\.18\.0\.1 dev eth1/);
  await docker(engine, ['exec', 'm4', 'ping', '-c', '1', '-W', '10', '172.18.0.1']);
  await docker(engine, ['rm', '-f', 'm4']);
  await docker(engine, ['network', 'rm', 'spread', 'docker_gwbridge']);
});
