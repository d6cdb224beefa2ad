// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { docker, useEngine } from '../../support/use-engine.ts';

describe('names of containers', () => {
  const engine = useEngine({ flags: ['--live-restore'] });
  const run = (...args: readonly string[]) =>
    docker(engine(), ['run', '-d', '--stop-signal', 'KILL', ...args, 'busybox', 'sleep', '600']);
  /** What the resolver of a container says of a name; its own address is not part of it. */
  const lookUp = async (asker: string, name: string): Promise<string> => {
    const script = `nslookup ${name} 127.0.0.11 2>&1 || true`;
    const { stdout } = await engine().docker(['exec', asker, 'sh', '-c', script]);
    return stdout.split('\n').slice(2).join('\n');
  };
  const finds = async (asker: string, name: string, what: RegExp): Promise<void> =>
    assert.match(await lookUp(asker, name), what, `${asker} asks for ${name}`);
  const misses = async (asker: string, name: string): Promise<void> =>
    assert.doesNotMatch(await lookUp(asker, name), /10\.40\.0\./, `${asker} asks for ${name}`);

  it('follow runs, renames, connections and a daemon that is killed', async () => {
    await docker(engine(), ['network', 'create', '--subnet', '10.40.0.0/24', 'named']);
    await run('--name', 'n1', '--network', 'named', '--network-alias', 'both');
    const id = await run('--name', 'n2', '--network', 'named', '--network-alias', 'both', '-h', 'host2');
    for (const name of ['n2', 'N2', 'n2.named', 'host2', id.slice(0, 12)])
      await finds('n1', name, /10\.40\.0\.3/);
    const both = await lookUp('n1', 'both');
    assert.ok(both.includes('10.40.0.2') && both.includes('10.40.0.3'), both);
    await finds('n2', '10.40.0.2', /n1\.named/);
    await docker(engine(), ['exec', 'n1', 'ping', '-c', '1', '-W', '5', 'n2']);

    await docker(engine(), ['rename', 'n2', 'renamed']);
    await finds('n1', 'renamed', /10\.40\.0\.3/);
    await misses('n1', 'n2');
    await docker(engine(), ['network', 'disconnect', 'named', 'renamed']);
    await misses('n1', 'renamed');
    await docker(engine(), ['network', 'connect', '--alias', 'back', 'named', 'renamed']);
    await finds('n1', 'back', /10\.40\.0\./);

    await engine().end('SIGKILL');
    await engine().start();
    await finds('n1', 'back', /10\.40\.0\./);
    await finds('renamed', 'n1', /10\.40\.0\.2/);
    await docker(engine(), ['rm', '-f', 'renamed']);
    await misses('n1', 'back');
    await docker(engine(), ['rm', '-f', 'n1']);
    await docker(engine(), ['network', 'rm', 'named']);
  });

  it('are not known on the default bridge', async () => {
    await run('--name', 'n3');
    await run('--name', 'n4');
    await docker(engine(), ['exec', 'n3', 'sh', '-c', '! grep -q 127.0.0.11 /etc/resolv.conf']);
    await docker(engine(), ['rm', '-f', 'n3', 'n4']);
  });
});
