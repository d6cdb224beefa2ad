// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Engine } from '../../support/engine.ts';
import { linksUntil } from '../../support/links-until.ts';
import { mustRun, runCommand } from '../../support/run-command.ts';
import { docker, useEngine } from '../../support/use-engine.ts';

const addParent = async ({ netns }: Engine): Promise<void> => {
  await mustRun('ip', ['-n', netns.name, 'link', 'add', 'up0', 'type', 'veth', 'peer', 'name', 'up1']);
  for (const link of ['up0', 'up1']) await mustRun('ip', ['-n', netns.name, 'link', 'set', link, 'up']);
};

/** Whether this kernel has such links: it knows better than a list of modules. */
const hasIpvlan = async ({ netns }: Engine): Promise<boolean> => {
  const link = ['-n', netns.name, 'link'];
  const made = await runCommand('ip', [...link, 'add', 'try', 'link', 'up1', 'type', 'ipvlan', 'mode', 'l2']);
  await runCommand('ip', [...link, 'del', 'try']);
  return made.code === 0;
};

describe('ipvlan networks', () => {
  const engine = useEngine({ flags: ['--live-restore'] }, addParent);
  const create = (name: string, ...args: readonly string[]) =>
    engine().docker(['network', 'create', '-d', 'ipvlan', ...args, name]);
  const run = (name: string, network: string) =>
    engine().docker([
      'run',
      '-d',
      '--stop-signal',
      'KILL',
      '--name',
      name,
      '--network',
      network,
      'busybox',
      'sleep',
      '600',
    ]);

  it('connect containers, or say that the kernel has no such links and leave nothing', async () => {
    const can = await hasIpvlan(engine());
    for (const mode of ['l2', 'l3', 'l3s']) {
      const subnet = ['--subnet', '10.80.0.0/24'];
      const { stdout, code } = await create(
        'net',
        '-o',
        'parent=up0',
        '-o',
        `ipvlan_mode=${mode}`,
        ...subnet,
      );
      assert.equal(code, 0);
      const { json } = await engine().request('GET', '/networks/net');
      assert.equal((json as { Driver: string }).Driver, 'ipvlan');
      assert.match(stdout, /^[0-9a-f]{64}$/m);
      const one = await run('i1', 'net');
      if (can) {
        assert.equal(one.code, 0, one.stderr);
        assert.equal((await run('i2', 'net')).code, 0);
        await docker(engine(), ['exec', 'i1', 'ping', '-c', '1', '-W', '5', 'i2']);
        const route = mode === 'l2' ? /default via 10\.80\.0\.1 dev eth0/ : /default dev eth0/;
        assert.match(await docker(engine(), ['exec', 'i1', 'ip', 'route']), route);
        await docker(engine(), ['rm', '-f', 'i2']);
      } else
        assert.match(
          one.stderr,
          /failed to set up container networking: failed to create the ipvlan port: operation not supported/,
        );
      const { stdout: endpoints } = await engine().docker([
        'network',
        'inspect',
        '-f',
        '{{len .Containers}}',
        'net',
      ]);
      assert.equal(endpoints.trim(), can ? '1' : '0');
      await docker(engine(), ['rm', '-f', 'i1']);
      await docker(engine(), ['network', 'rm', 'net']);
    }
    await linksUntil(engine().netns, ['docker0', 'up0', 'up1']);
  });

  it('warn of a kernel without them when they are made', async () => {
    const body = { Name: 'told', Driver: 'ipvlan', Options: { parent: 'up0' } };
    const { json } = await engine().request('POST', '/networks/create', { body });
    const { Warning } = json as { readonly Warning: string };
    assert.equal(Warning === '', await hasIpvlan(engine()));
    await docker(engine(), ['network', 'rm', 'told']);
  });

  it("are refused in Docker's words", async () => {
    const refused = async (text: RegExp, ...options: readonly string[]): Promise<void> => {
      const { code, stderr } = await create('x', ...options.flatMap((option) => ['-o', option]));
      assert.notEqual(code, 0);
      assert.match(stderr, text);
    };
    await refused(
      /requested ipvlan mode 'x' is not valid, 'l2' mode is the ipvlan driver default/,
      'ipvlan_mode=x',
    );
    await refused(
      /requested ipvlan flag 'x' is not valid, 'bridge' is the ipvlan driver default/,
      'ipvlan_flag=x',
    );
    await refused(/loopback interface is not a valid ipvlan parent link/, 'parent=lo');
    const id = await docker(engine(), ['network', 'create', '-d', 'ipvlan', '-o', 'parent=up0', 'first']);
    await refused(
      new RegExp(`network di-${id.slice(0, 12)} is already using parent interface up0`),
      'parent=up0',
    );
    const own = [
      'create',
      '--name',
      'own',
      '--network',
      'first',
      '--mac-address',
      '02:11:22:33:44:55',
      'busybox',
    ];
    await docker(engine(), own);
    const started = await engine().docker(['start', 'own']);
    assert.match(started.stderr, /ipvlan interfaces do not support custom mac address assignment/);
    await docker(engine(), ['rm', 'own']);
    await docker(engine(), ['network', 'rm', 'first']);
  });
});
